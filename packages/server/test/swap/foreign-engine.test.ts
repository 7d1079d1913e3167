import { Server as PublishedEngine } from "engine.io";
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { io as connect } from "socket.io-client";
import { describe, expect, onTestFinished, test } from "vitest";
import { type ForeignConnection, Server, type ServerOptions, type Socket } from "../../src/index.ts";
import { next } from "../support/world.ts";

/** The published engine on a port of its own. */
async function publishedEngine(options: object = {}) {
  const http = createServer();
  const engine = new PublishedEngine(options);
  engine.attach(http, { path: "/socket.io/" });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  onTestFinished(() => {
    engine.close();
    http.closeAllConnections();
    http.close();
  });
  return { engine, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` };
}

async function client(url: string) {
  const socket = connect(url, { forceNew: true, reconnection: false, transports: ["websocket"] });
  onTestFinished(() => void socket.disconnect());
  await next(socket, "connect");
  return socket;
}

/** As little as an engine can be: connections without protocol, address, `once` and most else. */
class PoorConnection implements ForeignConnection {
  readonly id = "poor";
  readonly transport = { name: "websocket", writable: true };
  readonly request = { headers: { host: "x" }, url: "/socket.io/?EIO=4", connection: { encrypted: true } };
  readonly written: unknown[] = [];
  readonly emitter = new EventEmitter();
  readyState = "open";

  on(event: string, listener: (...args: never[]) => void): void {
    this.emitter.on(event, listener as (...args: unknown[]) => void);
  }

  write(message: string | Uint8Array): void {
    this.written.push(message);
  }

  close(): void {
    if (this.readyState !== "open") return;
    this.readyState = "closed";
    this.emitter.emit("close", "forced close");
  }
}

/** A server with a poor connection that is in the main namespace. */
async function poor(options?: ServerOptions) {
  const io = new Server(options);
  const connected = once(io, "connection") as Promise<[Socket]>;
  const conn = new PoorConnection();
  io.onconnection(conn);
  conn.emitter.emit("data", "0");
  const [socket] = await connected;
  return { io, conn, socket };
}

describe("an engine that is not Skein's", () => {
  test("may be bound, or its connections handed over one by one", async () => {
    const bound = await publishedEngine();
    const byHand = await publishedEngine();
    const io = new Server();
    io.bind(bound.engine);
    byHand.engine.on("connection", (connection) => io.onconnection(connection));
    io.on("connection", (socket) => socket.on("ask", (answer: (id: string) => void) => answer(socket.id)));
    for (const { url } of [bound, byHand]) {
      const socket = await client(url);
      expect(await socket.emitWithAck("ask")).toBe(socket.id);
    }
    expect(io.engine).toBe(bound.engine);
    await io.close();
    expect(bound.engine.clientsCount).toBe(0);
    expect(byHand.engine.clientsCount).toBe(1);
  });

  test("shows applications its own connections, with everything they can", async () => {
    const { engine, url } = await publishedEngine();
    const io = new Server().bind(engine);
    const raw = once(engine, "connection");
    const connected = once(io, "connection") as Promise<[Socket]>;
    await client(url);
    const [socket] = await connected;
    expect(socket.conn).toBe((await raw)[0]);
    expect(socket.client.conn).toBe(socket.conn);
    const packet = once(socket.conn as unknown as EventEmitter, "packetCreate");
    socket.emit("x");
    expect((await packet)[0]).toMatchObject({ type: "message", data: '2["x"]' });
    expect(socket.handshake).toMatchObject({ address: "127.0.0.1", secure: false });
    expect(socket.request?.url).toMatch(/EIO=4/);
  });

  test("may let in larger messages than Skein's: then attachments may be as large", async () => {
    const { engine, url } = await publishedEngine({ maxHttpBufferSize: 12e6 });
    const io = new Server().bind(engine);
    io.on("connection", (socket) =>
      socket.on("bytes", (bytes: Buffer, answer: (size: number) => void) => answer(bytes.length)),
    );
    const socket = await client(url);
    expect(await socket.emitWithAck("bytes", Buffer.alloc(11e6))).toBe(11e6);
  });

  test("may be as poor as a message in, a message out and an end", async () => {
    const { io, conn, socket } = await poor();
    expect(conn.written).toEqual([`0{"sid":"${socket.id}"}`]);
    expect(socket.handshake).toMatchObject({ address: "", secure: true, url: "/socket.io/?EIO=4" });
    io.compress(false).emit("bytes", Buffer.from([1]));
    expect(conn.written.slice(1)).toEqual(['51-["bytes",{"_placeholder":true,"num":0}]', Buffer.from([1])]);
    conn.transport.writable = false;
    socket.volatile.emit("missed");
    expect(conn.written).toHaveLength(3);
    const gone = once(socket, "disconnect");
    socket.disconnect(true);
    expect(await gone).toEqual(["server namespace disconnect", undefined]);
    expect(conn.readyState).toBe("closed");
  });

  test("tells of an error on a connection, which ends it and no other", async () => {
    const { conn, socket } = await poor();
    const gone = once(socket, "disconnect");
    conn.emitter.emit("error", new Error("broken"));
    expect((await gone)[0]).toBe("forced close");
    expect(() => socket.emit("late")).not.toThrow();
    expect(conn.written).toHaveLength(1);
  });
});
