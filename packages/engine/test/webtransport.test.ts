import {
  type EngineError,
  type OutgoingPacket,
  PreparedMessage,
  TimerWheel,
  type TransportListener,
  WebTransportTransport,
} from "@skein/engine";
import { Arrivals, FakeClock, transportConformance } from "@skein/testkit";
import { describe, expect, it } from "vitest";
import { WebTransportClient } from "./webtransport-client.ts";

const STATUS = { code: 4001, reason: "enough" };

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function wire(client: WebTransportClient, listener: TransportListener, clock: FakeClock | TimerWheel) {
  const { value } = await client.session.incomingBidirectionalStreams.getReader().read();
  if (value === undefined) throw new Error("no stream");
  const transport = new WebTransportTransport(client.session, value, {
    maxPayload: 1000,
    closeTimeout: 30_000,
    clock,
  });
  transport.attach(listener);
  transport.open();
  return { transport, stream: value };
}

transportConformance("a WebTransport stream", {
  async create(listener) {
    const client = new WebTransportClient();
    const { transport } = await wire(client, listener, new TimerWheel());
    return {
      transport,
      start: () => transport.start(),
      peer: {
        ready: () => {},
        receive: async (count) => {
          const packets = await client.received.take(count);
          // The stream reports a chunk as passed on in the same turn, but after its reader has got
          // it.
          await settle();
          return packets;
        },
        send: (...packets) => void client.send(...packets),
        sendNonsense: () => void client.write(Uint8Array.of(1, 0x3f)),
        leave: () => client.wire.close(),
        closed: client.wire.closed.then(({ closeCode, reason }) => ({ code: closeCode, reason })),
      },
    };
  },
});

/** What a transport has told. */
class RecordingListener implements TransportListener {
  readonly grants = new Arrivals<true>();
  readonly ends = new Arrivals<EngineError | "closed">();
  readonly packets = new Arrivals<unknown>();

  onWritable(): void {
    this.grants.push(true);
  }

  onPacket(_transport: unknown, packet: unknown): void {
    this.packets.push(packet);
  }

  onClose(): void {
    this.ends.push("closed");
  }

  onFailure(_transport: unknown, error: EngineError): void {
    this.ends.push(error);
  }
}

async function setUp(clock: FakeClock | TimerWheel = new TimerWheel()) {
  const client = new WebTransportClient();
  const ear = new RecordingListener();
  const { transport, stream } = await wire(client, ear, clock);
  transport.start();
  await ear.grants.next();
  return { client, ear, transport, stream };
}

function message(data: OutgoingPacket["data"] & {}): OutgoingPacket {
  return { type: "message", data };
}

