import type { CloseReason, EngineConnection, EngineOptions, Server } from "@skein/engine";
import { describe, expect, it } from "vitest";
import { Arrivals } from "../arrivals.ts";
import { WorkerClients, blockEventLoop } from "../clients/worker-clients.ts";
import { RawPolling, RawWebSocket } from "../clients/raw-client.ts";

const INTERVAL = 100;
const TIMEOUT = 500;
/**
 * Timeout in milliseconds for many clients: on a busy machine they connect slowly, and are pinged
 * one after the other.
 */
const LONG_TIMEOUT = 3_000;
const WEBSOCKET = "/engine.io/?EIO=4&transport=websocket";

/** Starts engines on one kind of host, at the path `/engine.io/`, each until its test has ended. */
export interface StalledLoopHarness {
  start(options: EngineOptions): Promise<{ readonly engine: Server; readonly port: number }>;
}

/** Records the outcome of each connection of an engine. */
class Watch {
  readonly connections = new Arrivals<EngineConnection>();
  readonly pings = new Arrivals<void>();
  readonly outcomes = new Arrivals<CloseReason | "alive">();

  constructor(engine: Server) {
    engine.on("connection", (connection) => {
      connection.on("flush", ([packet]) => packet?.type === "ping" && this.pings.push());
      connection.on("heartbeat", () => this.outcomes.push("alive"));
      connection.on("close", (reason: CloseReason) => this.outcomes.push(reason));
      this.connections.push(connection);
    });
  }
}

/** Resolves in the event loop before timers run, and before sockets are read. */
function beforeTimers(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Tests of every host with a blocked event loop: no connection is closed whose sign of life is
 * waiting to be read. Call it at the top level of a test file.
 */
export function stalledLoop(name: string, { start }: StalledLoopHarness): void {
  describe(`an engine on ${name}, after a stall of the event loop that is longer than its patience`, () => {
    heartbeatSuite(start);
    upgradeSuite(start);
  });
}

function heartbeatSuite(start: StalledLoopHarness["start"]): void {
  it.each([
    { transport: "websocket", count: 1 },
    { transport: "websocket", count: 50 },
    { transport: "polling", count: 1 },
    { transport: "polling", count: 50 },
  ] as const)("keeps clients that answered their pings meanwhile: $count on $transport", async (kind) => {
    const pingTimeout = kind.count === 1 ? TIMEOUT : LONG_TIMEOUT;
    const { engine, port } = await start({ pingInterval: INTERVAL, pingTimeout });
    const watch = new Watch(engine);
    const clients = new WorkerClients({ port, ...kind });
    await watch.pings.take(kind.count);
    await beforeTimers();
    clients.answerMeanwhile();
    blockEventLoop(2 * pingTimeout);
    const outcomes = await watch.outcomes.take(kind.count);
    expect(new Set(outcomes)).toEqual(new Set(["alive"]));
    expect(engine.clientsCount).toBe(kind.count);
  });

  it("closes a client that was silent all the while", async () => {
    const { engine, port } = await start({ pingInterval: INTERVAL, pingTimeout: TIMEOUT });
    const watch = new Watch(engine);
    const client = await RawWebSocket.open(port, WEBSOCKET);
    await watch.pings.next();
    await beforeTimers();
    blockEventLoop(2 * TIMEOUT);
    expect(await watch.outcomes.next()).toBe("ping timeout");
    client.end();
  });
}

function upgradeSuite(start: StalledLoopHarness["start"]): void {
  it("lets a client upgrade that did its part meanwhile", async () => {
    const { engine, port } = await start({ upgradeTimeout: TIMEOUT });
    const watch = new Watch(engine);
    const polling = new RawPolling(port);
    await polling.handshake();
    const connection = await watch.connections.next();
    connection.once("upgrade", () => connection.send("upgraded"));
    const candidate = await RawWebSocket.open(port, `${WEBSOCKET}&sid=${polling.sid}`);
    candidate.sendText("2probe");
    await candidate.frames.next();
    await beforeTimers();
    // The frame is small enough to be written to the operating system at once.
    candidate.sendText("5");
    blockEventLoop(2 * TIMEOUT);
    expect(await candidate.nextText()).toBe("4upgraded");
    candidate.end();
  });
}
