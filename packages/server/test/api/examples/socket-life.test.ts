import { describe, expect, test } from "vitest";
import { called, once } from "../../behaviour/waiting.ts";
import { World } from "../../support/world.ts";

describe("a socket", () => {
  test("tells why it was disconnected", async () => {
    const world = await World.start();
    const client = await world.client();
    const gone = once(world.socketOf(client), "disconnect");
    client.disconnect();
    expect((await gone)[0]).toBe("client namespace disconnect");
  });

  test("is still in its rooms while it is disconnecting, of which an async listener keeps a copy", async () => {
    const world = await World.start();
    const client = await world.client();
    const socket = world.socketOf(client);
    await socket.join("room1");
    const told = called<[Set<string>, Set<string>]>("the listener");
    // oxlint-disable-next-line typescript/no-misused-promises -- as on the page; it is reported
    socket.on("disconnecting", async () => {
      const rooms = new Set(socket.rooms);
      await Promise.resolve();
      // socket.rooms will be empty there
      told.fn(rooms, socket.rooms);
    });
    client.disconnect();
    expect(await told.args).toEqual([new Set([socket.id, "room1"]), new Set()]);
  });

  test.each(["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"])(
    "does not emit the special event %s",
    async (event) => {
      const world = await World.start();
      const socket = world.socketOf(await world.client());
      expect(() => socket.emit(event)).toThrow(`"${event}" is a reserved event name`);
    },
  );

  test("is disconnected from its namespace, or with its connection", async () => {
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

  test("joins rooms and leaves them, and those in the room are told", async () => {
    const world = await World.start();
    const client = await world.client();
    const socket = world.socketOf(client);
    void socket.join("room 237");
    expect(socket.rooms).toEqual(new Set([socket.id, "room 237"]));
    void socket.join(["room 237", "room 238"]);
    expect(socket.rooms).toEqual(new Set([socket.id, "room 237", "room 238"]));
    const told = once(client, "a new user has joined the room");
    world.io.to("room 237").emit("a new user has joined the room");
    await told;
    void socket.leave("room 237");
    expect(socket.rooms).toEqual(new Set([socket.id, "room 238"]));
  });

  test("filters events by a middleware, whose error it may answer by leaving", async () => {
    const world = await World.start();
    const isUnauthorized = (event: string) => event === "secret";
    const heard: string[] = [];
    world.io.on("connection", (socket) => {
      socket.use(([event], go) => {
        if (isUnauthorized(event)) {
          go(new Error("unauthorized event"));
          return;
        }
        // do not forget to call next
        go();
      });
      socket.on("error", (err) => {
        if (err.message === "unauthorized event") {
          socket.disconnect();
        }
      });
      socket.onAny(() => heard.push("any"));
      socket.on("allowed", () => heard.push("allowed"));
      socket.on("secret", () => heard.push("secret"));
    });
    const client = await world.client();
    client.emit("allowed");
    const left = once(client, "disconnect");
    client.emit("secret");
    expect((await left)[0]).toBe("io server disconnect");
    expect(heard.filter((name) => name !== "any")).toEqual(["allowed"]);
  });
});
