import { maskedFrame } from "@skein/testkit";
import { WebSocket } from "ws";
import { expect, suite } from "../suite.ts";
import { inTime, once, until } from "../waiting.ts";

const small = { maxHttpBufferSize: 100 };

/** Conformance (engine-protocol, "WebSocket transport" and "EIO=3"). */
export const webSocket = suite("WebSocket", (behaves, { revision }) => {
  const bytes = (...values: number[]): Buffer => Buffer.of(...(revision === 4 ? [] : [4]), ...values);

  behaves("text and binary take a frame of their kind each", async (world) => {
    const raw = await world.rawWebSocket();
    const server = await world.connection();
    server.socket.send("a");
    server.socket.send(Buffer.of(1, 2));
    server.socket.send("€");
    const frames = await inTime(raw.frames.take(4), "four frames");
    const shown = frames.slice(1).map(({ opcode, final, payload }) => [opcode, final, payload]);
    expect(shown).toEqual([
      [1, true, Buffer.from("4a")],
      [2, true, bytes(1, 2)],
      [1, true, Buffer.from("4€")],
    ]);
  });

  behaves("binary is text where the client asks for it", async (world) => {
    const { client, server } = await world.webSocket("&b64=1");
    server.socket.send(Buffer.of(1, 2, 3, 4));
    const data = await inTime(client.webSocket.messages.next(), "a message");
    expect(data).toBe(revision === 4 ? "bAQIDBA==" : "b4AQIDBA==");
  });

  behaves("binary may come as text", async (world) => {
    const { client, server } = await world.webSocket();
    client.webSocket.send(revision === 4 ? "bAQIDBA==" : "b4AQIDBA==");
    expect(await server.next()).toEqual(Buffer.of(1, 2, 3, 4));
  });

  behaves("a message of just the limit is taken", small, async (world) => {
    const { client, server } = await world.webSocket();
    await client.send(`4${"x".repeat(99)}`);
    expect(await server.next()).toBe("x".repeat(99));
  });

  behaves("a message beyond the limit closes with 1009", small, async (world) => {
    const { client, server } = await world.webSocket();
    await client.send(`4${"x".repeat(100)}`);
    expect((await client.closed).code).toBe(1009);
    expect((await server.ended).reason).toBe("transport error");
  });

  behaves("a message in fragments is one message", async (world) => {
    const raw = await world.rawWebSocket();
    const server = await world.connection();
    raw.write(Buffer.concat([maskedFrame(0x01, "4a"), maskedFrame(0x00, "b"), maskedFrame(0x80, "c")]));
    expect(await server.next()).toBe("abc");
  });

  behaves("what comes with the request is not lost", async (world) => {
    const early = Buffer.concat([maskedFrame(0x81, "4a"), maskedFrame(0x81, "4b")]);
    const [, server] = await Promise.all([world.rawWebSocket("", early), world.connection()]);
    expect(await server.take(2)).toEqual(["a", "b"]);
  });

  behaves("a ping of the WebSocket is answered with its content", async (world) => {
    const raw = await world.rawWebSocket();
    await world.connection();
    raw.write(maskedFrame(0x89, "are you there"));
    const [, pong] = await inTime(raw.frames.take(2), "a pong");
    expect([pong?.opcode, pong?.payload.toString()]).toEqual([0x0a, "are you there"]);
  });

  for (const [what, frame] of [
    ["a frame without a mask", Buffer.of(0x81, 1, 0x34)],
    ["a reserved bit", maskedFrame(0xc1, "4a")],
    ["an opcode that does not exist", maskedFrame(0x83, "4a")],
    ["text that is no UTF-8", maskedFrame(0x81, Buffer.of(0x34, 0xff, 0xfe))],
  ] as const) {
    behaves(`${what} is a transport error`, async (world) => {
      const raw = await world.rawWebSocket();
      const server = await world.connection();
      raw.write(frame);
      expect((await server.ended).reason).toBe("transport error");
    });
  }

  behaves("a reset ends the session", async (world) => {
    const raw = await world.rawWebSocket();
    const server = await world.connection();
    raw.reset();
    expect((await server.ended).reason).toMatch(/^transport (close|error)$/);
    await until(() => world.engine.clientsCount === 0, "no session");
  });

  behaves("nothing is compressed by default", async (world) => {
    const client = new WebSocket(`ws://127.0.0.1:${world.port}${world.target("transport=websocket")}`);
    world.leave(() => client.terminate());
    await once(client, "open");
    expect(client.extensions).toBe("");
  });

  behaves("permessage-deflate is negotiated where it is on", { perMessageDeflate: true }, async (world) => {
    const client = new WebSocket(`ws://127.0.0.1:${world.port}${world.target("transport=websocket")}`);
    world.leave(() => client.terminate());
    const received: string[] = [];
    client.on("message", (data: Buffer) => received.push(data.toString()));
    const server = await world.connection();
    server.echo();
    const large = `4${"compress me ".repeat(500)}`;
    await until(() => received.length === 1, "the open packet");
    client.send(large);
    await until(() => received.length === 2, "the echo");
    expect(client.extensions).toBe("permessage-deflate");
    expect(received[1]).toBe(large);
  });

  behaves("a message that asks for no compression gets none", { perMessageDeflate: true }, async (world) => {
    const client = new WebSocket(`ws://127.0.0.1:${world.port}${world.target("transport=websocket")}`);
    world.leave(() => client.terminate());
    const lengths: number[] = [];
    client.once("upgrade", ({ socket }) => {
      client.on("message", () => lengths.push(socket.bytesRead));
    });
    const { socket } = await world.connection();
    await until(() => lengths.length === 1, "the open packet");
    const large = "compress me ".repeat(500);
    socket.send(large, { compress: false });
    await until(() => lengths.length === 2, "the message");
    expect((lengths[1] ?? 0) - (lengths[0] ?? 0)).toBeGreaterThan(large.length);
  });
});
