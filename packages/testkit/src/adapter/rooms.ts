import { inspect } from "node:util";
import type { AdapterFactory } from "@skein/adapter";
import { expect, it } from "vitest";
import { FakeLocalSockets } from "../fakes/fake-local-sockets.ts";

function recordRoomEvents(local: FakeLocalSockets): string[] {
  const events: string[] = [];
  for (const event of ["create-room", "join-room", "leave-room", "delete-room"] as const) {
    local.adapter.on(event, (room, id) => events.push([event, room, id].filter((part) => part).join(" ")));
  }
  return events;
}

/** Tests of room membership and its events. */
export function roomSuite(createAdapter: AdapterFactory): void {
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

  it("shows rooms and sockets in native maps, which stay up to date", () => {
    const local = new FakeLocalSockets(createAdapter);
    const { rooms, sids } = local.adapter;
    const a = local.connect("a", "red");
    local.connect("b", "red");
    void a.leave("a");
    const expected = [
      new Map([
        ["red", new Set(["a", "b"])],
        ["b", new Set(["b"])],
      ]),
      new Map([
        ["a", new Set(["red"])],
        ["b", new Set(["b", "red"])],
      ]),
    ];
    expect([rooms, sids].every((map) => map instanceof Map)).toBe(true);
    expect(structuredClone([rooms, sids])).toEqual(expected);
    expect([rooms, sids].map((map) => inspect(map))).toEqual(expected.map((map) => inspect(map)));
    expect(local.adapter.rooms).toBe(rooms);
    local.adapter.delAll("b");
    expect(structuredClone(sids)).toEqual(new Map([["a", new Set(["red"])]]));
    expect(structuredClone(rooms)).toEqual(new Map([["red", new Set(["a"])]]));
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
