import type { Socket } from "@skein/server";
import { expect, onTestFinished, test } from "vitest";
import { once } from "../behaviour/waiting.ts";
import { WebSocketWire } from "../behaviour/wire/websocket-wire.ts";
import { manyClients, type TestClient, UwsServer } from "./support/party.ts";

async function crowded(options: Parameters<typeof UwsServer.onUws>[0] = {}) {
  const party = await UwsServer.onUws(options);
  onTestFinished(() => party.close());
  const guests = await party.guests(manyClients);
  const [first] = guests;
  if (first === undefined) throw new Error("nobody came");
  return { party, guests, first, io: party.io };
}

/** What a guest got after the reply to its CONNECT. */
async function heard(guest: TestClient): Promise<string[]> {
  return (await guest.story()).filter((packet) => !packet.startsWith('40{"sid"'));
}

test("direct emits and broadcasts of one turn arrive in the order of the calls", async () => {
  const { party, io, first } = await crowded();
  first.socket.emit("1");
  io.emit("2");
  first.socket.emit("3");
  io.to(first.socket.id).emit("4");
  io.emit("5");
  first.socket.emit("6");
  expect(await heard(first)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `42["${n}"]`));
  expect(party.published.count).toBe(2);
});

test("the parts of a binary broadcast stay together", async () => {
  const { io, guests } = await crowded();
  for (const { socket } of guests) socket.emit("b", Buffer.from([1]));
  io.emit("b", Buffer.from([2]), Buffer.from([3]));
  for (const { socket } of guests) socket.emit("b", Buffer.from([4]));
  const head = '["b",{"_placeholder":true,"num":0}';
  for (const guest of guests) {
    expect(await heard(guest)).toEqual([
      `451-${head}]`,
      "bytes 01",
      `452-${head},{"_placeholder":true,"num":1}]`,
      "bytes 02",
      "bytes 03",
      `451-${head}]`,
      "bytes 04",
    ]);
  }
});

test("nothing is published that a topic can't express, or to few", async () => {
  const { party, io, guests, first } = await crowded();
  io.socketsJoin("all");
  void first.socket.join("few");
  // First: with output that waits, a volatile packet would be dropped.
  io.volatile.emit("x");
  io.to("few").emit("x");
  io.to(["all", "few"]).emit("x");
  io.except("few").emit("x");
  io.compress(false).emit("x");
  first.socket.broadcast.emit("x");
  io.timeout(1).emit("x", () => {});
  expect(await heard(first)).toHaveLength(5);
  expect(await heard(guests[1] as TestClient)).toHaveLength(6);
  expect(party.published.count).toBe(0);
});

test("who leaves a room gets what was said before, and nothing after", async () => {
  const { party, io, guests, first } = await crowded();
  io.socketsJoin("room");
  io.to("room").emit("before");
  void first.socket.leave("room");
  io.to("room").emit("after");
  expect(await heard(first)).toEqual(['42["before"]']);
  expect(await heard(guests[1] as TestClient)).toEqual(['42["before"]', '42["after"]']);
  expect(party.published.count).toBe(2);
});

test("a client that left a namespace gets none of its broadcasts, and keeps its other namespaces", async () => {
  const { party, io, guests, first } = await crowded();
  const a = io.of("/a");
  for (const { wire } of guests) {
    const arrived = once(a, "connection");
    await wire.send("40/a,");
    const [socket] = (await arrived) as [Socket];
    void socket.join("room");
  }
  a.emit("first");
  a.to("room").emit("first");
  const left = once([...a.sockets.values()][0] as Socket, "disconnect");
  await first.wire.send("41/a,");
  await left;
  [...a.sockets.values()][0]?.disconnect();
  a.emit("secret");
  a.to("room").emit("secret");
  io.emit("open");
  const last = '42["open"]';
  expect((await heard(first)).slice(1)).toEqual(['42/a,["first"]', '42/a,["first"]', last]);
  expect((await heard(guests[1] as TestClient)).slice(1)).toEqual([
    '42/a,["first"]',
    '42/a,["first"]',
    "41/a,",
    last,
  ]);
  // The last broadcasts of /a may or may not have had enough receivers to be published.
  expect(party.published.count).toBeGreaterThanOrEqual(3);
});

