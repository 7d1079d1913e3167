import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { io, type Socket } from "socket.io-client";
import { describe, expect, onTestFinished, test } from "vitest";
import { next } from "../support/world.ts";

const PROGRAM = new URL("talkative-server.ts", import.meta.url).pathname;

/**
 * The Bun binary that its package ships for this system; its install script, which only copies it,
 * is not run.
 */
function bunBinary(): string | undefined {
  const require = createRequire(createRequire(import.meta.url).resolve("bun/package.json"));
  try {
    const { arch, platform } = process;
    const folder = require.resolve(
      `@oven/bun-${platform}-${arch === "arm64" ? "aarch64" : arch}/package.json`,
    );
    return [join(folder, "..", "bin", "bun")].find((file) => existsSync(file));
  } catch {
    return undefined;
  }
}

/** Whether Bun is installed; logs its absence, which is an error in continuous integration. */
function hasBun(): boolean {
  if (bun !== undefined) return true;
  const need = "The test of the server on Bun needs the package `bun` with its binary for this system.";
  if (process.env["CI"] === "true") throw new Error(need);
  console.warn(`SKIPPED. ${need}`);
  return false;
}

const bun = bunBinary();

async function serve(...args: string[]): Promise<string> {
  const server = spawn(bun ?? "bun", ["--conditions=skein-source", PROGRAM, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void server.kill("SIGKILL"));
  const [port] = (await once(server.stdout, "data")) as [Buffer];
  return `http://127.0.0.1:${String(port).trim()}`;
}

function connect(url: string, transports: string[]): Socket {
  const client = io(url, { transports, forceNew: true, reconnection: false });
  onTestFinished(() => void client.disconnect());
  return client;
}

describe.skipIf(!hasBun())("on Bun", () => {
  describe.each([
    { name: "as it comes", args: [] },
    { name: "capturing the rejections of all emitters", args: ["capture"] },
  ])("$name", ({ args }) => {
    test.each([[["polling"]], [["websocket"]], [["polling", "websocket"]]])(
      "what a socket, a room and the server emit arrives over %s",
      async (transports) => {
        const client = connect(await serve(...args), transports);
        expect(await next(client, "welcome")).toEqual([Buffer.from([1, 2, 3])]);
        expect(await client.timeout(15_000).emitWithAck("ask", "who?")).toEqual("guest");
        const news = next(client, "news");
        client.emit("tell everybody", 1, { bytes: Buffer.from("x") });
        expect(await news).toEqual([1, { bytes: Buffer.from("x") }]);
        const reported = next(client, "reported");
        client.emit("fail");
        expect(await reported).toEqual(["listener", "Error: no luck"]);
      },
    );
  });
});
