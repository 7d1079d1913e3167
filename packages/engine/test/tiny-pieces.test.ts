import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { maskedFrame, memoryHeld } from "@skein/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { nextTurn, openUnread } from "./peers.ts";
import { type RunningEngine, startEngine, stopEngines } from "./running-engine.ts";
import { open, setUp } from "./webtransport-world.ts";

afterEach(stopEngines);

/** Pieces of one byte each. */
const PIECES = 300_000;
/** Nearly as many as fragments of one message may be, compressed or not. */
const FRAGMENTS = 7_500;
/** Pieces that the network must not join, each of which takes a turn of the event loop. */
const SEPARATE_PIECES = 20_000;
/** What the process takes by itself, in bytes. */
const NOISE = 300_000;

const EXTENSIONS = { "Sec-WebSocket-Extensions": "permessage-deflate" };
const CHUNK = "1\r\n4\r\n";

/** The server's end of the next connection. */
async function nextSocket({ http }: RunningEngine): Promise<Socket> {
  const [socket] = (await once(http, "connection")) as [Socket];
  return socket;
}

async function untilRead(served: Socket, bytes: number): Promise<void> {
  while (served.bytesRead < bytes && !served.destroyed) await nextTurn();
}

/** Sends the bytes one by one, each as a piece of its own for the server. */
async function sendOneByOne(socket: Socket, served: Socket, bytes: Uint8Array): Promise<void> {
  const before = served.bytesRead;
  socket.setNoDelay();
  for (let index = 0; index < bytes.length; index += 1) {
    socket.write(bytes.subarray(index, index + 1));
    await untilRead(served, before + index + 1);
  }
}

async function polling(running: RunningEngine, query: string): Promise<string> {
  const { body } = await running.polling().request({ path: `/engine.io/?transport=polling${query}` });
  const [, sid] = /sid\\?":\\?"([^"\\]+)/.exec(body.toString()) ?? [];
  return `/engine.io/?transport=polling${query}&sid=${sid}`;
}

function postHead(target: string, type: string): string {
  const lines = [`POST ${target} HTTP/1.1`, "Host: a", `Content-Type: ${type}`, "Transfer-Encoding: chunked"];
  return [...lines, "", ""].join("\r\n");
}

async function webSocket(running: RunningEngine, headers = {}): Promise<{ socket: Socket; served: Socket }> {
  const served = nextSocket(running);
  const socket = await openUnread(running.port, "", headers);
  socket.resume();
  return { socket, served: await served };
}

describe.each([
  ["of revision 4", "&EIO=4", "text/plain;charset=UTF-8"],
  ["of revision 3", "&EIO=3", "text/plain;charset=UTF-8"],
  ["of binary data", "&EIO=3", "application/octet-stream"],
  ["of a form", "&EIO=3&j=0", "application/x-www-form-urlencoded"],
])("a body %s in chunks of one byte", (_kind, query, type) => {
  it("holds memory in proportion to its bytes", async () => {
    const running = await startEngine({ allowEIO3: true });
    const target = await polling(running, query);
    const sent = Buffer.from(postHead(target, type) + CHUNK.repeat(PIECES));
    const before = await memoryHeld();
    const connection = nextSocket(running);
    const socket = connect(running.port, "127.0.0.1");
    socket.write(sent);
    await untilRead(await connection, sent.length);
    expect((await memoryHeld()) - before).toBeLessThan(3 * PIECES + NOISE);
    socket.destroy();
  });
});

describe.each([
  ["a WebSocket", {}],
  ["a WebSocket that compresses", EXTENSIONS],
])("on %s", (_kind, headers) => {
  const options = { perMessageDeflate: true };

  it("a message in fragments of one byte holds memory in proportion to its bytes", async () => {
    const running = await startEngine(options);
    const { socket, served } = await webSocket(running, headers);
    const fragments = Array<Buffer>(FRAGMENTS - 1).fill(maskedFrame(0x00, "x"));
    const sent = Buffer.concat([maskedFrame(0x01, "4"), ...fragments]);
    const before = await memoryHeld();
    const already = served.bytesRead;
    socket.write(sent);
    await untilRead(served, already + sent.length);
    expect((await memoryHeld()) - before).toBeLessThan(3 * running.engine.opts.maxHttpBufferSize);
    socket.write(maskedFrame(0x80, "y"));
    const { messages } = await running.clients.next();
    expect(await messages.next()).toBe(`${"x".repeat(FRAGMENTS - 1)}y`);
    socket.destroy();
  });

  it("a frame that comes byte by byte holds memory in proportion to what messages may have", async () => {
    const maxHttpBufferSize = 2 * SEPARATE_PIECES;
    const running = await startEngine({ ...options, maxHttpBufferSize });
    const { socket, served } = await webSocket(running, headers);
    const before = await memoryHeld();
    const frame = maskedFrame(0x82, Buffer.alloc(maxHttpBufferSize));
    await sendOneByOne(socket, served, frame.subarray(0, SEPARATE_PIECES));
    expect((await memoryHeld()) - before).toBeLessThan(3 * maxHttpBufferSize + NOISE);
    socket.destroy();
  });
});

describe("a packet on WebTransport", () => {
  it("that comes byte by byte holds memory in proportion to its bytes", async () => {
    const world = setUp();
    const { client, connection } = await open(world);
    const messages: unknown[] = [];
    connection.listen({ onMessage: (data) => void messages.push(data), onClose: () => {} });
    const before = await memoryHeld();
    const length = SEPARATE_PIECES;
    await client.write(Uint8Array.of(126, length >> 8, length & 0xff, "4".charCodeAt(0)));
    for (let sent = 2; sent < length; sent += 1) await client.write(Uint8Array.of(120));
    expect((await memoryHeld()) - before).toBeLessThan(3 * length + NOISE);
    await client.write(Uint8Array.of(121));
    expect(messages).toEqual([`${"x".repeat(length - 2)}y`]);
  });
});