test("a client that a middleware refuses gets no broadcasts, though it had joined", async () => {
  const { party, io, guests } = await crowded();
  const secret = io.of("/priv");
  let verdict: (refusal?: Error) => void = () => {};
  const asked = new Promise<void>((resolve) => {
    secret.use((socket, next) => {
      void socket.join("room");
      if (socket.handshake.auth["token"] === "mine") return next();
      verdict = next;
      resolve();
    });
  });
  for (const { wire } of guests) {
    const arrived = once(secret, "connection");
    await wire.send('40/priv,{"token":"mine"}');
    await arrived;
  }
  const stranger = await party.guest();
  await stranger.wire.send("40/priv,");
  await asked;
  secret.emit("while it waits");
  secret.to("room").emit("while it waits");
  verdict(new Error("no"));
  expect(String(await stranger.wire.next())).toMatch(/^40\{"sid"/);
  expect(await stranger.wire.next()).toBe('44/priv,{"message":"no"}');
  secret.emit("later");
  secret.to("room").emit("later");
  expect(await heard(stranger)).toEqual([]);
  expect((await heard(guests[0] as TestClient)).slice(1)).toEqual([
    '42/priv,["while it waits"]',
    '42/priv,["while it waits"]',
    '42/priv,["later"]',
    '42/priv,["later"]',
  ]);
  expect(party.published.count).toBe(4);
});

test("who joined a room in a middleware is in it once connected", async () => {
  const { party, io } = await crowded();
  io.use((socket, next) => {
    void socket.join("early");
    next();
  });
  const early = await party.guests(manyClients);
  io.to("early").emit("x");
  const late = await party.guest();
  io.to("early").emit("y");
  expect(await heard(early[0] as TestClient)).toEqual(['42["x"]', '42["y"]']);
  expect(await heard(late)).toEqual(['42["y"]']);
  expect(party.published.count).toBe(2);
});

test("a client gets each broadcast once, before, during and after its upgrade", async () => {
  const { party, io } = await crowded();
  const guest = await party.guest("polling");
  const { socket, wire } = guest;
  expect(String(await wire.next())).toMatch(/^40/);
  io.emit("polled");
  expect(await wire.next()).toBe('42["polled"]');
  const candidate = await WebSocketWire.candidate(party.origin, wire.sid);
  onTestFinished(() => candidate.drop());
  await candidate.send("2probe");
  expect(await candidate.next()).toBe("3probe");
  io.emit("while it upgrades");
  // The poll that is pending takes it; then the client moves.
  expect(await wire.next()).toBe('42["while it upgrades"]');
  (socket.conn as { once(event: string, listener: () => void): void }).once("upgrade", () => {
    socket.emit("direct");
    io.emit("as it upgrades");
  });
  const upgraded = once(socket.conn, "upgrade");
  await candidate.send("5");
  await upgraded;
  io.emit("over WebSocket");
  const packets = [await candidate.next(), await candidate.next(), await candidate.next()];
  expect(packets).toEqual(['42["direct"]', '42["as it upgrades"]', '42["over WebSocket"]']);
});

test("who listens to what goes out hears of broadcasts, also of those that are published to others", async () => {
  const { party, io, guests, first } = await crowded();
  io.socketsJoin("room");
  io.emit("before", 0);
  io.to("room").emit("before", 0);
  const outgoing: unknown[][] = [];
  first.socket.onAnyOutgoing((...args: unknown[]) => outgoing.push(args));
  io.emit("x", 1);
  io.to("room").emit("y", 2);
  expect(outgoing).toEqual([
    ["x", 1],
    ["y", 2],
  ]);
  for (const guest of guests) expect(await heard(guest)).toHaveLength(4);
  expect(party.published.count).toBe(4);
});

test("who lost a connection after broadcasts that were published comes back, and gets only what was missed", async () => {
  const { party, io, first } = await crowded({ connectionStateRecovery: {} });
  io.emit("had", 1);
  io.emit("had", 2);
  const [connected, , last] = await first.story();
  expect(party.published.count).toBe(2);
  const { pid } = JSON.parse(connected?.slice(2) ?? "") as { pid: string };
  const [, , offset] = JSON.parse(last?.slice(2) ?? "") as [string, number, string];
  const gone = once(first.socket, "disconnect");
  first.wire.drop();
  await gone;
  io.emit("missed", 3);
  const arrived = once(io, "connection");
  const wire = await WebSocketWire.start(party.origin);
  onTestFinished(() => wire.drop());
  await wire.send(`40${JSON.stringify({ pid, offset })}`);
  const [again] = (await arrived) as [Socket];
  expect([again.id, again.recovered]).toEqual([first.socket.id, true]);
  expect(await wire.next()).toMatch(/^42\["missed",3,"[^"]+"\]$/);
  expect(await wire.next()).toMatch(/^40/);
});

test("who had only published broadcasts, and says that none arrived, gets them all", async () => {
  const { party, io, first } = await crowded({ connectionStateRecovery: {} });
  io.emit("lost", 1);
  const [connected] = await first.story();
  expect(party.published.count).toBe(1);
  const { pid } = JSON.parse(connected?.slice(2) ?? "") as { pid: string };
  const gone = once(first.socket, "disconnect");
  first.wire.drop();
  await gone;
  const wire = await WebSocketWire.start(party.origin);
  onTestFinished(() => wire.drop());
  await wire.send(`40${JSON.stringify({ pid })}`);
  expect(await wire.next()).toMatch(/^42\["lost",1,"[^"]+"\]$/);
});
