import { eventPacket, FakeLocalSockets, whom } from "@skein/testkit";
import { beforeEach, expect, it } from "vitest";
import { AdapterError, RecoverableInMemoryAdapter, type SessionToPersist } from "../src/index.ts";
import { ManualTiming } from "./manual-timing.ts";

const MAX_AGE = 1000;
const session: SessionToPersist = { sid: "a", pid: "secret", rooms: ["a", "red"], data: { name: "Ann" } };

let timing: ManualTiming;
let adapter: RecoverableInMemoryAdapter;
let local: FakeLocalSockets;

function start(maxBytes = 1_000_000): void {
  timing = new ManualTiming();
  local = new FakeLocalSockets((sockets) => {
    adapter = new RecoverableInMemoryAdapter(
      sockets,
      { maxDisconnectionDuration: MAX_AGE, maxBytes },
      timing,
    );
    return adapter;
  });
}

beforeEach(() => {
  start();
});

/** Sends an event to all sockets, or to those selected by `options`, and returns its offset. */
function send(name: string, options = whom(), ...args: unknown[]): string {
  const packet = eventPacket(name, ...args);
  adapter.broadcast(packet, options);
  const offset = Array.isArray(packet.data) ? packet.data.at(-1) : undefined;
  return typeof offset === "string" ? offset : "";
}

function missed(offset: string | undefined, pid = session.pid): unknown[] | null {
  const reservation = adapter.restoreSession(pid, offset);
  return namesOf(reservation?.take(new Set(session.rooms)));
}

function namesOf(missedEvents: readonly (readonly unknown[])[] | null | undefined): unknown[] | null {
  return missedEvents?.map((data) => data[0]) ?? null;
}

it("gives each event an offset as its last argument, in what is delivered too", () => {
  const socket = local.connect("a");
  const offsets = [send("first", whom(), 1), send("second")];
  expect(new Set(offsets).size).toBe(2);
  expect(socket.received).toEqual([
    ["first", 1, offsets[0]],
    ["second", offsets[1]],
  ]);
  expect(socket.deliveries[0]?.encoded).toContain(`"first",1,"${offsets[0]}"`);
});

it("restores a session with its id, rooms and data, and the events it missed, each with its offset", () => {
  const seen = send("seen");
  adapter.persistSession(session);
  const offset = send("missed", whom(["red"]), 1);
  const reservation = adapter.restoreSession("secret", seen);
  expect(reservation?.session).toEqual(session);
  expect(reservation?.take(new Set(session.rooms))).toEqual([["missed", 1, offset]]);
});

it("gives back in order what was meant for the session, and nothing else", () => {
  const seen = send("seen");
  adapter.persistSession(session);
  send("to all");
  send("to a room of others", whom(["blue"]));
  send("to one of my rooms", whom(["blue", "red"]));
  send("not to me", whom([], ["a"]));
  send("not to my room", whom(["a"], ["red"]));
  send("to me", whom(["a"]));
  expect(missed(seen)).toEqual(["to all", "to one of my rooms", "to me"]);
});

it("keeps neither volatile events nor those that wait for an answer, and gives them no offset", () => {
  const socket = local.connect("a");
  const seen = send("seen");
  adapter.persistSession(session);
  send("volatile", whom([], [], { volatile: true }));
  adapter.broadcastWithAck(
    eventPacket("ask"),
    whom(),
    () => {},
    () => {},
  );
  expect(socket.received.slice(1)).toEqual([["volatile"], ["ask"]]);
  expect(missed(seen)).toEqual([]);
});

it("restores a session once", () => {
  const seen = send("seen");
  adapter.persistSession(session);
  expect(missed(seen)).toEqual([]);
  expect(missed(seen)).toBeNull();
});

it("restores nobody with a private id or an offset that it does not know", () => {
  const seen = send("seen");
  adapter.persistSession(session);
  expect(missed(seen, "guess")).toBeNull();
  expect(missed("guess")).toBeNull();
});

it("takes the last offset of a second recovery from the first one", () => {
  const seen = send("seen");
  adapter.persistSession(session);
  send("first");
  const reservation = adapter.restoreSession("secret", seen);
  const last = reservation?.take(new Set(session.rooms))?.at(-1)?.at(-1);
  adapter.persistSession(session);
  send("second");
  expect(missed(String(last))).toEqual(["second"]);
});

it("restores until the time is over, and not a millisecond longer", () => {
  const seen = send("seen");
  adapter.persistSession(session);
  timing.advance(MAX_AGE);
  expect(missed(seen)).toEqual([]);

  const again = send("seen again");
  adapter.persistSession(session);
  timing.advance(MAX_AGE + 1);
  expect(missed(again)).toBeNull();
});

it("restores nobody whose last offset is too old", () => {
  const seen = send("seen");
  // In two steps: the timer that frees memory has rung before the packet is too old.
  timing.advance(MAX_AGE);
  timing.advance(1);
  adapter.persistSession(session);
  expect(missed(seen)).toBeNull();
});

it("drops what is too old again and again", () => {
  for (let round = 0; round < 3; round += 1) {
    const seen = send("seen");
    adapter.persistSession(session);
    expect(missed(seen)).toEqual([]);
    timing.advance(3 * MAX_AGE);
    expect(timing.pending).toBe(0);
    adapter.persistSession(session);
    expect(missed(seen)).toBeNull();
  }
});

it("drops the oldest packets when they hold more bytes than allowed", () => {
  start(10_000);
  const offsets = Array.from({ length: 20 }, () => send("kilobyte", whom(), new Uint8Array(1000)));
  adapter.persistSession(session);
  expect(missed(offsets[0] ?? "")).toBeNull();
  adapter.persistSession(session);
  expect(missed(offsets[15] ?? "")).toEqual(Array(4).fill("kilobyte"));
});

