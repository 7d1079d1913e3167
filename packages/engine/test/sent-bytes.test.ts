import {
  codecFor,
  type EngineConnection,
  EngineError,
  PreparedMessage,
  type ReceivedPacket,
} from "@skein/engine";
import { RawPolling } from "@skein/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { startEngine, stopEngines } from "./running-engine.ts";
import { open, setUp } from "./webtransport-world.ts";

afterEach(stopEngines);

const BYTES = [1, 2, 3, 4];

/** Transfers the memory that is shown, as to a worker. */
function detach<T extends ArrayBuffer | ArrayBufferView>(given: T): T {
  const memory = (ArrayBuffer.isView(given) ? given.buffer : given) as ArrayBuffer;
  structuredClone(memory, { transfer: [memory] });
  return given;
}

/** What programs do with memory right after they have sent what stands in it. */
const outcomes: Record<string, (bytes: Uint8Array) => void> = {
  "written over": (bytes) => void bytes.fill(9),
  transferred: (bytes) => void detach(bytes),
};

/** A view of memory of its own, which can be transferred. */
function fresh(size = BYTES.length): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => BYTES[index % BYTES.length] ?? 0);
}

interface Receiver {
  readonly connection: EngineConnection;
  /** The bytes of the next binary message. */
  next(): Promise<Uint8Array>;
}

function bytesIn(packets: Iterable<ReceivedPacket>): Uint8Array {
  for (const { data } of packets) if (data instanceof Uint8Array) return data;
  throw new Error("no binary message");
}

async function overPolling(
  revision: 3 | 4,
  extra: string,
  read: (body: Buffer) => Uint8Array,
): Promise<Receiver> {
  const running = await startEngine({ allowEIO3: true });
  const client = new RawPolling(running.port);
  const path = `/engine.io/?EIO=${revision}&transport=polling${extra}`;
  await client.request({ path });
  const { connection } = await running.clients.next();
  const next = async () => read((await client.request({ path: `${path}&sid=${connection.id}` })).body);
  return { connection, next };
}

function unscripted(body: Buffer): Uint8Array {
  const [, literal = ""] = /^___eio\[0\]\((.*)\);$/.exec(body.toString()) ?? [];
  return bytesIn(codecFor(4).payloads.decodeText(JSON.parse(literal) as string));
}

async function overWebSocket(deflate: boolean): Promise<Receiver> {
  const running = await startEngine(deflate ? { perMessageDeflate: { threshold: 0 } } : {});
  const url = `ws://127.0.0.1:${running.port}/engine.io/?EIO=4&transport=websocket`;
  const socket = new WebSocket(url, { perMessageDeflate: deflate });
  const { connection } = await running.clients.next();
  await new Promise((resolve) => socket.once("message", resolve));
  expect(socket.extensions).toBe(deflate ? "permessage-deflate" : "");
  const next = () =>
    new Promise<Uint8Array>((resolve) => socket.once("message", (data) => resolve(data as Buffer)));
  return { connection, next };
}

async function overWebTransport(): Promise<Receiver> {
  const world = setUp();
  const { client, connection } = await open(world);
  const next = async () => {
    setImmediate(() => world.clock.turn());
    return bytesIn([await client.received.next()]);
  };
  return { connection, next };
}

const wires: Record<string, () => Promise<Receiver>> = {
  polling: () => overPolling(4, "", (body) => bytesIn(codecFor(4).payloads.decodeText(body.toString()))),
  "polling in revision 3": () =>
    overPolling(3, "", (body) => bytesIn(codecFor(3).payloads.decodeBinary?.(body) ?? [])),
  JSONP: () => overPolling(4, "&j=0", unscripted),
  "a WebSocket": () => overWebSocket(false),
  "a WebSocket that compresses": () => overWebSocket(true),
  WebTransport: overWebTransport,
};

const cases = Object.keys(wires).flatMap((wire) => Object.keys(outcomes).map((fate) => ({ wire, fate })));

describe.each(cases)("over $wire, bytes that are $fate right after they were sent", ({ wire, fate }) => {
  it.each([4, 100_000])("arrive as they were, %i of them", async (size) => {
    const { connection, next } = await (wires[wire] ?? overWebTransport)();
    const [direct, prepared] = [fresh(size), fresh(size)];
    const received = next();
    connection.send(direct);
    outcomes[fate]?.(direct);
    expect(Buffer.from(fresh(size)).equals(await received)).toBe(true);
    const again = next();
    connection.send(new PreparedMessage(prepared));
    outcomes[fate]?.(prepared);
    expect(Buffer.from(fresh(size)).equals(await again)).toBe(true);
  });
});

describe("memory that is gone", () => {
  const gone: Record<string, () => ArrayBuffer | ArrayBufferView> = {
    "a typed array": () => detach(fresh()),
    "a typed array of other numbers": () => detach(new Float64Array(2)),
    "a Buffer": () => detach(Buffer.from(new ArrayBuffer(4))),
    "a DataView": () => detach(new DataView(new ArrayBuffer(4))),
    "an ArrayBuffer": () => detach(new ArrayBuffer(4)),
  };

  it.each(Object.keys(gone))("is refused by send: %s", async (kind) => {
    const { connection, next } = await overWebSocket(false);
    const given = gone[kind]?.() ?? fresh();
    const refusal = expect.objectContaining({ code: "DETACHED_BINARY", side: "application" }) as EngineError;
    expect(() => connection.send(given)).toThrow(refusal);
    expect(() => new PreparedMessage(given as Uint8Array)).toThrow(EngineError);
    const received = next();
    connection.send(fresh());
    expect([...(await received)]).toEqual(BYTES);
  });

  it("is no empty view, which is sent as no bytes", async () => {
    const { connection, next } = await overWebSocket(false);
    const received = next();
    connection.send(new Uint8Array(fresh().buffer, 4));
    expect(await received).toHaveLength(0);
  });

  it("is sent as it was where a buffer shrinks afterwards, or is shared", async () => {
    const { connection, next } = await overWebSocket(false);
    const resizable = new (ArrayBuffer as new (size: number, options: object) => ArrayBuffer)(4, {
      maxByteLength: 8,
    });
    const shared = new Uint8Array(new SharedArrayBuffer(4));
    for (const view of [new Uint8Array(resizable), shared]) {
      view.set(BYTES);
      const received = next();
      connection.send(view);
      if (view === shared) shared.fill(0);
      else (resizable as ArrayBuffer & { resize(size: number): void }).resize(2);
      expect([...(await received)]).toEqual(BYTES);
    }
  });
});
