import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { io as connect, type Socket as Client } from "socket.io-client";
import { build } from "tsup";
import { describe, expect, onTestFinished, test } from "vitest";
import { until } from "../behaviour/waiting.ts";
import { redisService } from "../cluster/support/redis.ts";
import { isThere } from "../cluster/support/service.ts";
import { expectNativeAddon } from "./support/app.ts";

const PACKAGE = join(import.meta.dirname, "../..");
const PROCESSES = 2;
const MOST_CLIENTS = 64;

const there = await isThere(redisService);

/** The example of the README, as a program that runs from sources. */
async function example(): Promise<string> {
  const readme = await readFile(join(PACKAGE, "README.md"), "utf8");
  const section = readme.slice(readme.indexOf("### Several cores on µWebSockets.js"));
  const [, code] = /^```js\n([\s\S]*?)^```/m.exec(section) ?? [];
  if (code === undefined) throw new Error("the README has no example for several cores");
  // Inside the package, so that it finds what the package has installed.
  const folder = await mkdtemp(join(PACKAGE, "node_modules/.several-cores-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const entry = join(folder, "example.mjs");
  await writeFile(entry, code);
  await build({
    config: false,
    entry: [entry],
    outDir: join(folder, "built"),
    format: "esm",
    target: "node20",
    noExternal: [/^@skein\//],
    external: ["@socket.io/redis-adapter", "redis", "uWebSockets.js"],
    silent: true,
    // For what is CommonJS among the dependencies.
    banner: {
      js: 'import { createRequire as from } from "node:module"; const require = from(import.meta.url);',
    },
    esbuildOptions: (options) => {
      options.conditions = ["skein-source"];
    },
  });
  return join(folder, "built/example.js");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Starts a process; resolves when all of its threads listen. */
async function listening(program: string, port: number): Promise<void> {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let ready = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes("listens on port")) ready += 1;
    if (ready === availableParallelism()) return;
  }
  throw new Error("the process ended before every thread listened");
}

/** A client, and the thread that serves it. */
async function served(port: number): Promise<{ client: Client; thread: string }> {
  const client = connect(`http://127.0.0.1:${port}`, { transports: ["websocket"], forceNew: true });
  onTestFinished(() => void client.disconnect());
  const thread = await new Promise<string>((resolve, reject) => {
    client.once("served by", (pid, id) => resolve(`${pid}/${id}`)).once("connect_error", reject);
  });
  return { client, thread };
}

describe.runIf(there)("The recipe for several cores", () => {
  test("spreads official clients over threads and processes on one port, and broadcasts reach all of them", async () => {
    expectNativeAddon();
    const [program, port] = [await example(), await freePort()];
    for (let count = 0; count < PROCESSES; count++) await listening(program, port);
    const everybody: Client[] = [];
    const threads = new Set<string>();
    while (threads.size < PROCESSES * availableParallelism() && everybody.length < MOST_CLIENTS) {
      const { client, thread } = await served(port);
      everybody.push(client);
      threads.add(thread);
    }
    expect(threads.size).toBe(PROCESSES * availableParallelism());
    const words: string[] = everybody.map(() => randomUUID());
    const heard = everybody.map((client) => {
      const all: string[] = [];
      // Others may test with the same Redis.
      client.on("said", (word: string) => words.includes(word) && all.push(word));
      return all;
    });
    everybody.forEach((client, index) => client.emit("say", words[index]));
    await until(() => heard.every((all) => all.length >= words.length), "everybody to hear everything");
    for (const all of heard) expect(all.toSorted()).toEqual(words.toSorted());
  }, 60_000);
});
