import { MemoryWebTransport } from "@skein/testkit";
import { Socket, type SocketOptions } from "engine.io-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { quiet } from "./quiet-stream.ts";
import { type RunningEngine, startEngine, stopEngines } from "./running-engine.ts";

let running: RunningEngine;

/**
 * The part of the browser's class that the official client uses. Every session goes to the running
 * engine.
 */
class InMemoryWebTransport {
  readonly ready = Promise.resolve();
  readonly #wire = new MemoryWebTransport();

  constructor() {
    running.engine.onWebTransportSession(this.#wire.session);
  }

  get closed(): Promise<unknown> {
    return this.#wire.closed;
  }

  async createBidirectionalStream() {
    const { readable, writable } = this.#wire.openStream();
    return { readable, writable: quiet(writable) };
  }

  close(): void {
    this.#wire.close();
  }
}

beforeEach(async () => {
  vi.stubGlobal("WebTransport", InMemoryWebTransport);
  running = await startEngine({
    transports: ["polling", "websocket", "webtransport"],
    echo: true,
    maxHttpBufferSize: 1e6,
  });
});

afterEach(async () => {
  await stopEngines();
  vi.unstubAllGlobals();
});

type Setup = [title: string, options: Partial<SocketOptions>];

const SETUPS: Setup[] = [
  ["WebTransport only", { transports: ["webtransport"] }],
  ["an upgrade to WebTransport", { transports: ["polling", "webtransport"] }],
];

function connect(options: Partial<SocketOptions>): Socket {
  return new Socket(`http://127.0.0.1:${running.port}`, options);
}

async function untilOnWebTransport(socket: Socket): Promise<void> {
  if (socket.transport?.name === "polling") await new Promise((resolve) => socket.once("upgrade", resolve));
}

describe.each(SETUPS)("the official client with %s", (_title, options) => {
  it("gets back everything it sends, in order, whatever its length", async () => {
    const socket = connect(options);
    const sent = [1, 124, 125, 126, 127, 65_534, 65_535, 65_536, 300_000].flatMap((length) => [
      "x".repeat(length),
      Buffer.alloc(length, length % 251),
    ]);
    const received: (string | Buffer)[] = [];
    const complete = new Promise<void>((resolve) => {
      socket.on("message", (data: string | Buffer) => {
        received.push(data);
        if (received.length === sent.length) resolve();
      });
    });
    for (const [index, message] of sent.entries()) {
      socket.send(message);
      if (index === 3) await untilOnWebTransport(socket);
    }
    await complete;
    expect(received.map(String)).toEqual(sent.map(String));
    expect(received.map((data) => typeof data)).toEqual(sent.map((data) => typeof data));
    const { connection, ended } = await running.clients.next();
    expect(connection.transport.name).toBe("webtransport");
    socket.close();
    expect((await ended).reason).toBe("transport close");
  });

  it("gets a binary message without bytes", async () => {
    const socket = connect(options);
    const { connection } = await running.clients.next();
    const message = new Promise<Buffer>((resolve) => socket.on("message", resolve));
    connection.send(new Uint8Array(0));
    expect(await message).toEqual(Buffer.alloc(0));
    socket.close();
  });

  it("is told when the server closes, after what was sent", async () => {
    const socket = connect(options);
    const told: string[] = [];
    socket.on("message", (data: string) => told.push(data));
    const closed = new Promise<string>((resolve) => socket.on("close", resolve));
    const client = await running.clients.next();
    client.connection.send("bye");
    client.connection.close();
    expect(await closed).toBe("transport close");
    expect(told).toEqual(["bye"]);
    expect((await client.ended).reason).toBe("forced close");
  });
});