describe("a WebTransport stream", () => {
  it("grants nothing and counts the bytes while its peer does not read", async () => {
    const { client, ear, transport } = await setUp();
    client.pause();
    transport.send([message("first")]);
    await ear.grants.next();
    transport.send([message("x".repeat(200))]);
    await settle();
    expect(transport.bufferedAmount).toBe(204);
    expect(ear.grants.pending).toEqual([]);
    client.resume();
    await ear.grants.next();
    expect(await client.received.take(2)).toHaveLength(2);
    await settle();
    expect(transport.bufferedAmount).toBe(0);
  });

  it("carries prepared messages, and a binary message without bytes", async () => {
    const { client, transport } = await setUp();
    const prepared = [new PreparedMessage("a€"), new PreparedMessage(Uint8Array.of(1))].map(message);
    transport.send([
      ...prepared,
      message(new Uint8Array(0)),
      message(new PreparedMessage(new Uint8Array(0))),
    ]);
    expect(await client.received.take(4)).toEqual([
      { type: "message", data: "a€" },
      { type: "message", data: Buffer.from([1]) },
      { type: "message", data: Buffer.alloc(0) },
      { type: "message", data: Buffer.alloc(0) },
    ]);
  });

  it("delivers what was sent before it closes the session", async () => {
    const { client, ear, transport } = await setUp();
    client.pause();
    transport.send([message("1")]);
    await ear.grants.next();
    transport.send([message("2")]);
    transport.close(STATUS);
    await settle();
    expect(client.wire.census.closes).toBe(0);
    client.resume();
    expect(await client.received.take(2)).toMatchObject([{ data: "1" }, { data: "2" }]);
    await client.wire.closed;
    expect(client.wire.census.closes).toBe(1);
  });

  it("waits for a peer that takes nothing only for a time", async () => {
    const clock = new FakeClock();
    const { client, ear, transport } = await setUp(clock);
    client.pause();
    transport.send([message("1")]);
    await ear.grants.next();
    transport.send([message("2")]);
    transport.close(STATUS);
    clock.advance(29_999);
    await settle();
    expect(client.wire.census.closes).toBe(0);
    clock.advance(1);
    await client.wire.closed;
    expect(clock.armed).toBe(0);
  });

  it("ends at once when it is discarded, and lets go of its stream", async () => {
    const clock = new FakeClock();
    const { client, transport, stream } = await setUp(clock);
    client.pause();
    transport.send([message("1")]);
    transport.send([message("2")]);
    transport.discard(STATUS);
    await client.wire.closed;
    await settle();
    expect(client.wire.census.closes).toBe(1);
    expect((stream.readable as ReadableStream).locked).toBe(false);
    expect(clock.armed).toBe(0);
  });

  it("lets go of its stream, and cancels nothing, also where closing the session does not end it", async () => {
    const client = new WebTransportClient();
    const { value: stream } = await client.session.incomingBidirectionalStreams.getReader().read();
    if (stream === undefined) throw new Error("no stream");
    const { closed, incomingBidirectionalStreams } = client.session;
    const slow = { closed, incomingBidirectionalStreams, close: () => {} };
    const transport = new WebTransportTransport(slow, stream, {
      maxPayload: 1000,
      closeTimeout: 30_000,
      clock: new FakeClock(),
    });
    transport.open();
    transport.discard(STATUS);
    await expect(client.received.next()).rejects.toThrow("the stream broke");
    await settle();
    expect((stream.readable as ReadableStream).locked).toBe(false);
  });

  it.each([
    ["ends its stream", (client: WebTransportClient) => void client.finish()],
    ["closes the session", (client: WebTransportClient) => client.wire.close()],
  ])("takes it for an orderly end when the peer %s", async (_title, leave) => {
    const { client, ear, transport } = await setUp();
    leave(client);
    expect(await ear.ends.next()).toBe("closed");
    transport.discard(STATUS);
  });

  it.each([
    ["resets its stream", (client: WebTransportClient) => void client.reset(new Error("gone"))],
    ["loses the connection", (client: WebTransportClient) => client.wire.break(new Error("gone"))],
  ])("fails once when the peer %s", async (_title, leave) => {
    const { client, ear, transport } = await setUp();
    leave(client);
    const error = await ear.ends.next();
    expect(error).toMatchObject({ code: "WEBTRANSPORT_ERROR", side: "peer", cause: { message: "gone" } });
    transport.discard(STATUS);
    await settle();
    expect(ear.ends.pending).toEqual([]);
  });

  it("fails when it can't write any more", async () => {
    const { client, ear, transport } = await setUp();
    await client.stopReading();
    transport.send([message("1")]);
    expect(await ear.ends.next()).toMatchObject({ code: "WEBTRANSPORT_ERROR" });
    transport.discard(STATUS);
  });

  it("accepts a packet of the limit and refuses one above it", async () => {
    const { client, ear } = await setUp();
    await client.send(message("x".repeat(999)));
    expect(await ear.packets.next()).toMatchObject({ type: "message" });
    await client.send(message("x".repeat(1000)));
    expect(await ear.ends.next()).toMatchObject({ code: "PARSE_ERROR" });
  });
});
