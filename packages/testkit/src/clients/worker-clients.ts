import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { onTestFinished } from "vitest";

/** The transport of the clients. */
type DistantTransport = "polling" | "websocket";

interface Settings {
  readonly port: number;
  readonly transport: DistantTransport;
  readonly count: number;
}

/**
 * The program of the worker thread. Every request of a polling client has its own connection. A
 * pong is counted once it was passed to the operating system.
 */
const PROGRAM = `
const http = require("node:http");
const { parentPort, workerData } = require("node:worker_threads");
const { port, transport, count, handedOver, webSocketLibrary } = workerData;
const path = "/engine.io/";
const { WebSocket } = require(webSocketLibrary);

let held = [];
const answer = (send) => held === undefined ? send() : held.push(send);
const done = () => {
  Atomics.add(handedOver, 0, 1);
  Atomics.notify(handedOver, 0);
};

function webSocketClient() {
  const socket = new WebSocket("ws://127.0.0.1:" + port + path + "?EIO=4&transport=websocket");
  socket.on("error", () => {});
  socket.on("message", (data) => {
    if (String(data) === "2") answer(() => socket.send("3", done));
  });
}

function ask(method, query, body, onSent) {
  return new Promise((resolve) => {
    const target = path + "?EIO=4&transport=polling" + query;
    const request = http.request({ host: "127.0.0.1", port, method, path: target, agent: false });
    request.on("error", () => resolve(""));
    request.on("finish", onSent);
    request.on("response", async (response) => {
      let text = "";
      try {
        for await (const chunk of response) text += chunk;
      } catch {}
      resolve(response.statusCode === 200 ? text : "");
    });
    request.end(body);
  });
}

async function pollingClient() {
  const open = await ask("GET", "", undefined, () => {});
  const query = "&sid=" + JSON.parse(open.slice(1)).sid;
  for (;;) {
    const payload = await ask("GET", query, undefined, () => {});
    if (payload === "") return;
    if (payload.split("\\u001e").includes("2")) answer(() => ask("POST", query, "3", done));
  }
}

parentPort.on("message", () => {
  const waiting = held;
  held = undefined;
  for (const send of waiting) send();
});
for (let each = 0; each < count; each++) transport === "polling" ? pollingClient() : webSocketClient();
`;

/** Blocks this thread with its event loop. */
export function blockEventLoop(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/**
 * Engine.IO clients on their own thread, which run while this one is blocked. They hold their pongs
 * back until `answerMeanwhile`.
 */
export class WorkerClients {
  readonly #worker: Worker;
  readonly #count: number;
  readonly #handedOver = new Int32Array(new SharedArrayBuffer(4));

  /** Starts the clients, which are terminated when the test has ended. */
  constructor({ port, transport, count }: Settings) {
    this.#count = count;
    const webSocketLibrary = createRequire(import.meta.url).resolve("ws");
    const workerData = { port, transport, count, webSocketLibrary, handedOver: this.#handedOver };
    this.#worker = new Worker(PROGRAM, { eval: true, workerData });
    onTestFinished(async () => void (await this.#worker.terminate()));
  }

  /**
   * Lets all clients answer their pings; blocks this thread until the operating system has received
   * their pongs.
   */
  answerMeanwhile(): void {
    this.#worker.postMessage("answer");
    for (let given = 0; given < this.#count; given = Atomics.load(this.#handedOver, 0)) {
      if (Atomics.wait(this.#handedOver, 0, given, 10_000) === "timed-out")
        throw new Error("no pong was sent");
    }
  }
}
