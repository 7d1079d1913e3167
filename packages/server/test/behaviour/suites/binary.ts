import { randomBytes } from "node:crypto";
import { Inbox } from "../inbox.ts";
import { expect, suite } from "../suite.ts";
import { once } from "../waiting.ts";

/**
 * Uses of an event's memory right after sending: programs overwrite it, or transfer it to a worker.
 */
const outcomes: Readonly<Record<string, (bytes: Uint8Array<ArrayBuffer>) => void>> = {
  "is written over": (bytes) => void bytes.fill(9),
  "is transferred": ({ buffer }) => void structuredClone(buffer, { transfer: [buffer] }),
};

const sizes = [0, 1, 2, 125, 126, 127, 1_000, 65_535, 65_536, 700_000];

/** Attachments (socketio-protocol, "Attachments"). */
export const binary = suite("binary", (behaves) => {
  for (const size of sizes) {
    behaves(`${size} bytes arrive as they were sent, in both directions`, async (world) => {
      const { client, socket } = await world.pair();
      const bytes = randomBytes(size);
      socket.on("bytes", (data: unknown) => {
        expect(Buffer.isBuffer(data)).toBe(true);
        socket.emit("bytes", data);
      });
      const echoed = once(client, "bytes");
      client.emit("bytes", bytes);
      const [echo] = await echoed;
      expect(bytes.equals(echo as Buffer)).toBe(true);
    });
  }

  behaves("a megabyte arrives at the client, whatever the limit for what clients send", async (world) => {
    const { client, socket } = await world.pair();
    const bytes = randomBytes(1_048_576);
    const received = once(client, "bytes");
    socket.emit("bytes", bytes);
    const [data] = await received;
    expect(bytes.equals(data as Buffer)).toBe(true);
  });

  behaves("a megabyte arrives at a server that allows it", { maxHttpBufferSize: 3e6 }, async (world) => {
    const { client, socket } = await world.pair();
    const bytes = randomBytes(1_048_576);
    const received = once(socket, "bytes");
    client.emit("bytes", bytes);
    const [data] = await received;
    expect(bytes.equals(data as Buffer)).toBe(true);
  });

  behaves("attachments stand where they stood in nested data", async (world) => {
    const { client, socket } = await world.pair();
    const received = once(socket, "nested");
    client.emit(
      "nested",
      { a: [Buffer.from("one"), { b: Buffer.from("two") }] },
      "text",
      Buffer.from("three"),
    );
    expect(await received).toEqual([
      { a: [Buffer.from("one"), { b: Buffer.from("two") }] },
      "text",
      Buffer.from("three"),
    ]);
  });

  behaves("every kind of view is sent as the bytes it shows", async (world) => {
    const { client, socket } = await world.pair();
    const { buffer } = Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 7]);
    const received = once(client, "views");
    socket.emit(
      "views",
      buffer,
      new Uint8Array(buffer, 2, 3),
      new DataView(buffer, 4),
      new Uint16Array(buffer, 2, 1),
      Buffer.from(buffer, 1, 2),
    );
    const bytes = (await received).map((view) => Array.from(view as Buffer));
    expect(bytes).toEqual([
      [0, 1, 2, 3, 4, 5, 6, 7],
      [2, 3, 4],
      [4, 5, 6, 7],
      [2, 3],
      [1, 2],
    ]);
  });

  behaves("the same buffer twice is two attachments", async (world) => {
    const { wire, socket } = await world.joinedWire();
    const same = Buffer.from([1, 2]);
    socket.emit("twice", same, same);
    expect([await wire.next(), await wire.next(), await wire.next()]).toEqual([
      '452-["twice",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]',
      same,
      same,
    ]);
  });

  behaves("ten attachments are accepted", async (world) => {
    const { client, socket } = await world.pair();
    const parts = Array.from({ length: 10 }, (_, i) => Buffer.from([i]));
    const received = once(socket, "ten");
    client.emit("ten", ...parts);
    expect(await received).toEqual(parts);
  });

  behaves("objects without a prototype may hold attachments", async (world) => {
    const { client, socket } = await world.pair();
    const bare = Object.assign(Object.create(null) as Record<string, unknown>, { bytes: Buffer.from([1]) });
    const received = once(client, "bare");
    socket.emit("bare", bare);
    expect(await received).toEqual([{ bytes: Buffer.from([1]) }]);
  });

  behaves("toJSON is heeded in data with attachments", async (world) => {
    const { client, socket } = await world.pair();
    const received = once(client, "custom");
    socket.emit("custom", { toJSON: () => ({ bytes: Buffer.from([7]), at: new Date(0) }) });
    expect(await received).toEqual([{ bytes: Buffer.from([7]), at: "1970-01-01T00:00:00.000Z" }]);
  });

  behaves("a broadcast carries attachments to everybody", async (world) => {
    const clients = [await world.connect(), await world.connect()];
    const received = clients.map((client) => once(client, "bytes"));
    world.io.emit("bytes", { part: Buffer.from([1, 2, 3]) });
    expect(await Promise.all(received)).toEqual([
      [{ part: Buffer.from([1, 2, 3]) }],
      [{ part: Buffer.from([1, 2, 3]) }],
    ]);
  });

  for (const [fate, befall] of Object.entries(outcomes)) {
    behaves(`an attachment whose memory ${fate} right after emit arrives as it was`, async (world) => {
      const { client, socket } = await world.pair();
      const bystander = await world.connect();
      const received = [once(client, "direct"), once(client, "all"), once(bystander, "all")];
      for (const emit of [socket.emit.bind(socket, "direct"), world.io.emit.bind(world.io, "all")]) {
        // With memory of its own, which can be transferred.
        const bytes = Buffer.from(Uint8Array.of(1, 2, 3).buffer);
        emit({ nested: [bytes] });
        befall(bytes);
      }
      const sent = [{ nested: [Buffer.of(1, 2, 3)] }];
      expect(await Promise.all(received)).toEqual([sent, sent, sent]);
    });
  }

  behaves("one buffer can be filled for each event of a turn", async (world) => {
    const { client, socket } = await world.pair();
    const inbox = new Inbox(client);
    const buffer = Buffer.alloc(4);
    for (let i = 1; i <= 3; i += 1) {
      buffer.fill(i);
      socket.emit("filled", buffer);
      buffer.fill(10 * i);
      world.io.emit("filled", buffer);
    }
    socket.emit("end");
    const filled = (await inbox.before("end")).map(([, bytes]) => (bytes as Buffer)[0]);
    expect(filled).toEqual([1, 10, 2, 20, 3, 30]);
  });

  behaves(
    "an attachment whose memory was transferred is refused by emit, and the connection goes on",
    async (world) => {
      const { client, socket } = await world.pair();
      const received = once(client, "later");
      const gone = [new Uint8Array(4), new DataView(new ArrayBuffer(4)), new ArrayBuffer(4)];
      for (const attachment of gone) {
        const memory = ArrayBuffer.isView(attachment) ? attachment.buffer : attachment;
        structuredClone(memory, { transfer: [memory] });
        expect(() => socket.emit("gone", { a: [attachment] })).toThrow();
        expect(() => world.io.emit("gone", Buffer.of(1), attachment)).toThrow();
        expect(() => socket.emit("gone", attachment, () => {})).toThrow();
      }
      world.io.emit("later", Buffer.of(1));
      expect(await received).toEqual([Buffer.of(1)]);
    },
  );
});
