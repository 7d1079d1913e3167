import { describe, expect, test } from "vitest";
import { once, until } from "../../behaviour/waiting.ts";
import { World } from "../../support/world.ts";
import { Audience, places, roomsOf } from "../audience.ts";
import { cluster } from "../cluster.ts";

const rooms = { a: ["room1"], b: ["room1"], c: [] };

/** Whether the clients of an audience are connected, by name. */
function connections(audience: Audience): Record<string, boolean> {
  return Object.fromEntries([...audience.clients].map(([name, client]) => [name, client.connected]));
}

describe.each(places)("the sockets of %s", (_place, namespace) => {
  test("are fetched: all, those of a room, or the one with an id", async () => {
    const audience = await Audience.of(namespace, rooms);
    const ids = ["a", "b", "c"].map((name) => audience.socket(name).id);
    const fetchedIds = async (from: { fetchSockets(): Promise<{ id: string }[]> }) =>
      (await from.fetchSockets()).map(({ id }) => id).toSorted();
    expect(await fetchedIds(audience.place)).toEqual(ids.toSorted());
    expect(await fetchedIds(audience.place.in("room1"))).toEqual(ids.slice(0, 2).toSorted());
    expect(await fetchedIds(audience.place.in(ids[2] ?? ""))).toEqual(ids.slice(2));
    expect(await fetchedIds(audience.place.local)).toEqual(ids.toSorted());
  });

  test("tell of themselves once fetched, and can be reached", async () => {
    const audience = await Audience.of(namespace, { a: ["room1"] });
    audience.socket("a").data.username = "alice";
    const [socket] = await audience.place.fetchSockets();
    expect(socket).toMatchObject({
      id: audience.socket("a").id,
      handshake: { auth: {} },
      data: { username: "alice" },
    });
    expect(roomsOf(socket === undefined ? [] : [socket])).toEqual([["room1"]]);
    socket?.emit("hello");
    void socket?.join("room2");
    void socket?.leave("room1");
    expect(roomsOf([audience.socket("a")])).toEqual([["room2"]]);
    expect(await audience.heard()).toEqual({ a: [["hello"]] });
    const left = once(audience.client("a"), "disconnect");
    socket?.disconnect();
    expect(await left).toEqual(["io server disconnect", undefined]);
  });

  test("are listed by their ids: all, and those of a room", async () => {
    const audience = await Audience.of(namespace, rooms);
    const [a, b, c] = ["a", "b", "c"].map((name) => audience.socket(name).id);
    // oxlint-disable typescript/no-deprecated -- what the page's example calls
    expect(await audience.place.allSockets()).toEqual(new Set([a, b, c]));
    expect(await audience.place.in("room1").allSockets()).toEqual(new Set([a, b]));
    // oxlint-enable typescript/no-deprecated
  });

  test("are made to join: all, those of a room, the one with an id, those of this server", async () => {
    const audience = await Audience.of(namespace, rooms);
    const { place } = audience;
    const now = () => ["a", "b", "c"].map((name) => roomsOf([audience.socket(name)])[0]);
    expect(place.socketsJoin("all")).toBeUndefined();
    place.in("room1").socketsJoin(["room2", "room3"]);
    place.in(audience.socket("c").id).socketsJoin("room4");
    place.local.socketsJoin("here");
    const members = ["all", "here", "room1", "room2", "room3"];
    expect(now()).toEqual([members, members, ["all", "here", "room4"]]);
  });

  test("are made to leave: all, those of a room, the one with an id, those of this server", async () => {
    const many = ["room1", "room2", "room3", "room4", "here"];
    const audience = await Audience.of(namespace, { a: many, b: ["room2", "room3", "here"] });
    const { place } = audience;
    place.in("room1").socketsLeave(["room2", "room3"]);
    expect(place.socketsLeave("room1")).toBeUndefined();
    place.in(audience.socket("a").id).socketsLeave("room4");
    place.local.socketsLeave("here");
    expect(roomsOf([audience.socket("a"), audience.socket("b")])).toEqual([[], ["room2", "room3"]]);
  });

  test("are disconnected: those of a room, the one with an id, all", async () => {
    const audience = await Audience.of(namespace, { ...rooms, d: [] });
    const { place } = audience;
    const gone = (name: string) => once(audience.client(name), "disconnect");
    const ofRoom = Promise.all([gone("a"), gone("b")]);
    expect(place.in("room1").disconnectSockets()).toBeUndefined();
    expect((await ofRoom).map(([reason]) => reason)).toEqual([
      "io server disconnect",
      "io server disconnect",
    ]);
    const ofId = gone("c");
    place.in(audience.socket("c").id).disconnectSockets();
    await ofId;
    expect(connections(audience)).toEqual({ a: false, b: false, c: false, d: true });
    const everybody = gone("d");
    place.disconnectSockets();
    await everybody;
  });

  test("lose their connections too when that is asked for", async () => {
    const audience = await Audience.of(namespace, { a: ["room1"] });
    const closed = once(audience.socket("a").conn, "close");
    audience.place.in("room1").disconnectSockets(true);
    await closed;
    expect(audience.world.io.engine.clientsCount).toBe(0);
  });
});

test("a user's last socket is known to be the last when it disconnects", async () => {
  const { io, client } = await World.start().then((world) => ({ io: world.io, client: world }));
  const left: number[] = [];
  io.on("connection", (socket) => {
    const userId = String(socket.handshake.auth["user"]);
    void socket.join(userId);
    // oxlint-disable-next-line typescript/no-misused-promises -- as on the page; it is reported
    socket.on("disconnect", async () => {
      const sockets = await io.in(userId).fetchSockets();
      left.push(sockets.length);
    });
  });
  const tabs = [
    await client.client("/", { auth: { user: "u" } }),
    await client.client("/", { auth: { user: "u" } }),
  ];
  for (const [index, tab] of tabs.entries()) {
    tab.disconnect();
    await until(() => left.length > index, "the disconnect listener");
  }
  expect(left).toEqual([1, 0]);
});

test("with local, only the sockets of this server are meant", async () => {
  const [here, there] = await cluster(2);
  if (here === undefined || there === undefined) throw new Error("two servers");
  const near = await here.client();
  const far = await there.client();
  there.socketOf(far).data.username = "alice";

  expect(await here.io.local.fetchSockets()).toHaveLength(1);
  const all = await here.io.fetchSockets();
  expect(all.map(({ id }) => id).toSorted()).toEqual([String(near.id), String(far.id)].toSorted());
  expect(all.find(({ id }) => id === far.id)?.data).toEqual({ username: "alice" });

  here.io.local.socketsJoin("room1");
  here.io.socketsJoin("room2");
  await until(() => there.socketOf(far).rooms.has("room2"), "the far socket to join");
  expect([...there.socketOf(far).rooms]).toEqual([far.id, "room2"]);
  expect([...here.socketOf(near).rooms].toSorted()).toEqual([String(near.id), "room1", "room2"].toSorted());

  here.io.local.socketsLeave("room2");
  const nearGone = once(near, "disconnect");
  here.io.local.disconnectSockets();
  await nearGone;
  expect([...there.socketOf(far).rooms]).toEqual([far.id, "room2"]);
});
