import * as skeinParser from "@skein/parser";
import { Decoder, Encoder, type Packet, type Parser } from "@skein/parser";
import { Adapter } from "socket.io-adapter";
import type { Socket as ClientSocket } from "socket.io-client";
import * as publishedMsgpack from "socket.io-msgpack-parser";
import * as publishedParser from "socket.io-parser";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { Socket } from "../../src/index.ts";
import { once } from "../behaviour/waiting.ts";
import { next, World } from "../support/world.ts";
import { chunked, msgpack, packed, revivingPublished, revivingSkein, unpacked } from "./support/parsers.ts";

type Answer = (...values: unknown[]) => void;

const bytes = Buffer.from([0, 1, 2, 255]);

/** Binary as everybody sees it: clients get some as an ArrayBuffer. */
function plain(value: unknown): unknown {
  if (value instanceof ArrayBuffer) return Buffer.from(value);
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
}

async function heard(client: ClientSocket, event: string): Promise<unknown> {
  return plain(await next(client, event));
}

/** Ways to a server in which binary travels differently. */
const ways: [name: string, options: object][] = [
  ["WebSocket", { transports: ["websocket"] }],
  ["long-polling", { transports: ["polling"] }],
  ["an upgrade", { transports: ["polling", "websocket"] }],
  ["base64 alone", { transports: ["polling"], forceBase64: true }],
  ["WebSocket in base64", { transports: ["websocket"], forceBase64: true }],
];

describe.each(ways)("MessagePack over %s", (_name, way) => {
  const start = () => World.start({ parser: msgpack });

  test("carries events with binary, and answers, in both directions", async () => {
    const world = await start();
    world.io.on("connection", (socket) => {
      socket.on("echo", (...args: unknown[]) => {
        const answer = args.pop() as Answer;
        answer(...args, "answered");
      });
    });
    const client = await world.client("/", { parser: msgpack, ...way });
    client.on("double", (value: unknown, answer: Answer) => answer([value, value]));
    const answered = new Promise<unknown[]>((resolve) => {
      client.emit("echo", { deep: [bytes] }, "text", (...values: unknown[]) => resolve(values));
    });
    expect(plain(await answered)).toEqual([{ deep: [bytes] }, "text", "answered"]);
    const doubled: unknown = await world.socketOf(client).timeout(5000).emitWithAck("double", bytes);
    expect(plain(doubled)).toEqual([bytes, bytes]);
    const received = heard(client, "mixed");
    world.socketOf(client).emit("mixed", bytes, { n: 1, none: null, text: "é€😀" });
    expect(await received).toEqual([bytes, { n: 1, none: null, text: "é€😀" }]);
  });

  test("carries broadcasts to rooms, namespaces, and all who answer", async () => {
    const world = await start();
    world.io.of("/other").on("connection", (socket) => void socket.join("room"));
    const clients = [
      await world.client("/other", { parser: msgpack, ...way }),
      await world.client("/other", { parser: msgpack, ...way }),
    ];
    for (const client of clients) client.on("ask", (value: unknown, answer: Answer) => answer(value));
    const toAll = clients.map((client) => heard(client, "news"));
    world.io.of("/other").to("room").emit("news", bytes, "text");
    expect(await Promise.all(toAll)).toEqual([
      [bytes, "text"],
      [bytes, "text"],
    ]);
    const answers: unknown = await world.io.of("/other").timeout(5000).emitWithAck("ask", bytes);
    expect(plain(answers)).toEqual([bytes, bytes]);
    const [first, second] = clients;
    const except = heard(second as ClientSocket, "end");
    world.io
      .of("/other")
      .except(first?.id ?? "")
      .emit("end", 1);
    expect(await except).toEqual([1]);
  });
});

