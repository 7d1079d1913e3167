import { recoverableInMemoryAdapter } from "@skein/adapter";
import { describe, expect, test } from "vitest";
import { until } from "../behaviour/waiting.ts";
import { hostNames, World } from "../support/world.ts";
import { arrival, comeBack, dataOf, Gate, interrupted, options } from "./support.ts";

describe.each(hostNames)("on %s a client that comes back", (host) => {
  test("gets what is sent while a middleware decides, in order, before the reply and what follows", async () => {
    const world = await World.start(options, host);
    const life = await interrupted(world);
    const gate = new Gate(world);
    world.io.emit("before");
    const raw = await comeBack(world, life);
    await gate.asked(1);
    world.io.emit("to all");
    world.io.to("room").emit("to the room");
    world.io.to(life.sid).emit("to it alone");
    world.io.to("elsewhere").emit("not to it");
    gate.decide();
    expect(await arrival(raw)).toEqual({
      events: ["before", "to all", "to the room", "to it alone"],
      sid: life.sid,
    });
    world.io.emit("after");
    expect(dataOf(await raw.next())[0]).toBe("after");
  });

  test("and is lost again while a middleware decides may come back with the same session", async () => {
    const world = await World.start(options, host);
    const life = await interrupted(world);
    const gate = new Gate(world);
    const lost = await comeBack(world, life);
    await gate.asked(1);
    world.io.emit("missed");
    lost.socket.terminate();
    await until(() => world.io.sockets.adapter.sids.size === 0, "the candidate to leave its rooms");
    const raw = await comeBack(world, life);
    expect(await gate.asked(2)).toMatchObject({ id: life.sid, recovered: true, data: { name: "ada" } });
    gate.decide();
    gate.decide();
    expect(await arrival(raw)).toEqual({ events: ["missed"], sid: life.sid });
  });

  test("and is refused by a middleware may come back with the same session", async () => {
    const world = await World.start(options, host);
    const life = await interrupted(world);
    const gate = new Gate(world);
    const refused = await comeBack(world, life);
    await gate.asked(1);
    world.io.emit("missed");
    gate.decide(new Error("expired"));
    expect(await refused.next()).toBe('44{"message":"expired"}');
    const raw = await comeBack(world, life);
    await gate.asked(2);
    gate.decide();
    expect(await arrival(raw)).toEqual({ events: ["missed"], sid: life.sid });
  });

  test("and waits for a middleware beyond connectTimeout may come back with the same session", async () => {
    const world = await World.start(options, host);
    const life = await interrupted(world);
    world.io.onError(() => {});
    const gate = new Gate(world);
    world.io.connectTimeout(1000);
    const late = await comeBack(world, life);
    await late.closed();
    world.io.connectTimeout(45_000);
    const raw = await comeBack(world, life);
    expect(await gate.asked(2)).toMatchObject({ id: life.sid, recovered: true });
    gate.decide();
    gate.decide();
    expect(await arrival(raw)).toMatchObject({ sid: life.sid });
  });

  test("twice at once is let in on the newest connection, and the older one ends", async () => {
    const world = await World.start(options, host);
    const life = await interrupted(world);
    const gate = new Gate(world);
    const older = await comeBack(world, life);
    await gate.asked(1);
    world.io.emit("missed");
    const newest = await comeBack(world, life);
    expect((await older.closed()).reason).toBe("recovered on another connection");
    expect(await gate.asked(2)).toMatchObject({ id: life.sid, recovered: true });
    expect(world.io.sockets.adapter.sids.get(life.sid)).toEqual(new Set([life.sid, "room"]));
    gate.decide();
    gate.decide();
    expect(await arrival(newest)).toEqual({ events: ["missed"], sid: life.sid });
    expect([...world.io.sockets.sockets.keys()]).toEqual([life.sid]);
  });

  test("is a new client where what it missed was too much to keep, and the middlewares are asked anew", async () => {
    const adapter = recoverableInMemoryAdapter({ maxBytes: 1000 });
    const world = await World.start({ ...options, adapter }, host);
    const life = await interrupted(world);
    const gate = new Gate(world);
    const raw = await comeBack(world, life);
    const lost = await gate.asked(1);
    for (let round = 0; round < 3; round++) world.io.emit("large", "x".repeat(900));
    gate.decide();
    const socket = await gate.asked(2);
    expect(socket).toMatchObject({ recovered: false, data: {} });
    expect([...socket.rooms]).toEqual([]);
    expect([...world.io.sockets.adapter.sids.keys()]).toEqual([]);
    expect(lost.connected).toBe(false);
    gate.decide();
    expect(await arrival(raw)).toEqual({ events: [], sid: socket.id });
    expect([...world.io.sockets.sockets.keys()]).toEqual([socket.id]);
  });

  test("gets what the middleware itself sends to its rooms", async () => {
    const world = await World.start(options, host);
    const life = await interrupted(world);
    world.io.use((socket, next) => {
      world.io.to("room").emit("from the middleware");
      socket.to("room").emit("to the others");
      setImmediate(next);
    });
    expect(await arrival(await comeBack(world, life))).toEqual({
      events: ["from the middleware"],
      sid: life.sid,
    });
  });

  test("keeps the rooms that it joins in a middleware, and hears of them from its admission on", async () => {
    const world = await World.start(options, host);
    const life = await interrupted(world);
    const gate = new Gate(world);
    const raw = await comeBack(world, life);
    const socket = await gate.asked(1);
    await socket.join("new");
    world.io.to("new").emit("too early");
    gate.decide();
    expect(await arrival(raw)).toEqual({ events: [], sid: life.sid });
    world.io.to("new").emit("in time");
    expect(dataOf(await raw.next())[0]).toBe("in time");
  });

  test("gets nothing that it missed in a room that a middleware takes it out of", async () => {
    const world = await World.start(options, host);
    const life = await interrupted(world);
    const gate = new Gate(world);
    world.io.to("room").emit("secret");
    world.io.to(["room", life.sid]).emit("also to it");
    world.io.except("room").emit("to all others");
    const raw = await comeBack(world, life);
    const socket = await gate.asked(1);
    await socket.leave("room");
    gate.decide();
    expect(await arrival(raw)).toEqual({ events: ["also to it"], sid: life.sid });
  });
});
