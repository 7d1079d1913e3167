import type { AdapterFactory, BroadcastFlags, BroadcastOptions, Room } from "@skein/adapter";
import type { Packet } from "@skein/parser";
import { describe, expect, it } from "vitest";
import { FakeLocalSockets } from "./fake-local-sockets.ts";

/** Whom a broadcast means: the members of `rooms`, or everybody, less those of `except`. */
export function whom(rooms: Room[] = [], except: Room[] = [], flags: BroadcastFlags = {}): BroadcastOptions {
  return { rooms: new Set(rooms), except: new Set(except), flags };
}

/** An event that is yet to be given a namespace. */
export function eventPacket(...data: unknown[]): Packet {
  return { type: 2, nsp: "/", data };
}

/** Delivery may wait for a bus that is in memory too. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/**
 * What every adapter promises for the sockets of its own node. `createAdapter` must give one that is alone, or whose
 * fellow nodes have no sockets and answer at once.
 */
export function adapterConformance(name: string, createAdapter: AdapterFactory): void {
  describe(`${name} as an adapter`, () => {
    roomSuite(createAdapter);
    broadcastSuite(createAdapter);
    ackSuite(createAdapter);
    selectionSuite(createAdapter);
    lifecycleSuite(createAdapter);
  });
}

function recordRoomEvents(local: FakeLocalSockets): string[] {
  const events: string[] = [];
  for (const event of ["create-room", "join-room", "leave-room", "delete-room"] as const) {
    local.adapter.on(event, (room, id) => events.push([event, room, id].filter((part) => part).join(" ")));
  }
  return events;
}

