import { EngineError } from "@skein/engine";
import type { Server, ServerOptions, Socket } from "@skein/server";
import { expect, onTestFinished, test } from "vitest";
import { inTime, once, until } from "../behaviour/waiting.ts";
import { manyClients, UwsServer } from "./support/party.ts";
import { Unread } from "./support/unread.ts";

const MEGABYTE = 1_000_000;
const KILOBYTE = "x".repeat(1000);
const MESSAGES = 10_000;

const hosts = {
  "µWebSockets.js": (options: ServerOptions) => UwsServer.onUws(options),
  Node: (options: ServerOptions) => UwsServer.onNode(options),
};

type Send = (io: Server, serial: number) => void;

/** Ways to send one event to everybody. */
const ways: Record<string, Send> = {
  "by broadcasts": (io, n) => io.emit("news", n, KILOBYTE),
  "by broadcasts to a room": (io, n) => io.to("room").emit("news", n, KILOBYTE),
  "by broadcasts that no topic can express": (io, n) => io.except("nobody").emit("news", n, KILOBYTE),
  "socket by socket": (io, n) => {
    for (const socket of io.sockets.sockets.values()) socket.emit("news", n, KILOBYTE);
  },
};

const cases = Object.keys(hosts).flatMap((host) => Object.keys(ways).map((way) => ({ host, way })));

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

async function stalledAmong(party: UwsServer) {
  const guests = await party.guests(manyClients);
  const arrived = once(party.io, "connection");
  const peer = await Unread.connect(party.origin);
  onTestFinished(() => peer.drop());
  const [socket] = (await arrived) as [Socket];
  party.io.socketsJoin("room");
  return { guests, peer, socket };
}

test.each(cases)(
  "on $host, a client that stops reading while 10,000 messages are sent $way is closed with a typed reason, at a bounded cost, and the others miss nothing",
  async ({ host, way }) => {
    const start = hosts[host as keyof typeof hosts];
    const party = await start({ maxOutboxBytes: 2 * MEGABYTE });
    onTestFinished(() => party.close());
    const { io } = party;
    const { guests, socket } = await stalledAmong(party);
    // How long the sending takes is not limited: it depends on the machine.
    const ended = new Promise<unknown[]>((resolve) => {
      socket.once("disconnect", (...told) => resolve(told));
    });
    let most = 0;
    for (let sent = 0; sent < MESSAGES; sent++) {
      ways[way]?.(io, sent);
      most = Math.max(most, socket.conn.bufferedAmount);
      if (sent % 50 === 49) await nextTurn();
    }
    const [reason, cause] = await inTime(ended, "the client to be closed");
    expect(cause).toBeInstanceOf(EngineError);
    expect([reason, cause]).toMatchObject(["transport error", { code: "OUTBOX_OVERFLOW", side: "peer" }]);
    expect(most).toBeGreaterThan(1.5 * MEGABYTE);
    expect(most).toBeLessThan(2.2 * MEGABYTE);
    const { errors, closed } = io.engine.counters();
    expect(errors).toEqual({ OUTBOX_OVERFLOW: 1 });
    expect(closed["transport error"]).toBe(1);
    for (const guest of guests) {
      const story = await guest.story();
      const serials = story.flatMap((packet) => /^42\["news",(\d+),/.exec(packet)?.[1] ?? []);
      expect(serials).toEqual(Array.from({ length: MESSAGES }, (_, n) => String(n)));
    }
  },
  30_000,
);

test("a client that lags behind what is published gets everything once it reads, and is published to again", async () => {
  const party = await UwsServer.onUws({ maxOutboxBytes: 16 * MEGABYTE });
  onTestFinished(() => party.close());
  const { io } = party;
  const { peer, socket } = await stalledAmong(party);
  let sent = 0;
  const emit = (): void => void io.emit("news", sent++, KILOBYTE);
  // More than may wait for a client that is published to: it is sent to directly now.
  while (socket.conn.bufferedAmount < 5 * MEGABYTE) {
    for (let n = 0; n < 500; n++) emit();
    await nextTurn();
  }
  const published = party.published.count;
  peer.read();
  await until(() => socket.conn.bufferedAmount === 0, "the client to catch up");
  for (let n = 0; n < 10; n++) emit();
  await until(() => peer.events().length >= sent, "everything to arrive");
  expect(peer.events()).toEqual(Array.from({ length: sent }, (_, n) => `42["news",${n},"${KILOBYTE}"]`));
  expect(party.published.count).toBe(published + 10);
  expect(socket.connected).toBe(true);
}, 30_000);

test("a volatile event is not kept for a client that has not read what was published", async () => {
  const party = await UwsServer.onUws();
  onTestFinished(() => party.close());
  const { io } = party;
  const { peer, socket, guests } = await stalledAmong(party);
  let sent = 0;
  while (socket.conn.bufferedAmount < 10 * KILOBYTE.length) {
    for (let n = 0; n < 100; n++) io.emit("news", sent++, KILOBYTE);
    await nextTurn();
  }
  expect(party.published.count).toBe(sent);
  expect(socket.conn.transport.writable).toBe(false);
  for (const guest of guests) await guest.story();
  socket.volatile.emit("volatile", KILOBYTE);
  io.volatile.emit("volatile", KILOBYTE);
  for (const guest of guests) expect(await guest.story()).toEqual([`42["volatile","${KILOBYTE}"]`]);
  peer.read();
  await until(() => socket.conn.bufferedAmount === 0, "the client to catch up");
  io.emit("news", sent++, KILOBYTE);
  await until(() => peer.events().length >= sent, "everything to arrive");
  expect(peer.events()).toEqual(Array.from({ length: sent }, (_, n) => `42["news",${n},"${KILOBYTE}"]`));
}, 30_000);

test("a burst in one turn, larger than what is published without a look, reaches everybody", async () => {
  const party = await UwsServer.onUws({ maxOutboxBytes: 4 * MEGABYTE });
  onTestFinished(() => party.close());
  const guests = await party.guests(manyClients);
  for (let n = 0; n < 3000; n++) party.io.emit("news", n, KILOBYTE);
  for (const guest of guests) expect((await guest.story()).length).toBe(3001);
}, 30_000);
