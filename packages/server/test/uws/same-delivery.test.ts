import type { Socket } from "@skein/server";
import * as fc from "fast-check";
import { EventEmitter } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { once } from "../behaviour/waiting.ts";
import { expectNativeAddon } from "./support/app.ts";
import { CROWD, manyClients, type TestClient, type Manner, UwsServer } from "./support/party.ts";

const MANNERS: readonly Manner[] = [...manyClients, "websocket", "upgraded", "polling", "older", "base64"];
const ROOMS = ["a", "b", "a:b", "#", "", "1"];

/** A namespace that adds every client to a room before admitting the welcome ones. */
const GUARDED = "/guarded";
const WELCOME = JSON.stringify({ welcome: true });

function guard({ io }: UwsServer): void {
  io.of(GUARDED).use((socket, next) => {
    void socket.join("a");
    next(socket.handshake.auth["welcome"] === true ? undefined : new Error("no"));
    setImmediate(() => decided.emit(socket.conn.id));
  });
}

/** Says when a middleware has decided over a connection. */
const decided = new EventEmitter();

interface Scene {
  readonly party: UwsServer;
  readonly guests: readonly TestClient[];
  /** What each guest has got so far. */
  readonly stories: string[][];
}

/** Something that happens at both servers alike. */
type Step = (scene: Scene, serial: number) => unknown;

const who = fc.nat({ max: MANNERS.length - 1 });
const room = fc.constantFrom(...ROOMS);
const payload = fc.constantFrom<unknown>("text", Buffer.from([1, 2, 3]), "é".repeat(300));

function socketOf({ guests }: Scene, index: number): Socket {
  const guest = guests[index];
  if (guest === undefined) throw new Error(`there is no guest ${index}`);
  return guest.socket;
}

function isOpen({ socket }: TestClient): boolean {
  return socket.conn.readyState === "open";
}

/** A guest asks for the guarded namespace, unless it is in there. */
async function ask({ party, guests }: Scene, index: number, auth: string): Promise<void> {
  const guest = guests[index];
  if (guest === undefined || !isOpen(guest)) return;
  const { conn } = guest.socket;
  const inside = Array.from(party.io.of(GUARDED).sockets.values());
  if (inside.some((socket) => socket.conn === conn)) return;
  const decision = once(decided, conn.id);
  await guest.wire.send(`40${GUARDED},${conn.protocol === 4 ? auth : ""}`);
  await decision;
}

/** Everybody who is there has read everything: nothing waits for anybody. */
async function everythingIsRead({ guests, stories }: Scene): Promise<void> {
  for (const [index, guest] of guests.entries()) {
    if (isOpen(guest)) stories[index]?.push(...(await guest.story()));
  }
  await nextTurn();
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}