describe("a MessagePack peer", () => {
  async function attacked() {
    const world = await World.start({ parser: msgpack });
    world.io.on("connection", (socket) => socket.on("ask", (answer: Answer) => answer("here")));
    const bystander = await world.client("/", { parser: msgpack });
    const raw = new WebSocket(`${world.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
    const connected = once(world.io, "connection") as Promise<[Socket]>;
    await once(raw, "message");
    raw.send(packed({ type: 0, nsp: "/" }));
    const [socket] = await connected;
    return { world, bystander, raw, socket };
  }

  const deep = Buffer.concat([Buffer.alloc(200_000, 0x91), Buffer.from([0xc0])]);
  const attacks: [name: string, message: string | Buffer][] = [
    ["bytes that are no MessagePack", Buffer.from([0xc1])],
    ["a message that is cut off", packed({ type: 2, nsp: "/", data: ["x"] }).subarray(0, -2)],
    ["no bytes at all", Buffer.alloc(0)],
    ["text", '42["x"]'],
    ["nil", Buffer.from([0xc0])],
    ["a number", Buffer.from([0x07])],
    ["arrays inside each other without end", deep],
    ["an unknown packet type", packed({ type: 9, nsp: "/", data: ["x"] })],
    ["a packet without a namespace", packed({ type: 2, data: ["x"] })],
    ["an event without a name", packed({ type: 2, nsp: "/", data: [] })],
    ["an event named by an object", packed({ type: 2, nsp: "/", data: [{}] })],
    ["an event that only a server may raise", packed({ type: 2, nsp: "/", data: ["disconnect", "x"] })],
    ["an acknowledgement id below zero", packed({ type: 2, nsp: "/", data: ["x"], id: -1 })],
    ["an acknowledgement id beyond safe integers", packed({ type: 3, nsp: "/", data: [], id: 2 ** 60 })],
  ];

  test.each(attacks)("that sends %s ends its own connection and no other", async (_name, message) => {
    const { bystander, raw, socket } = await attacked();
    const [failed, gone, closed] = [once(socket, "error"), once(socket, "disconnect"), once(raw, "close")];
    socket.onAny(() => expect.unreachable("a broken packet is heard"));
    raw.send(message);
    expect((await failed)[0]).toBeInstanceOf(Error);
    expect((await gone)[0]).toBe("forced close");
    await closed;
    expect(await bystander.emitWithAck("ask")).toBe("here");
  });

  test("may be of revision 3, where bytes carry their type", async () => {
    const world = await World.start({ parser: msgpack, allowEIO3: true });
    const raw = new WebSocket(`${world.url.replace("http", "ws")}/socket.io/?EIO=3&transport=websocket`);
    const messages: Buffer[] = [];
    raw.on("message", (data: Buffer, isBinary) => isBinary && messages.push(data));
    const connected = once(world.io, "connection") as Promise<[Socket]>;
    await once(raw, "open");
    const [socket] = await connected;
    const asked = once(socket, "ask");
    raw.send(Buffer.concat([Buffer.of(4), packed({ type: 2, nsp: "/", data: ["ask", bytes], id: 3 })]));
    const [given, answer] = (await asked) as [Buffer, Answer];
    expect(given).toEqual(bytes);
    answer("fine");
    while (messages.length < 2) await once(raw, "message");
    expect(messages.map((message) => message[0])).toEqual([4, 4]);
    expect(messages.map((message) => unpacked(message.subarray(1)))).toEqual([
      { type: 0, nsp: "/" },
      { type: 3, nsp: "/", data: ["fine"], id: 3 },
    ]);
    raw.terminate();
  });
});

describe("a codec of several parts that are no text", () => {
  test.each([
    ["Skein's adapter", undefined],
    ["the published adapter", Adapter],
  ])("is kept in order among all that is sent, by %s", async (_name, adapter) => {
    const world = await World.start(
      adapter === undefined ? { parser: chunked } : { parser: chunked, adapter },
    );
    for (const [, way] of ways) {
      const client = await world.client("/", { parser: chunked, ...way });
      const socket = world.socketOf(client);
      const order: unknown[] = [];
      client.onAny((name, ...args) => order.push([name, ...args]));
      const end = next(client, "end");
      for (let n = 0; n < 20; n++) {
        socket.emit("direct", n);
        world.io.emit("all", { n });
        world.io.to(socket.id).compress(false).emit("room", n);
      }
      socket.emit("end");
      await end;
      expect(order.slice(0, 3)).toEqual([
        ["direct", 0],
        ["all", { n: 0 }],
        ["room", 0],
      ]);
      expect(order).toHaveLength(61);
      client.disconnect();
    }
  });
});

describe("a replacer and a reviver", () => {
  test.each([
    ["Skein's codec", revivingSkein],
    ["the published codec", revivingPublished],
  ])("of the application's are used by %s, beside binary too", async (_name, parser) => {
    const world = await World.start({ parser });
    world.io.on("connection", (socket) => {
      socket.on("echo", (value: unknown, answer: Answer) => {
        expect(value).toEqual({ at: new Date(7), size: 2n ** 70n, bytes });
        answer(value);
      });
    });
    for (const clients of [revivingSkein, revivingPublished]) {
      const client = await world.client("/", { parser: clients });
      const value = { at: new Date(7), size: 2n ** 70n, bytes };
      expect(await client.emitWithAck("echo", value)).toEqual(value);
      const news = next(client, "news");
      world.io.emit("news", new Date(9));
      expect(await news).toEqual([new Date(9)]);
    }
  });

  test("of Skein's codec leave its attachments their deadline", async () => {
    const world = await World.start({ parser: revivingSkein, attachmentTimeout: 50 });
    const raw = await world.raw();
    raw.send("40");
    const { sid } = JSON.parse((await raw.next()).slice(2)) as { sid: string };
    const failed = once(world.io.sockets.sockets.get(sid) ?? world.io, "error");
    raw.send('451-["x",{"_placeholder":true,"num":0}]');
    expect((await failed)[0]).toMatchObject({ code: "ATTACHMENTS_MISSING" });
    await raw.closed();
  });

  test("that throw are an error of the peer's or of emit's, and of nobody else's", async () => {
    const fails = (): never => {
      throw new Error("not this one");
    };
    const parser: Parser = {
      Encoder,
      Decoder: class extends Decoder {
        constructor() {
          super((_key, value) => (value === "bad" ? fails() : value));
        }
      },
    };
    const world = await World.start({ parser });
    const client = await world.client();
    const failed = once(world.socketOf(client), "error");
    client.emit("x", "bad");
    expect((await failed)[0]).toBeInstanceOf(Error);
    const other = await world.client();
    expect(other.connected).toBe(true);
  });
});

describe("a class that extends a codec", () => {
  test("is asked in its own way, not past it", async () => {
    const seen: string[] = [];
    class ListeningDecoder extends Decoder {
      override add(part: string): void {
        seen.push(part);
        super.add(part);
      }
    }
    class ShoutingEncoder extends Encoder {
      override encode(packet: Packet): ReturnType<Encoder["encode"]> {
        return super.encode(packet.type === 2 ? { ...packet, data: ["shout"] } : packet);
      }
    }
    const world = await World.start({ parser: { Encoder: ShoutingEncoder, Decoder: ListeningDecoder } });
    const client = await world.client();
    const shout = next(client, "shout");
    const socket = world.socketOf(client);
    const whispered = once(socket, "whisper");
    client.emit("whisper", 1);
    await whispered;
    socket.emit("whisper");
    await shout;
    expect(seen).toEqual(["0", '2["whisper",1]']);
  });

  test.each([
    ["socket.io-parser", publishedParser],
    ["socket.io-msgpack-parser", publishedMsgpack],
    ["@skein/parser", skeinParser],
  ])("is not needed: %s may be given as the module that it is", async (_name, parser) => {
    const world = await World.start({ parser });
    expect(world.io.encoder).toBeInstanceOf(parser.Encoder);
    const client = await world.client("/", { parser });
    const news = heard(client, "news");
    world.io.emit("news", bytes);
    expect(await news).toEqual([bytes]);
  });
});

describe("a codec that hands on what can't be sent", () => {
  test("has emit throw before any part of the packet is sent, and the connection goes on", async () => {
    const parser = publishedParser as unknown as Parser;
    const world = await World.start({ parser });
    const client = await world.client();
    const gone = new Uint8Array(4);
    structuredClone(gone.buffer, { transfer: [gone.buffer] });
    const refusal = expect.objectContaining({ code: "DETACHED_BINARY" }) as Error;
    expect(() => world.socketOf(client).emit("half", bytes, gone)).toThrow(refusal);
    expect(() => world.io.emit("half", bytes, gone)).toThrow(refusal);
    const received = heard(client, "whole");
    world.io.emit("whole", bytes);
    expect(await received).toEqual([bytes]);
  });
});