function roomSuite(createAdapter: AdapterFactory): void {
  it("lists who is in which room, both ways", () => {
    const local = new FakeLocalSockets(createAdapter);
    local.connect("a", "red");
    local.connect("b", "red", "blue");
    expect(new Map(local.adapter.rooms)).toEqual(
      new Map([
        ["a", new Set(["a"])],
        ["red", new Set(["a", "b"])],
        ["b", new Set(["b"])],
        ["blue", new Set(["b"])],
      ]),
    );
    expect(new Map(local.adapter.sids)).toEqual(
      new Map([
        ["a", new Set(["a", "red"])],
        ["b", new Set(["b", "red", "blue"])],
      ]),
    );
  });

  it("gives sets that follow later joins and leaves", () => {
    const local = new FakeLocalSockets(createAdapter);
    const a = local.connect("a", "red");
    const ofSocket = local.adapter.socketRooms("a");
    const ofRoom = local.adapter.rooms.get("red");
    void a.join("blue");
    local.connect("b", "red");
    void a.leave("a");
    expect(ofSocket).toEqual(new Set(["red", "blue"]));
    expect(ofRoom).toEqual(new Set(["a", "b"]));
  });

  it("knows a socket that is in no room, and does not know one that never joined", () => {
    const local = new FakeLocalSockets(createAdapter);
    void local.adapter.addAll("a", new Set());
    expect(local.adapter.socketRooms("a")).toEqual(new Set());
    expect(local.adapter.socketRooms("b")).toBeUndefined();
    expect(local.adapter.rooms.size).toBe(0);
  });

  it("tells of rooms in the order of what happens to them", () => {
    const local = new FakeLocalSockets(createAdapter);
    const events = recordRoomEvents(local);
    const socket = local.connect("id");
    void socket.join("a");
    void socket.join("b");
    void socket.leave("a");
    socket.disconnect();
    expect(events).toEqual([
      "create-room id",
      "join-room id id",
      "create-room a",
      "join-room a id",
      "create-room b",
      "join-room b id",
      "leave-room a id",
      "delete-room a",
      "leave-room id id",
      "delete-room id",
      "leave-room b id",
      "delete-room b",
    ]);
  });

  it("tells nothing of joining twice, of leaving a foreign room and of an unknown socket", () => {
    const local = new FakeLocalSockets(createAdapter);
    const socket = local.connect("a", "red");
    local.connect("b", "blue");
    const events = recordRoomEvents(local);
    void socket.join("red");
    void socket.leave("blue");
    void socket.leave("nowhere");
    local.adapter.delAll("unknown");
    expect(events).toEqual([]);
    expect(local.adapter.sids.has("unknown")).toBe(false);
  });

  it("still lists a socket while it tells that the socket leaves everything", () => {
    const local = new FakeLocalSockets(createAdapter);
    const socket = local.connect("a", "red");
    const listed: boolean[] = [];
    local.adapter.on("leave-room", () => listed.push(local.adapter.sids.has("a")));
    socket.disconnect();
    expect(listed).toEqual([true, true]);
    expect(local.adapter.sids.has("a")).toBe(false);
  });

  it("leaves each room once when a listener leaves rooms too", () => {
    const local = new FakeLocalSockets(createAdapter);
    const socket = local.connect("a", "red", "blue");
    const events = recordRoomEvents(local);
    local.adapter.on("leave-room", () => {
      void socket.leave("blue");
      local.adapter.delAll("a");
    });
    local.adapter.delAll("a");
    expect(events.filter((event) => event.startsWith("leave-room")).toSorted()).toEqual([
      "leave-room a a",
      "leave-room blue a",
      "leave-room red a",
    ]);
    expect(local.adapter.rooms.size).toBe(0);
  });

  it("keeps nothing of a socket that a listener joins to a room while it leaves everything", () => {
    const local = new FakeLocalSockets(createAdapter);
    const socket = local.connect("a", "red");
    local.adapter.on("leave-room", (room) => {
      void local.adapter.addAll("a", new Set([room, "late"]));
    });
    socket.disconnect();
    expect(local.adapter.rooms.size).toBe(0);
    expect(local.adapter.sids.size).toBe(0);
  });

  it("keeps no room that its first socket left at once", () => {
    const local = new FakeLocalSockets(createAdapter);
    const events = recordRoomEvents(local);
    local.adapter.on("create-room", (room) => void local.adapter.del("a", room));
    void local.adapter.addAll("a", new Set(["red"]));
    expect(events).toEqual(["create-room red", "delete-room red"]);
    expect(local.adapter.rooms.has("red")).toBe(false);
  });

  it("stops telling a listener that was taken away", () => {
    const local = new FakeLocalSockets(createAdapter);
    const heard: string[] = [];
    const listener = (room: string): void => void heard.push(room);
    local.adapter.on("create-room", listener);
    local.connect("a");
    local.adapter.off("create-room", listener);
    local.connect("b");
    expect(heard).toEqual(["a"]);
  });
}

