import { describe, expect, test } from "vitest";
import type { Socket } from "../../../src/index.ts";
import { called, once } from "../../behaviour/waiting.ts";
import { next, World } from "../../support/world.ts";
import { Audience } from "../audience.ts";

async function pair() {
  const world = await World.start();
  // On WebSocket: on long-polling, what is volatile is lost whenever no poll is pending.
  const client = await world.client("/", { transports: ["websocket"] });
  const socket: Socket = world.socketOf(client);
  return { client, socket };
}

describe("a socket sends to its client", () => {
  test("arguments of every kind, compressed or not, and what may be lost", async () => {
    const { client, socket } = await pair();
    const heard = [next(client, "with-binary"), next(client, "uncompressed"), next(client, "an event")];
    expect(socket.emit("with-binary", 1, "2", { 3: "4", 5: Buffer.from([6]) })).toBe(true);
    socket.compress(false).emit("uncompressed", "that's rough");
    expect(await Promise.all(heard.slice(0, 2))).toEqual([
      [1, "2", { 3: "4", 5: Buffer.from([6]) }],
      ["that's rough"],
    ]);
    socket.volatile.emit("an event", { some: "data" });
    expect(await heard[2]).toEqual([{ some: "data" }]);
  });

  test("a message", async () => {
    const { client, socket } = await pair();
    const heard = next(client, "message");
    expect(socket.send("a", 1)).toBe(socket);
    expect(await heard).toEqual(["a", 1]);
  });

  test("an event that the client acknowledges, to a callback or a promise", async () => {
    const { client, socket } = await pair();
    client.on("hello", (arg: string, callback: (answer: string) => void) => callback(`${arg}: got it`));
    const response = called<[string]>("the acknowledgement");
    socket.emit("hello", "world", response.fn);
    expect(await response.args).toEqual(["world: got it"]);
    expect(await socket.emitWithAck("hello", "world")).toBe("world: got it");
    expect(await socket.timeout(10_000).emitWithAck("hello", "world")).toBe("world: got it");
    const timed = called<[Error | null, string]>("the acknowledgement in time");
    socket.timeout(10_000).emit("hello", "world", timed.fn);
    expect(await timed.args).toEqual([null, "world: got it"]);
  });

  test("an event that the client does not acknowledge in the given delay", async () => {
    const { socket } = await pair();
    const told = called<[Error]>("the error");
    socket.timeout(50).emit("my-event", told.fn);
    expect((await told.args)[0]).toBeInstanceOf(Error);
    await expect(socket.timeout(50).emitWithAck("my-event")).rejects.toThrow("operation has timed out");
  });
});

describe("a socket sends to others", () => {
  const everyone = { sender: ["room1", "others"], one: ["room1"], both: ["room4", "room5"], four: ["room4"] };
  const hey = [["hey"]];

  test("to all of them", async () => {
    const audience = await Audience.of("/", everyone);
    audience.socket("sender").broadcast.emit("hey");
    expect(await audience.heard()).toEqual({ one: hey, both: hey, four: hey });
  });

  test("to all but those in a room", async () => {
    const audience = await Audience.of("/", everyone);
    const socket = audience.socket("sender");
    socket.broadcast.except("room1").emit("hey");
    expect(await audience.heard()).toEqual({ both: hey, four: hey });
    socket.except("room1").emit("hey");
    expect(await audience.heard()).toEqual({ both: hey, four: hey });
    socket.to("room4").except("room5").emit("hey");
    expect(await audience.heard()).toEqual({ four: hey });
  });

  test("to a room, to several, and to one other socket, but never to itself", async () => {
    const audience = await Audience.of("/", everyone);
    const socket = audience.socket("sender");
    socket.to("others").emit("hey");
    expect(await audience.heard()).toEqual({});
    socket.to("room1").to("room5").emit("hey");
    expect(await audience.heard()).toEqual({ one: hey, both: hey });
    socket.in(["room1", "room5"]).emit("hey");
    expect(await audience.heard()).toEqual({ one: hey, both: hey });
    socket.to(audience.socket("four").id).emit("hey");
    socket.to(socket.id).emit("hey");
    expect(await audience.heard()).toEqual({ four: hey });
  });
});

describe("a socket hears", () => {
  test("events with one argument, with several, with an acknowledgement, and once", async () => {
    const { client, socket } = await pair();
    const heard: unknown[] = [];
    expect(socket.on("news", (...args: unknown[]) => heard.push(args.slice(0, 3)))).toBe(socket);
    socket.once("news", () => heard.push("once"));
    socket.on("last", (data: unknown, callback: (answer: unknown) => void) => callback(data));
    expect(socket.eventNames()).toEqual(expect.arrayContaining(["news", "last"]));
    client.emit("news", 1);
    client.emit("news", 1, 2, 3);
    expect(await client.emitWithAck("last", 0)).toBe(0);
    expect(heard).toEqual([[1], "once", [1, 2, 3]]);
  });

  test("nothing by listeners that were removed", async () => {
    const { client, socket } = await pair();
    const heard: string[] = [];
    const ended = () => {
      const end = once(socket, "end");
      client.emit("end");
      return end;
    };
    const removed = () => heard.push("removed");
    socket.on("news", removed).on("news", () => heard.push("all removed"));
    expect(socket.removeListener("news", removed)).toBe(socket);
    client.emit("news");
    await ended();
    expect(socket.removeAllListeners("news")).toBe(socket);
    client.emit("news");
    await ended();
    expect(heard).toEqual(["all removed"]);
  });
});

const listeners = [
  ["onAny", "prependAny", "offAny", "listenersAny"],
  ["onAnyOutgoing", "prependAnyOutgoing", "offAnyOutgoing", "listenersAnyOutgoing"],
] as const;

describe.each(listeners)("the listeners of %s", (add, prepend, remove, list) => {
  test("are told of every event, in their order, and can be listed and removed", async () => {
    const { client, socket } = await pair();
    const got: string[] = [];
    const myListener = (event: string) => got.push(`got ${event}`);
    expect(socket[add](myListener)).toBe(socket);
    expect(socket[prepend]((event) => got.push(`first ${event}`))).toBe(socket);
    expect(socket[list]()).toHaveLength(2);
    expect(socket[list]()[1]).toBe(myListener);
    const turn = async () => {
      client.on("there", () => client.emit("back"));
      const back = once(socket, "back");
      socket.emit("there");
      await back;
    };
    await turn();
    const event = add === "onAny" ? "back" : "there";
    expect(got).toEqual([`first ${event}`, `got ${event}`]);
    expect(socket[remove](myListener)).toBe(socket);
    expect(socket[list]()).toHaveLength(1);
    socket[remove]();
    expect(socket[list]()).toEqual([]);
  });

  test("are told of no acknowledgement", async () => {
    const { client, socket } = await pair();
    client.on("foo", (callback: (answer: string) => void) => callback("OK"));
    socket.on("foo", (callback: (answer: string) => void) => callback("OK"));
    const told: string[] = [];
    socket[add]((event) => told.push(event));
    expect(await socket.emitWithAck("foo")).toBe("OK");
    expect(await client.emitWithAck("foo")).toBe("OK");
    expect(told).toEqual(["foo"]);
  });
});
