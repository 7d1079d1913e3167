import { describe, expect, test } from "vitest";
import { called, once } from "../../behaviour/waiting.ts";
import { World } from "../../support/world.ts";

describe("a socket", () => {
  test("passes the reason to its disconnect listeners", async () => {
    const world = await World.start();
    const client = await world.client();
    const gone = once(world.socketOf(client), "disconnect");
    client.disconnect();
    expect((await gone)[0]).toBe("client namespace disconnect");
  });

  test("has its rooms during disconnecting, and no rooms afterwards", async () => {
    const world = await World.start();
    const client = await world.client();
    const socket = world.socketOf(client);
    await socket.join("pier-3");
    const told = called<[Set<string>, Set<string>]>("the listener");
    // oxlint-disable-next-line typescript/no-misused-promises -- async listeners are supported
    socket.on("disconnecting", async () => {
      const before = new Set(socket.rooms);
      await Promise.resolve();
      told.fn(before, socket.rooms);
    });
    client.disconnect();
    expect(await told.args).toEqual([new Set([socket.id, "pier-3"]), new Set()]);
  });

  test.each(["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"])(
    "throws on the reserved event %s",
    async (event) => {
      const world = await World.start();
      const socket = world.socketOf(await world.client());
      expect(() => socket.emit(event)).toThrow(`"${event}" is a reserved event name`);
    },
  );

  test("disconnects from its namespace, or closes its connection", async () => {
    const world = await World.start();
    const client = await world.client();
    const socket = world.socketOf(client);
    const left = once(client, "disconnect");
    expect(socket.disconnect()).toBe(socket);
    expect((await left)[0]).toBe("io server disconnect");
    expect(world.io.engine.clientsCount).toBe(1);
    const other = world.socketOf(await world.client());
    const closed = once(other.conn, "close");
    other.disconnect(true);
    await closed;
  });

  test("joins and leaves rooms, and receives the events of a joined room", async () => {
    const world = await World.start();
    const client = await world.client();
    const socket = world.socketOf(client);
    void socket.join("pier-3");
    expect(socket.rooms).toEqual(new Set([socket.id, "pier-3"]));
    void socket.join(["pier-3", "pier-4"]);
    expect(socket.rooms).toEqual(new Set([socket.id, "pier-3", "pier-4"]));
    const told = once(client, "vessel-moored");
    world.io.to("pier-3").emit("vessel-moored");
    await told;
    void socket.leave("pier-3");
    expect(socket.rooms).toEqual(new Set([socket.id, "pier-4"]));
  });

  test("rejects an event in a middleware, and disconnects in an error listener", async () => {
    const world = await World.start();
    const heard: string[] = [];
    world.io.on("connection", (socket) => {
      socket.use(([event], go) => go(event === "open-lock" ? new Error("only for pilots") : undefined));
      socket.on("error", ({ message }) => {
        if (message === "only for pilots") socket.disconnect();
      });
      socket.onAny(() => heard.push("any"));
      for (const event of ["drop-anchor", "open-lock"]) socket.on(event, () => heard.push(event));
    });
    const client = await world.client();
    client.emit("drop-anchor");
    const left = once(client, "disconnect");
    client.emit("open-lock");
    expect((await left)[0]).toBe("io server disconnect");
    expect(heard.filter((name) => name !== "any")).toEqual(["drop-anchor"]);
  });
});