function broadcastSuite(createAdapter: AdapterFactory): void {
  /** Who got an event that was sent to `options`, in the order of delivery. */
  async function reached(local: FakeLocalSockets, options: BroadcastOptions): Promise<string[]> {
    const order: string[] = [];
    for (const socket of local.sockets.values()) socket.onDeliver = () => order.push(socket.id);
    local.adapter.broadcast(eventPacket("hello"), options);
    await settled();
    return order;
  }

  function crowd(): FakeLocalSockets {
    const local = new FakeLocalSockets(createAdapter);
    local.connect("a", "red");
    local.connect("b", "red", "blue");
    local.connect("c", "blue");
    local.connect("d");
    return local;
  }

  it("reaches everybody when no room is named", async () => {
    expect(await reached(crowd(), whom())).toEqual(["a", "b", "c", "d"]);
  });

  it("reaches the members of one room", async () => {
    expect(await reached(crowd(), whom(["blue"]))).toEqual(["b", "c"]);
    expect(await reached(crowd(), whom(["d"]))).toEqual(["d"]);
    expect(await reached(crowd(), whom(["nowhere"]))).toEqual([]);
  });

  it("reaches a member of several rooms once, room by room", async () => {
    expect(await reached(crowd(), whom(["blue", "red"]))).toEqual(["b", "c", "a"]);
  });

  it("leaves out the members of excepted rooms, whatever else they are in", async () => {
    expect(await reached(crowd(), whom([], ["red"]))).toEqual(["c", "d"]);
    expect(await reached(crowd(), whom(["red", "d"], ["blue"]))).toEqual(["a", "d"]);
    expect(await reached(crowd(), whom(["red"], ["a", "nowhere"]))).toEqual(["b"]);
  });

  it("passes over sockets that are in rooms but not connected", async () => {
    const local = crowd();
    void local.adapter.addAll("in-middlewares", new Set(["in-middlewares", "red"]));
    expect(await reached(local, whom(["red"]))).toEqual(["a", "b"]);
    expect(await reached(local, whom())).toEqual(["a", "b", "c", "d"]);
  });

  it("encodes once, however many receive", async () => {
    const local = crowd();
    local.adapter.broadcast(eventPacket("hello", 1), whom());
    await settled();
    expect(local.encodings).toBe(1);
    const encoded = new Set([...local.sockets.values()].map((socket) => socket.deliveries[0]?.encoded));
    expect(encoded.size).toBe(1);
  });

  it("hands the flags to the sockets", async () => {
    const local = crowd();
    local.adapter.broadcast(eventPacket("hello"), whom(["d"], [], { volatile: true, compress: false }));
    await settled();
    expect(local.sockets.get("d")?.deliveries[0]?.flags).toMatchObject({ volatile: true, compress: false });
  });

  it("keeps the order of its packets", async () => {
    const local = crowd();
    const options = [whom(["red"]), whom(), whom(["a"]), whom(["blue", "red"])];
    for (const [index, option] of options.entries()) local.adapter.broadcast(eventPacket("n", index), option);
    await settled();
    expect(local.sockets.get("a")?.received.map((data) => data[1])).toEqual([0, 1, 2, 3]);
  });

  it("passes over whoever was disconnected before his turn", async () => {
    const local = crowd();
    const order: string[] = [];
    for (const socket of local.sockets.values()) {
      socket.onDeliver = () => {
        order.push(socket.id);
        local.sockets.get("b")?.disconnect();
      };
    }
    local.adapter.broadcast(eventPacket("hello"), whom());
    await settled();
    expect(order).toEqual(["a", "c", "d"]);
  });

  it("comes to an end when receivers leave the room and join it again", async () => {
    const local = crowd();
    for (const socket of local.sockets.values()) {
      socket.onDeliver = () => {
        if (socket.deliveries.length > 10) throw new Error("there is no end to it");
        void socket.leave("red");
        void socket.join("red");
      };
    }
    local.adapter.broadcast(eventPacket("hello"), whom(["red"]));
    await settled();
    expect([...local.sockets.values()].map((socket) => socket.deliveries.length)).toEqual([1, 1, 0, 0]);
  });
}

function ackSuite(createAdapter: AdapterFactory): void {
  function ask(
    local: FakeLocalSockets,
    options: BroadcastOptions,
  ): { counts: number[]; answers: unknown[][] } {
    const counts: number[] = [];
    const answers: unknown[][] = [];
    local.adapter.broadcastWithAck(
      eventPacket("ask"),
      options,
      (count) => counts.push(count),
      (...args) => answers.push(args),
    );
    return { counts, answers };
  }

  it("collects the answers of all receivers, which share one id", async () => {
    const local = new FakeLocalSockets(createAdapter);
    const sockets = [local.connect("a", "red"), local.connect("b", "red"), local.connect("c")];
    const { counts, answers } = ask(local, whom(["red"], [], { timeout: 10_000 }));
    await settled();
    expect(counts.reduce((sum, count) => sum + count)).toBe(2);
    sockets[1]?.acknowledge("from b");
    sockets[0]?.acknowledge("from a", 2);
    expect(answers).toEqual([["from b"], ["from a", 2]]);
    expect(new Set(sockets.slice(0, 2).map((socket) => socket.deliveries[0]?.packet.id)).size).toBe(1);
    expect(sockets[2]?.deliveries).toEqual([]);
  });

  it("reports that nobody was there to answer", async () => {
    const local = new FakeLocalSockets(createAdapter);
    const { counts, answers } = ask(local, whom(["nowhere"], [], { timeout: 10_000 }));
    await settled();
    expect(counts).toEqual([0]);
    expect(answers).toEqual([]);
  });

  it("leaves no registration behind after the timeout", async () => {
    const local = new FakeLocalSockets(createAdapter);
    const sockets = [local.connect("a"), local.connect("b"), local.connect("c")];
    const { answers } = ask(local, whom([], [], { timeout: 1 }));
    sockets[0]?.acknowledge("in time");
    expect(sockets[1]?.pendingAcks).toBe(1);
    await Promise.all(sockets.map((socket) => socket.untilNoAckIsExpected()));
    sockets[1]?.acknowledge("too late");
    expect(answers).toEqual([["in time"]]);
  });
}

