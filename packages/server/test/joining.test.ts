import { blockEventLoop } from "@skein/testkit";
import { describe, expect, test } from "vitest";
import { until } from "./behaviour/waiting.ts";
import { hostNames, World } from "./support/world.ts";

/** Milliseconds in which a client has asked for its first namespace, on a busy machine too. */
const LONG_ENOUGH_TO_ASK = 1000;

/** A client that has joined `/`, requested `/slow`, and waited longer than the connect timeout. */
async function waitsForSlow(world: World, reports: readonly unknown[]): ReturnType<World["raw"]> {
  const raw = await world.raw();
  raw.send("40");
  expect(await raw.next()).toMatch(/^40\{/);
  world.io.connectTimeout(20);
  raw.send("40/slow,");
  await until(() => reports.length > 0, "a report");
  return raw;
}

describe("a connection", () => {
  test("that asks twice for a namespace while a middleware decides is closed, and leaves nothing behind", async () => {
    const world = await World.start();
    const asked: string[] = [];
    world.io.use((socket) => {
      void socket.join("room");
      asked.push(socket.id);
    });
    const raw = await world.raw();
    raw.send("40", "40");
    await raw.closed();
    expect(asked.length).toBeLessThanOrEqual(1);
    await until(() => world.io.sockets.adapter.rooms.size === 0, "the room to be left");
  });

  test("that is closed while a middleware never answers leaves nothing behind", async () => {
    const world = await World.start();
    const asked = new Promise<void>((resolve) => {
      world.io.use((socket) => {
        void socket.join("room");
        resolve();
      });
    });
    const raw = await world.raw();
    raw.send("40");
    await asked;
    expect(world.io.sockets.adapter.rooms.size).toBe(1);
    raw.socket.terminate();
    await until(() => world.io.sockets.adapter.sids.size === 0, "the room to be left");
  });

  test("that waits for a middleware that never decides is closed in time, reported once, and leaves nothing behind", async () => {
    const world = await World.start({ connectTimeout: LONG_ENOUGH_TO_ASK });
    const reports = world.reports();
    world.io.use((socket) => void socket.join("room"));
    const raw = await world.raw();
    raw.send("40");
    await raw.closed();
    expect(reports).toMatchObject([
      { source: "middleware", namespace: "/", cause: { code: "MIDDLEWARE_OVERDUE" }, rejected: false },
    ]);
    expect(world.io.sockets.adapter.sids.size).toBe(0);
  });

  test("that waits for a further namespace goes on, and the overdue middleware is reported once", async () => {
    const world = await World.start();
    const reports = world.reports();
    let admit = (): void => {};
    world.io.of("/slow").use((_, next) => {
      admit = next;
    });
    const raw = await waitsForSlow(world, reports);
    expect(reports).toMatchObject([{ namespace: "/slow", cause: { code: "MIDDLEWARE_OVERDUE" } }]);
    admit();
    expect(await raw.next()).toMatch(/^40\/slow,/);
    expect(reports).toHaveLength(1);
  });

  test("that waits for a matcher that never decides is closed in time, and reported once", async () => {
    const world = await World.start({ connectTimeout: LONG_ENOUGH_TO_ASK });
    const reports = world.reports();
    world.io.of(() => {});
    const raw = await world.raw();
    raw.send("40/dyn,");
    await raw.closed();
    expect(reports).toMatchObject([
      { source: "matcher", namespace: "/dyn", cause: { code: "MATCHER_OVERDUE" }, rejected: false },
    ]);
  });

  test("that waits for a slow matcher goes on, and it is reported once", async () => {
    const world = await World.start();
    const reports = world.reports();
    let allow = (): void => {};
    world.io.of((_name, _auth, next) => {
      allow = () => next(null, true);
    });
    const raw = await waitsForSlow(world, reports);
    allow();
    expect(await raw.next()).toMatch(/^40\/slow,/);
    expect(reports).toMatchObject([{ namespace: "/slow", cause: { code: "MATCHER_OVERDUE" } }]);
  });

  test("keeps its other namespaces when it speaks too early in one", async () => {
    const world = await World.start();
    let admit = (): void => {};
    world.io.of("/slow").use((_, next) => {
      admit = () => next();
    });
    const heard: unknown[] = [];
    world.io.of("/slow").on("connection", (socket) => void socket.onAny((...event) => heard.push(event)));
    world.io.on("connection", (socket) => void socket.on("echo", (answer: () => void) => answer()));
    const raw = await world.raw();
    raw.send("40");
    await raw.next();
    raw.send("40/slow,", '42/slow,["early"]', '420["echo"]');
    expect(await raw.next()).toBe("430[]");
    admit();
    expect(await raw.next()).toMatch(/^40\/slow,/);
    expect(heard).toEqual([]);
  });

  test("may be in so many namespaces and no more", async () => {
    const world = await World.start({ maxNamespacesPerConnection: 2 });
    world.io.of(/^\/dyn-\d+$/);
    const raw = await world.raw();
    raw.send("40/dyn-1,", "40/dyn-2,");
    expect(await raw.next()).toMatch(/^40\/dyn-1,/);
    expect(await raw.next()).toMatch(/^40\/dyn-2,/);
    raw.send("40/dyn-3,");
    expect(await raw.next()).toBe('44/dyn-3,{"message":"Too many namespaces"}');
    const [first] = world.io.of("/dyn-1").sockets.values();
    const left = new Promise((resolve) => first?.once("disconnect", resolve));
    raw.send("41/dyn-1,");
    await left;
    raw.send("40/dyn-3,");
    expect(await raw.next()).toMatch(/^40\/dyn-3,/);
  });

  test("that sends what is no packet is closed alone", async () => {
    const world = await World.start();
    const [bad, good] = [await world.raw(), await world.raw()];
    good.send("40");
    await good.next();
    bad.send("4nonsense");
    await bad.closed();
    world.io.emit("still", "here");
    expect(await good.next()).toBe('42["still","here"]');
  });

  test("that joins nothing in time is closed", async () => {
    const world = await World.start({ connectTimeout: 20 });
    await (await world.raw()).closed();
  });
});

test.each(hostNames)(
  "on %s a client that joined while the event loop stood still for longer than connectTimeout is let in",
  async (host) => {
    const world = await World.start({ connectTimeout: LONG_ENOUGH_TO_ASK }, host);
    const raw = await world.raw();
    // What follows an immediate is the turn for timers, before sockets are read.
    await new Promise((resolve) => setImmediate(resolve));
    // Small as it is, the frame is the operating system's at once.
    raw.send("40");
    blockEventLoop(2 * LONG_ENOUGH_TO_ASK);
    expect(await Promise.race([raw.next(), raw.closed()])).toMatch(/^40\{/);
  },
);
