import type { Socket } from "node:net";
import type { EngineConnection, Server } from "@skein/engine";
import { RawPolling, uncaughtErrors } from "@skein/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { told } from "./peers.ts";
import { type RunningEngine, startEngine, stopEngines } from "./running-engine.ts";
import { WebTransportClient } from "./webtransport-client.ts";
import { settle, setUp, open as openWebTransport } from "./webtransport-world.ts";

afterEach(stopEngines);

const BUG = new Error("the wire can't");

function fail(): never {
  throw BUG;
}

interface TestClient {
  readonly connection: EngineConnection;
  /** The next message. */
  next(): Promise<string>;
}

async function overWebSocket(running: RunningEngine, deflate = false): Promise<TestClient> {
  const url = `ws://127.0.0.1:${running.port}/engine.io/?EIO=4&transport=websocket`;
  const socket = new WebSocket(url, { perMessageDeflate: deflate });
  socket.on("error", () => {});
  const { connection } = await running.clients.next();
  await new Promise((resolve) => socket.once("message", resolve));
  const next = () =>
    new Promise<string>((resolve) =>
      socket.once("message", (data: Buffer) => resolve(data.toString().slice(1))),
    );
  return { connection, next };
}

async function overPolling(
  running: RunningEngine,
  query: string,
): Promise<TestClient & { poll: Promise<unknown> }> {
  const client = new RawPolling(running.port);
  const path = `/engine.io/?transport=polling${query}`;
  await client.request({ path });
  const { connection } = await running.clients.next();
  const request = async () => String((await client.request({ path: `${path}&sid=${connection.id}` })).body);
  const poll = request();
  while (!connection.transport.writable) await new Promise((resolve) => setImmediate(resolve));
  return { connection, poll, next: () => poll };
}

/** Expects the connection to end with one typed error, and no other connection to be affected. */
async function expectEnd(running: RunningEngine, victim: EngineConnection, send: () => void): Promise<void> {
  const other = await overWebSocket(running);
  const ends: unknown[][] = [];
  victim.on("close", (...end: unknown[]) => ends.push(end));
  const closed = told(victim, "close");
  const received = other.next();
  send();
  other.connection.send("to another in the same turn");
  await closed;
  expect(ends).toMatchObject([["transport error", { code: "SEND_FAILED", side: "application" }]]);
  expect(await received).toBe("to another in the same turn");
  expect(victim.send("later")).toBe(false);
  const later = other.next();
  other.connection.send("later");
  expect(await later).toBe("later");
  const { errors, closed: byReason } = running.engine.counters();
  expect([errors, byReason["transport error"]]).toEqual([{ SEND_FAILED: 1 }, 1]);
  expect(running.engine.clientsCount).toBe(1);
}

const REVISIONS = { polling: "&EIO=4", "polling in revision 3": "&EIO=3", JSONP: "&EIO=4&j=0" };

describe("output that can't be written", () => {
  it.each(Object.keys(REVISIONS))("ends a connection over %s, and no other", async (name) => {
    const running = await startEngine({ allowEIO3: true, maxOutboxBytes: Infinity });
    const victim = await overPolling(running, REVISIONS[name as keyof typeof REVISIONS]);
    // Each is short enough for a text; their payload is not.
    const huge = "x".repeat(2 ** 28);
    await expectEnd(running, victim.connection, () => {
      victim.connection.send(huge);
      victim.connection.send(huge);
    });
    expect(await victim.poll).toContain("1");
  });

  it.each([
    { wire: "a WebSocket", deflate: false },
    { wire: "a WebSocket that compresses", deflate: true },
  ])("ends a connection over $wire whose socket throws, and no other", async ({ deflate }) => {
    const sockets: Socket[] = [];
    const running = await startEngine({ perMessageDeflate: deflate });
    running.http.on("connection", (socket: Socket) => sockets.push(socket));
    const victim = await overWebSocket(running, deflate);
    const [socket] = sockets;
    if (socket === undefined) throw new Error("no socket");
    await expectEnd(running, victim.connection, () => {
      socket.write = fail;
      // Uncompressed, so that the library writes at once.
      victim.connection.send("x", { compress: false });
    });
    expect(socket.destroyed).toBe(true);
  });

  it("ends a connection on a custom WebSocket engine that throws, and no other", async () => {
    class Broken extends WebSocket {
      override send(data: string, ...rest: never[]): void {
        if (data.startsWith("4break")) fail();
        super.send(data, ...(rest as []));
      }
    }
    class BrokenServer extends WebSocketServer {
      constructor(options: object) {
        super({ ...options, WebSocket: Broken });
      }
    }
    const running = await startEngine({ wsEngine: BrokenServer });
    const victim = await overWebSocket(running);
    await expectEnd(running, victim.connection, () => {
      victim.connection.send("fine");
      victim.connection.send("break");
    });
  });

  it("ends a connection over WebTransport whose stream throws", async () => {
    const world = setUp();
    const client = new WebTransportClient();
    const incoming = client.session.incomingBidirectionalStreams;
    const { getReader } = incoming;
    // As an implementation of others may, which is no stream of the platform.
    incoming.getReader = () => {
      const reader = getReader.call(incoming);
      const read = async () => {
        const next = await reader.read();
        const writer = next.value?.writable.getWriter();
        if (next.value === undefined || writer === undefined) return next;
        const broken = { ready: writer.ready, write: fail, close: fail, abort: fail };
        return {
          done: false,
          value: { readable: next.value.readable, writable: { getWriter: () => broken } },
        };
      };
      return { read, releaseLock: () => reader.releaseLock() };
    };
    const other = await openWebTransport(world);
    const closed = new Promise<unknown[]>((resolve) => {
      world.engine.once("connection", (connection) => connection.on("close", (...end) => resolve(end)));
    });
    world.engine.onWebTransportSession(client.session);
    await client.send({ type: "open" });
    expect(await closed).toMatchObject(["transport error", { code: "SEND_FAILED", cause: BUG }]);
    await settle();
    expect(client.wire.census).toEqual({ closes: 1, locked: false });
    other.connection.send("later");
    world.clock.turn();
    expect((await other.client.received.next()).data).toBe("later");
  });
});

describe("a listener that throws while output leaves", () => {
  type Spoil = (engine: Server, connection: EngineConnection) => void;
  const spoiled: Record<string, Spoil> = {
    "flush of a connection": (_engine, connection) => void connection.once("flush", fail),
    "drain of a connection": (_engine, connection) => void connection.once("drain", fail),
    "packetCreate of a connection": (_engine, connection) => void connection.once("packetCreate", fail),
    "flush of the engine": (engine) => void engine.once("flush", fail),
    "drain of the engine": (engine) => void engine.once("drain", fail),
    "the callback of a message": (_engine, connection) => void connection.send("called back", fail),
  };

  it.each(Object.keys(spoiled))("is uncaught, and keeps nothing from leaving: %s", async (name) => {
    const errors = uncaughtErrors();
    const running = await startEngine();
    const [guest, other] = [await overWebSocket(running), await overWebSocket(running)];
    const [received, others] = [guest.next(), other.next()];
    spoiled[name]?.(running.engine, guest.connection);
    guest.connection.send("now");
    other.connection.send("now");
    expect(["now", "called back"]).toContain(await received);
    expect(await others).toBe("now");
    expect(await errors.next()).toBe(BUG);
    const later = guest.next();
    guest.connection.send("later");
    expect(await later).toBe("later");
  });
});
