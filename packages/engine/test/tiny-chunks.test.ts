import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Arrivals, RawPolling } from "@skein/testkit";
import { build } from "tsup";
import { expect, onTestFinished, test } from "vitest";
import type { Census } from "./polling-program.ts";

const PACKAGE = join(import.meta.dirname, "..");
/** Mebibytes of heap: a fifteenth of what the chunks would take as one Buffer each. */
const HEAP = 96;
const BODIES = 8;
const BODY = 990_000;
const CHUNK = "1\r\nx\r\n";
/** What goes out in one write, so that the test itself stays small. */
const BLOCK = Buffer.from(CHUNK.repeat(10_000));

/** Builds the program from sources, inside the package: it finds what the package has installed. */
async function built(): Promise<string> {
  const folder = await mkdtemp(join(PACKAGE, "node_modules/.polling-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await build({
    config: false,
    entry: [join(import.meta.dirname, "polling-program.ts")],
    outDir: folder,
    format: "esm",
    target: "node20",
    noExternal: [/^@skein\//],
    external: ["ws", "vitest"],
    silent: true,
    banner: {
      js: 'import { createRequire as from } from "node:module"; const require = from(import.meta.url);',
    },
    esbuildOptions: (options) => {
      options.conditions = ["skein-source"];
    },
  });
  return join(folder, "polling-program.js");
}

/** A server in a process of its own. */
class ServerProcess {
  readonly #answers = new Arrivals<unknown>();
  readonly #child: ChildProcess;

  constructor(program: string) {
    this.#child = fork(program, { execArgv: [`--max-old-space-size=${HEAP}`] });
    this.#child.on("message", (message) => this.#answers.push(message));
    this.#child.on("exit", (code, signal) => this.#answers.end(`the process ended with ${code ?? signal}`));
    onTestFinished(() => void this.#child.kill("SIGKILL"));
  }

  async port(): Promise<number> {
    return (await this.#answers.next()) as number;
  }

  async census(thorough: boolean): Promise<Census> {
    this.#child.send(thorough);
    return (await this.#answers.next()) as Census;
  }

  async untilRead(bytes: number): Promise<void> {
    while ((await this.census(false)).bytesRead < bytes) await pause(50);
  }
}

/** A POST of all but the last chunk; resolves with its socket once all of it has left. */
async function post(port: number): Promise<Socket> {
  const session = new RawPolling(port);
  await session.handshake();
  const socket = connect(port, "127.0.0.1");
  const write = (data: string | Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => socket.write(data, (error) => (error ? reject(error) : resolve())));
  await write(`POST ${session.target()} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`);
  await write("1\r\n4\r\n");
  for (let sent = 0; sent < BODY; sent += 10_000) await write(BLOCK);
  return socket;
}

test("eight bodies of a megabyte in chunks of one byte, at once, cost three times their bytes and no process", async () => {
  const server = new ServerProcess(await built());
  const port = await server.port();
  // What the process takes for good when it works for the first time is no part of the measure.
  (await post(port)).destroy();
  const before = await server.census(true);
  const sockets = await Promise.all(Array.from({ length: BODIES }, () => post(port)));
  await server.untilRead(before.bytesRead + BODIES * BODY * CHUNK.length);
  const after = await server.census(true);
  expect((after.held ?? Infinity) - (before.held ?? 0)).toBeLessThan(3 * BODIES * BODY);
  expect(after.rss - before.rss).toBeLessThan(3 * BODIES * BODY);
  const answers = sockets.map((socket) => once(socket, "data"));
  for (const socket of sockets) socket.write("0\r\n\r\n");
  for (const answer of answers) expect(String(await answer)).toMatch(/^HTTP\/1\.1 200 OK/);
  for (const socket of sockets) socket.destroy();
}, 600_000);
