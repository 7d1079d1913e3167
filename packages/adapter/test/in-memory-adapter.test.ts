import { eventPacket, FakeLocalSockets, whom } from "@skein/testkit";
import { expect, it } from "vitest";
import { InMemoryAdapter, inMemoryAdapter } from "../src/index.ts";
import { systemTiming } from "../src/timing.ts";
import { ManualTiming } from "./manual-timing.ts";

function withTiming(): { timing: ManualTiming; local: FakeLocalSockets } {
  const timing = new ManualTiming();
  return { timing, local: new FakeLocalSockets((local) => new InMemoryAdapter(local, timing)) };
}

it("delivers in the caller's turn", () => {
  const local = new FakeLocalSockets(inMemoryAdapter());
  const socket = local.connect("a");
  local.adapter.broadcast(eventPacket("hello"), whom());
  expect(socket.received).toEqual([["hello"]]);
});

it("encodes nothing for nobody", () => {
  const local = new FakeLocalSockets(inMemoryAdapter());
  local.connect("a");
  local.adapter.broadcast(eventPacket("hello"), whom(["nowhere"]));
  expect(local.encodings).toBe(0);
});

it("delivers to nobody what can't be encoded, and expects no answers", () => {
  const { local, timing } = withTiming();
  const socket = local.connect("a");
  const broken = eventPacket("hello", 1n);
  const noop = (): void => {};
  expect(() => local.adapter.broadcast(broken, whom())).toThrow(TypeError);
  expect(() => local.adapter.broadcastWithAck(broken, whom(), noop, noop)).toThrow(TypeError);
  expect([socket.deliveries.length, socket.pendingAcks, timing.pending]).toEqual([0, 0, 0]);
});

it("tells how many will answer before the first can", () => {
  const { local } = withTiming();
  const calls: unknown[] = [];
  const socket = local.connect("a");
  socket.onDeliver = () => socket.acknowledge("at once");
  local.adapter.broadcastWithAck(
    eventPacket("ask"),
    whom([], [], { timeout: 10 }),
    (count) => calls.push(count),
    (answer) => calls.push(answer),
  );
  expect(calls).toEqual([1, "at once"]);
});

it("holds no timer once everybody has answered, nor for nobody", () => {
  const { local, timing } = withTiming();
  const sockets = [local.connect("a"), local.connect("b")];
  const noop = (): void => {};
  local.adapter.broadcastWithAck(eventPacket("ask"), whom(["nowhere"], [], { timeout: 10 }), noop, noop);
  expect(timing.pending).toBe(0);
  local.adapter.broadcastWithAck(eventPacket("ask"), whom([], [], { timeout: 10 }), noop, noop);
  sockets[0]?.acknowledge();
  expect(timing.pending).toBe(1);
  sockets[1]?.acknowledge();
  expect(timing.pending).toBe(0);
});

it("waits for answers exactly as long as the broadcast's timeout", () => {
  const { local, timing } = withTiming();
  const socket = local.connect("a");
  const noop = (): void => {};
  local.adapter.broadcastWithAck(eventPacket("ask"), whom([], [], { timeout: 50 }), noop, noop);
  timing.advance(49);
  expect(socket.pendingAcks).toBe(1);
  timing.advance(1);
  expect(socket.pendingAcks).toBe(0);
});

it("tells a listener once that asked for once", () => {
  const local = new FakeLocalSockets(inMemoryAdapter());
  const adapter = local.adapter;
  if (!(adapter instanceof InMemoryAdapter)) throw new Error("another adapter than the one asked for");
  const rooms: string[] = [];
  adapter.once("create-room", (room) => rooms.push(room));
  local.connect("a");
  local.connect("b");
  expect(rooms).toEqual(["a"]);
});

it("takes rooms that JavaScript callers name with a number, apart from the same digits as text", () => {
  const adapter = new InMemoryAdapter(new FakeLocalSockets(inMemoryAdapter()));
  Reflect.apply(adapter.addAll, adapter, ["a", new Set([7])]);
  void adapter.addAll("b", new Set(["7"]));
  expect([...adapter.rooms.keys()]).toEqual([7, "7"]);
  adapter.delAll("a");
  expect([...adapter.rooms.keys()]).toEqual(["7"]);
});

it("measures real time without keeping the process alive", async () => {
  const before = systemTiming.now();
  expect(Math.abs(before - Date.now())).toBeLessThan(3_600_000);
  const calls: string[] = [];
  const cancel = systemTiming.after(1, () => calls.push("cancelled"));
  cancel();
  systemTiming.after(Number.POSITIVE_INFINITY, () => calls.push("never"));
  await new Promise<void>((resolve) => {
    const keepAlive = setTimeout(resolve, 10_000);
    systemTiming.after(2, () => {
      clearTimeout(keepAlive);
      resolve();
    });
  });
  expect(calls).toEqual([]);
  expect(systemTiming.now()).toBeGreaterThan(before);
});
