import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, type ServerOptions, type Socket } from "@skein/server";
import { afterEach, describe, expect, it } from "vitest";
import { inTime } from "./behaviour/waiting.ts";
import { PollingWire } from "./behaviour/wire/polling-wire.ts";
import { WebSocketWire } from "./behaviour/wire/websocket-wire.ts";
import { Unread } from "./uws/support/unread.ts";
import { listen, newApp } from "./uws/support/app.ts";

const leftovers: (() => unknown)[] = [];

afterEach(async () => {
  for (const undo of leftovers.splice(0).toReversed()) await undo();
});

async function onNode(options: ServerOptions = {}) {
  const http = createServer();
  const io = new Server(http, options);
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  leftovers.push(() => {
    http.closeAllConnections();
    http.close();
  });
  return { io, http, origin: `http://127.0.0.1:${port}` };
}

async function onUws(options: ServerOptions = {}) {
  const app = newApp();
  const io = new Server(options);
  io.attachApp(app);
  const origin = await listen(app);
  leftovers.push(() => app.close());
  return { io, origin };
}

/** A client on long-polling that has joined, and does not poll. */
async function betweenPolls({ io, origin }: { io: Server; origin: string }) {
  const connected = once(io, "connection");
  const wire = await PollingWire.start(origin);
  leftovers.push(() => wire.drop());
  await wire.send("40");
  const [socket] = (await connected) as [Socket];
  await wire.next();
  return { wire, socket };
}

describe("a client on long-polling that does not come for its last messages", () => {
  it("holds up the closing of its server for no longer than closeTimeout", async () => {
    const world = await onNode({ closeTimeout: 50 });
    const { socket } = await betweenPolls(world);
    const ended = once(socket.conn as never, "close");
    world.io.emit("bye");
    await inTime(world.io.close(), "the server to close");
    expect(await ended).toEqual(["forced close", undefined]);
  });

  it("does not hold it up where it is dead by its heartbeat", async () => {
    const world = await onNode({ pingInterval: 100, pingTimeout: 100 });
    const { socket } = await betweenPolls(world);
    const ended = once(socket.conn as never, "close");
    world.io.emit("bye");
    await inTime(world.io.close(), "the server to close");
    expect(await ended).toEqual(["ping timeout", undefined]);
  });

  it("does not hold it up where the HTTP server takes nobody any more", async () => {
    const world = await onNode();
    await betweenPolls(world);
    const webSocket = await WebSocketWire.start(world.origin);
    world.io.emit("bye");
    world.http.close();
    const closed = world.io.close();
    webSocket.drop();
    await inTime(closed, "the server to close");
  });
});

describe.each([
  ["node:http", onNode],
  ["µWebSockets.js", onUws],
])("a server that is being closed on %s", (_, start) => {
  it("takes nobody new while it waits for a last poll", async () => {
    const world = await start();
    const { wire } = await betweenPolls(world);
    world.io.on("connection", () => expect.unreachable("the server is closed"));
    world.io.emit("bye");
    const closed = world.io.close();
    const late = await WebSocketWire.start(world.origin);
    await late.send("40").catch(() => {});
    expect(await late.rest()).toEqual([]);
    expect(await wire.next()).toBe('42["bye"]');
    await inTime(closed, "the server to close");
  });

  it("gives a peer that reads slowly all that waits for it", async () => {
    const world = await start();
    const connected = once(world.io, "connection");
    const peer = await Unread.connect(world.origin);
    leftovers.push(() => peer.drop());
    await connected;
    const text = "x".repeat(60_000);
    for (let index = 0; index < 200; index++) world.io.emit(String(index), text);
    const closed = world.io.close();
    peer.read();
    await peer.ended();
    const names = peer.events().map((event) => /^42\["(\d+)"/.exec(event)?.[1]);
    expect(names).toEqual(Array.from({ length: 200 }, (_unused, index) => String(index)));
    await inTime(closed, "the server to close");
  });
});
