import { setupPrimary } from "@socket.io/cluster-adapter";
import { setupMaster } from "@socket.io/sticky";
import cluster, { type Worker } from "node:cluster";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, type ClientRequestArgs, createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { io as connect, type Socket as ClientSocket } from "socket.io-client";
import { build } from "tsup";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { next } from "../support/world.ts";

const folder = mkdtempSync(fileURLToPath(new URL("../../node_modules/.sticky-", import.meta.url)));
let http: HttpServer;
let workers: Worker[] = [];
/** Ids of sessions whose worker the balancer knows. */
const bound = new Set<string>();
/** An event for each, named as the id. */
const binding = new EventEmitter();

/** The worker as a file that Node can run, made of today's sources. */
async function bundle(): Promise<string> {
  await build({
    config: false,
    entry: [fileURLToPath(new URL("support/sticky-worker.ts", import.meta.url))],
    format: ["cjs"],
    outDir: folder,
    shims: true,
    silent: true,
    noExternal: [/^@skein\//],
    esbuildOptions: (options) => {
      options.conditions = ["skein-source"];
    },
  });
  return join(folder, "sticky-worker.cjs");
}

async function startWorker(): Promise<Worker> {
  const worker = cluster.fork();
  await once(worker, "message");
  return worker;
}

beforeAll(async () => {
  cluster.setupPrimary({ exec: await bundle(), serialization: "advanced" });
  http = createServer();
  setupMaster(http, { loadBalancingMethod: "round-robin" });
  // After the balancer's own listener.
  cluster.on("message", (_worker, message: { type?: unknown; data?: unknown }) => {
    const { type, data } = message;
    if (type !== "sticky:connection" || typeof data !== "string") return;
    bound.add(data);
    binding.emit(data);
  });
  setupPrimary();
  http.listen(0, "127.0.0.1");
  workers = await Promise.all([startWorker(), startWorker()]);
}, 60_000);

afterAll(async () => {
  const gone = workers.map((worker) => once(worker, "exit"));
  for (const worker of workers) worker.process.kill();
  await Promise.all(gone);
  http.close();
  rmSync(folder, { recursive: true });
});

/**
 * Resolves once a worker has reported the session to the balancer, in parallel with its response to
 * the client.
 */
function isBound(sid: string): Promise<void> {
  if (bound.has(sid)) return Promise.resolve();
  return new Promise((resolve) => {
    binding.once(sid, resolve);
  });
}

type Connected = (error: Error | null, socket: Duplex) => void;

/**
 * An agent with a TCP connection for each request: the balancer assigns whole connections to
 * workers by their first request, and Node.js's shared agent would put a second client's requests
 * on a connection to the first client's worker.
 *
 * None is opened before the session is bound: a client's next request may arrive before the
 * worker's report, and would be assigned to any worker.
 */
class PatientAgent extends Agent {
  ready = Promise.resolve();

  override createConnection(options: ClientRequestArgs, done: Connected): undefined {
    void this.#connect(options, done);
  }

  async #connect(options: ClientRequestArgs, done: Connected): Promise<void> {
    await this.ready;
    done(null, super.createConnection(options) as Duplex);
  }
}

async function client(transports: string[]): Promise<ClientSocket> {
  const { port } = http.address() as AddressInfo;
  const agent = new PatientAgent({ keepAlive: false });
  const options = { forceNew: true, reconnection: false, transports, agent: agent as unknown as string };
  const socket = connect(`http://127.0.0.1:${port}`, options);
  socket.io.engine.on("handshake", ({ sid }) => {
    agent.ready = isBound(sid);
  });
  onTestFinished(() => void socket.disconnect());
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve).once("connect_error", reject);
  });
  return socket;
}

/** Clients until there is one on each worker. */
async function oneOnEach(transports: string[]): Promise<[ClientSocket, ClientSocket]> {
  const found = new Map<unknown, ClientSocket>();
  while (found.size < workers.length) {
    const socket = await client(transports);
    const pid: unknown = await socket.emitWithAck("where");
    if (found.has(pid)) socket.disconnect();
    else found.set(pid, socket);
  }
  return [...found.values()] as [ClientSocket, ClientSocket];
}

test.each([[["polling"]], [["websocket"]], [["polling", "websocket"]]])(
  "workers behind @socket.io/sticky share one cluster with clients over %s",
  async (transports) => {
    const [one, other] = await oneOnEach(transports);
    const bytes = Buffer.from([0, 1, 255]);
    const told = next(other, "told");
    one.emit("tell", { bytes, long: "ü".repeat(100_000) });
    expect(await told).toEqual([{ bytes, long: "ü".repeat(100_000) }]);
    const everybody = (await one.emitWithAck("everybody")) as string[];
    expect(everybody).toEqual(expect.arrayContaining([one.id, other.id]));
    for (const socket of [one, other])
      socket.on("question", (answer: (id: unknown) => void) => answer(socket.id));
    const answers = (await one.emitWithAck("ask")) as unknown[];
    expect(new Set(answers)).toEqual(new Set([one.id, other.id]));
    const pids = [await one.emitWithAck("where"), await other.emitWithAck("where")] as unknown[];
    expect(await one.emitWithAck("others")).toEqual([pids[1]]);
  },
);