const steps: Record<string, fc.Arbitrary<Step>> = {
  join: fc.tuple(who, room).map(
    ([i, r]) =>
      (scene) =>
        socketOf(scene, i).join(r),
  ),
  leave: fc.tuple(who, room).map(
    ([i, r]) =>
      (scene) =>
        socketOf(scene, i).leave(r),
  ),
  everybodyJoins: room.map((r) => (scene) => scene.party.io.socketsJoin(r)),
  everybodyLeaves: fc.tuple(room, room).map(
    ([r, from]) =>
      (scene) =>
        scene.party.io.in(from).socketsLeave(r),
  ),
  direct: fc.tuple(who, payload).map(
    ([i, p]) =>
      (scene, n) =>
        socketOf(scene, i).emit("direct", n, p),
  ),
  toAll: payload.map((p) => (scene, n) => scene.party.io.emit("all", n, p)),
  toRoom: fc.tuple(room, payload).map(
    ([r, p]) =>
      (scene, n) =>
        scene.party.io.to(r).emit("room", n, p),
  ),
  toRooms: fc.tuple(room, room).map(
    ([r, s]) =>
      (scene, n) =>
        scene.party.io.to([r, s]).emit("rooms", n),
  ),
  toOne: who.map((i) => (scene, n) => scene.party.io.to(socketOf(scene, i).id).emit("one", n)),
  except: room.map((r) => (scene, n) => scene.party.io.except(r).emit("except", n)),
  others: who.map((i) => (scene, n) => socketOf(scene, i).broadcast.emit("others", n)),
  local: room.map((r) => (scene, n) => scene.party.io.local.to(r).emit("local", n)),
  uncompressed: room.map((r) => (scene, n) => scene.party.io.compress(false).to(r).emit("plain", n)),
  volatile: room.map((r) => async (scene, n) => {
    await everythingIsRead(scene);
    scene.party.io.volatile.to(r).emit("volatile", n);
    scene.party.io.volatile.emit("volatile", n);
  }),
  asksAndIsWelcome: who.map((i) => (scene) => ask(scene, i, WELCOME)),
  asksAndIsRefused: who.map((i) => (scene) => ask(scene, i, "")),
  leavesGuarded: who.map((i) => ({ party, guests }) => {
    const inside = Array.from(party.io.of(GUARDED).sockets.values());
    inside.find(({ conn }) => conn === guests[i]?.socket.conn)?.disconnect();
  }),
  toGuarded: payload.map((p) => (scene, n) => scene.party.io.of(GUARDED).emit("guarded", n, p)),
  toGuardedRoom: room.map((r) => (scene, n) => scene.party.io.of(GUARDED).to(r).emit("guarded", n)),
  watch: who.map((i) => (scene) => {
    const socket = socketOf(scene, i);
    socket.onAnyOutgoing((_event, n: unknown) => socket.conn.transport.name && socket.emit("watched", n));
    socket.prependAnyOutgoing(() => socket.offAnyOutgoing());
  }),
  leaveNamespace: who.map((i) => (scene) => socketOf(scene, i).disconnect()),
  disconnect: who.map((i) => (scene) => socketOf(scene, i).disconnect(true)),
  turn: fc.constant(nextTurn),
};

const often = new Set(["direct", "toAll", "toRoom", "turn", "everybodyJoins", "toGuarded", "toGuardedRoom"]);
const step = fc.oneof(
  ...Object.entries(steps).map(([name, arbitrary]) => ({ arbitrary, weight: often.has(name) ? 6 : 1 })),
);

/**
 * Whether a packet is comparable between servers: ids differ, and whether a volatile event meets a
 * poll depends on timing.
 */
function isComparable(packet: string, index: number): boolean {
  if (/^4?0(?:\/guarded,)?(?:\{"sid"|$)/.test(packet)) return false;
  return MANNERS[index] !== "polling" || !packet.startsWith('42["volatile"');
}

async function play(party: UwsServer, script: readonly Step[]): Promise<string[][]> {
  const scene: Scene = { party, guests: await party.guests(MANNERS), stories: MANNERS.map(() => []) };
  for (const socket of scene.guests) void socket.socket.join(["a", "b"]);
  for (const index of manyClients.keys()) await ask(scene, index, WELCOME);
  let serial = 0;
  for (const happens of script) {
    const result = happens(scene, serial++);
    if (result instanceof Promise) await result;
  }
  const rest = await Promise.all(scene.guests.map((guest) => guest.story()));
  for (const { wire, socket } of scene.guests) {
    socket.disconnect(true);
    wire.drop();
  }
  return scene.stories.map((story, index) =>
    [...story, ...(rest[index] ?? [])].filter((packet) => isComparable(packet, index)),
  );
}

let native: UwsServer;
let plain: UwsServer;

beforeAll(async () => {
  native = await UwsServer.onUws({ transports: ["polling", "websocket"] });
  plain = await UwsServer.onNode();
  guard(native);
  guard(plain);
});

afterAll(async () => {
  await native.close();
  await plain.close();
});

test("whatever happens, everybody gets the same packets in the same order, published or sent to each", async () => {
  expectNativeAddon();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: "max" }), async (script) => {
      const [published, sent] = [await play(native, script), await play(plain, script)];
      expect(published).toEqual(sent);
    }),
    { numRuns: 40, endOnFailure: false },
  );
  expect(native.published.count).toBeGreaterThan(40);
  expect(CROWD).toBeLessThan(MANNERS.length);
}, 60_000);