it("counts text, binary and what is nested, and survives cycles", () => {
  start(1000);
  const cycle: unknown[] = ["x".repeat(300)];
  cycle.push({ deep: [cycle, new Uint8Array(300)] });
  const seen = send("seen");
  send("cycle that nobody receives", whom(["nowhere"]), cycle);
  adapter.persistSession(session);
  expect(missed(seen)).toEqual([]);
  send("more", whom(), "x".repeat(400));
  adapter.persistSession(session);
  expect(missed(seen)).toBeNull();
});

it("keeps the newest packet, however large", () => {
  start(10);
  const offset = send("large", whom(), "x".repeat(1000));
  adapter.persistSession(session);
  expect(missed(offset)).toEqual([]);
});

it("restores a client that had no event yet, with all that went out to it in vain", () => {
  adapter.persistSession(session);
  send("missed");
  expect(missed(undefined)).toEqual(["missed"]);
  const first = send("lost on the way");
  const last = send("lost too");
  adapter.persistSession({ ...session, sent: { first, last } });
  send("missed again");
  expect(missed(undefined)).toEqual(["lost on the way", "lost too", "missed again"]);
});

it("restores a client whose last event is long ago, if it had all that went out to it", () => {
  const last = send("seen");
  timing.advance(MAX_AGE);
  timing.advance(MAX_AGE);
  adapter.persistSession({ ...session, sent: { first: last, last } });
  timing.advance(MAX_AGE);
  send("missed");
  expect(missed(last)).toEqual(["missed"]);
});

it("restores nobody who has missed what was too much to keep", () => {
  start(1000);
  adapter.persistSession(session);
  send("lost", whom(), "x".repeat(900));
  send("kept", whom(), "x".repeat(900));
  expect(missed(undefined)).toBeNull();
});

it("drops the oldest sessions when they hold more bytes than allowed", () => {
  start(10_000);
  const pids = Array.from({ length: 20 }, (_, index) => `secret ${index}`);
  for (const pid of pids) adapter.persistSession({ ...session, pid, data: "x".repeat(1000) });
  expect(missed(undefined, pids[0])).toBeNull();
  expect(missed(undefined, pids[19])).toEqual([]);
});

it("keeps nothing that can't be encoded", () => {
  local.connect("b");
  const seen = send("seen");
  adapter.persistSession(session);
  expect(() => send("broken", whom(), 1n)).toThrow(TypeError);
  expect(missed(seen)).toEqual([]);
});

it("puts an event after those that its own delivery caused", () => {
  const socket = local.connect("b");
  const seen = send("seen");
  adapter.persistSession(session);
  socket.onDeliver = ({ data }) => {
    if (data[0] === "cause") send("effect");
  };
  send("cause");
  expect(missed(seen)).toEqual(["effect", "cause"]);
});

it("has a timer only while it keeps something", () => {
  expect(timing.pending).toBe(0);
  send("seen");
  adapter.persistSession(session);
  expect(timing.pending).toBe(1);
  timing.advance(MAX_AGE);
  expect(timing.pending).toBe(1);
  timing.advance(MAX_AGE);
  expect(timing.pending).toBe(0);
});

it("keeps nothing after it was closed", async () => {
  const seen = send("seen");
  adapter.persistSession(session);
  await adapter.close();
  expect(timing.pending).toBe(0);
  expect(missed(seen)).toBeNull();
});

it("makes offsets of the time, with a suffix for those of the same millisecond", () => {
  const offsets = [send("a"), send("b"), send("c")];
  timing.advance(1);
  offsets.push(send("d"));
  expect(offsets[0]).toMatch(/^[\w-]{7}$/);
  expect(offsets.slice(1, 3)).toEqual([`${offsets[0]}.0`, `${offsets[0]}.1`]);
  expect(offsets[3]).toMatch(/^[\w-]{7}$/);
  expect(offsets[3]).not.toBe(offsets[0]);
});

it("gives a reserved session back as it was, no younger", () => {
  const seen = send("seen");
  adapter.persistSession(session);
  timing.advance(MAX_AGE);
  adapter.restoreSession("secret", seen)?.release();
  expect(missed(seen)).toEqual([]);
  adapter.persistSession(session);
  const reservation = adapter.restoreSession("secret", seen);
  timing.advance(1);
  reservation?.release();
  expect(missed(seen)).toBeNull();
});

it("keeps for a reservation neither the session nor the events beyond their limits", () => {
  start(1000);
  adapter.persistSession(session);
  const reservation = adapter.restoreSession("secret", undefined);
  send("lost", whom(), "x".repeat(900));
  send("kept", whom(), "x".repeat(900));
  expect(reservation?.take(new Set(session.rooms))).toBeNull();
  adapter.persistSession(session);
  const late = adapter.restoreSession("secret", undefined);
  timing.advance(MAX_AGE + 1);
  expect(late?.take(new Set(session.rooms))).toBeNull();
  expect(timing.pending).toBe(0);
});

it("gives a reservation nothing after it was closed", async () => {
  adapter.persistSession(session);
  const reservation = adapter.restoreSession("secret", undefined);
  await adapter.close();
  expect(reservation?.take(new Set(session.rooms))).toBeNull();
});

it.each([{ maxBytes: -1 }, { maxDisconnectionDuration: Number.NaN }])("refuses the limits %j", (options) => {
  const create = (): unknown => new RecoverableInMemoryAdapter(local, options);
  expect(create).toThrow(AdapterError);
  expect(create).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
});