function selectionSuite(createAdapter: AdapterFactory): void {
  function crowd(): FakeLocalSockets {
    const local = new FakeLocalSockets(createAdapter);
    local.connect("a", "red");
    local.connect("b", "red", "blue");
    local.connect("c", "blue");
    return local;
  }

  it("fetches the sockets themselves", async () => {
    const local = crowd();
    const found = await local.adapter.fetchSockets(whom(["blue"], ["red"]));
    expect(found).toEqual([local.sockets.get("c")]);
    expect(found[0]).toBe(local.sockets.get("c"));
  });

  it("lists the ids of sockets by room", async () => {
    const local = crowd();
    expect(await local.adapter.sockets(new Set(["red"]))).toEqual(new Set(["a", "b"]));
    expect(await local.adapter.sockets(new Set())).toEqual(new Set(["a", "b", "c"]));
  });

  it("joins the chosen sockets to rooms, and makes them leave", async () => {
    const local = crowd();
    local.adapter.addSockets(whom(["red"]), ["red", "green"]);
    await settled();
    expect(local.adapter.rooms.get("green")).toEqual(new Set(["a", "b"]));
    local.adapter.delSockets(whom(["red"], ["blue"]), ["red", "green"]);
    await settled();
    expect(local.adapter.rooms.get("green")).toEqual(new Set(["b"]));
    expect(local.adapter.rooms.get("red")).toEqual(new Set(["b"]));
  });

  it("disconnects the chosen sockets", async () => {
    const local = crowd();
    const [a, b, c] = [...local.sockets.values()];
    local.adapter.disconnectSockets(whom(["red"]), true);
    await settled();
    expect([a?.closed, b?.closed, c?.closed]).toEqual([true, true, undefined]);
    expect([...local.adapter.sids.keys()]).toEqual(["c"]);
  });
}

function lifecycleSuite(createAdapter: AdapterFactory): void {
  it("counts itself as a server", async () => {
    const local = new FakeLocalSockets(createAdapter);
    await local.adapter.init();
    expect(await local.adapter.serverCount()).toBeGreaterThanOrEqual(1);
    await local.adapter.close();
  });

  it("does not tell its own listeners of the events that are meant for other servers", async () => {
    const local = new FakeLocalSockets(createAdapter);
    await local.adapter.init();
    local.adapter.serverSideEmit(["hello", 1]);
    await settled();
    expect(local.serverSideEvents).toEqual([]);
    await local.adapter.close();
  });

  it("answers who waits for other servers, though there is none, in a later turn", async () => {
    const local = new FakeLocalSockets(createAdapter);
    await local.adapter.init();
    let isLater = false;
    const answer = new Promise<unknown[]>((resolve) => {
      local.adapter.serverSideEmit(["hello", (...args: unknown[]) => resolve([isLater, ...args])]);
    });
    isLater = true;
    expect(await answer).toEqual([true, null, []]);
    await local.adapter.close();
  });

  it("restores nobody whom it does not know", async () => {
    const local = new FakeLocalSockets(createAdapter);
    expect(await local.adapter.restoreSession("unknown", "unknown")).toBeNull();
  });
}
