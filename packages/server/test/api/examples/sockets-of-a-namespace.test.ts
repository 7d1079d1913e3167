import { describe, expect, test } from "vitest";
import { once, until } from "../../behaviour/waiting.ts";
import { World } from "../../support/world.ts";
import { Audience, places, roomsOf } from "../audience.ts";
import { cluster } from "../cluster.ts";

const rooms = { tug: ["pier-1"], barge: ["pier-1"], ferry: [] };

/** Whether the clients of an audience are connected, by name. */
function connections(audience: Audience): Record<string, boolean> {
  return Object.fromEntries([...audience.clients].map(([name, client]) => [name, client.connected]));
}

describe.each(places)("the sockets of %s", (_place, namespace) => {
  test("are fetched as a whole, by room and by id", async () => {
    const audience = await Audience.of(namespace, rooms);
    const ids = ["tug", "barge", "ferry"].map((name) => audience.socket(name).id);
    const fetchedIds = async (from: { fetchSockets(): Promise<{ id: string }[]> }) =>
      (await from.fetchSockets()).map(({ id }) => id).toSorted();
    expect(await fetchedIds(audience.place)).toEqual(ids.toSorted());
    expect(await fetchedIds(audience.place.in("pier-1"))).toEqual(ids.slice(0, 2).toSorted());
    expect(await fetchedIds(audience.place.in(ids[2] ?? ""))).toEqual(ids.slice(2));
    expect(await fetchedIds(audience.place.local)).toEqual(ids.toSorted());
  });

  test("have attributes and methods when they are fetched", async () => {
    const audience = await Audience.of(namespace, { tug: ["pier-1"] });
    audience.socket("tug").data.callSign = "aurora-7";
    const [socket] = await audience.place.fetchSockets();
    expect(socket).toMatchObject({
      id: audience.socket("tug").id,
      handshake: { auth: {} },
      data: { callSign: "aurora-7" },
    });
    expect(roomsOf(socket === undefined ? [] : [socket])).toEqual([["pier-1"]]);
    socket?.emit("high-tide");
    void socket?.join("pier-2");
    void socket?.leave("pier-1");
    expect(roomsOf([audience.socket("tug")])).toEqual([["pier-2"]]);
    expect(await audience.heard()).toEqual({ tug: [["high-tide"]] });
    const left = once(audience.client("tug"), "disconnect");
    socket?.disconnect();
    expect(await left).toEqual(["io server disconnect", undefined]);
  });

  test("are listed by id, as a whole and by room", async () => {
    const audience = await Audience.of(namespace, rooms);
    const [tug, barge, ferry] = ["tug", "barge", "ferry"].map((name) => audience.socket(name).id);
    // oxlint-disable typescript/no-deprecated -- the deprecated method is tested
    expect(await audience.place.allSockets()).toEqual(new Set([tug, barge, ferry]));
    expect(await audience.place.in("pier-1").allSockets()).toEqual(new Set([tug, barge]));
    // oxlint-enable typescript/no-deprecated
  });

  test("join rooms as a whole, by room, by id and by server", async () => {
    const audience = await Audience.of(namespace, rooms);
    const { place } = audience;
    const now = () => ["tug", "barge", "ferry"].map((name) => roomsOf([audience.socket(name)])[0]);
    expect(place.socketsJoin("harbour")).toBeUndefined();
    place.in("pier-1").socketsJoin(["pier-2", "pier-3"]);
    place.in(audience.socket("ferry").id).socketsJoin("dry-dock");
    place.local.socketsJoin("local-fleet");
    const members = ["harbour", "local-fleet", "pier-1", "pier-2", "pier-3"];
    expect(now()).toEqual([members, members, ["dry-dock", "harbour", "local-fleet"]]);
  });

  test("leave rooms as a whole, by room, by id and by server", async () => {
    const many = ["pier-1", "pier-2", "pier-3", "dry-dock", "local-fleet"];
    const audience = await Audience.of(namespace, { tug: many, barge: ["pier-2", "pier-3", "local-fleet"] });
    const { place } = audience;
    place.in("pier-1").socketsLeave(["pier-2", "pier-3"]);
    expect(place.socketsLeave("pier-1")).toBeUndefined();
    place.in(audience.socket("tug").id).socketsLeave("dry-dock");
    place.local.socketsLeave("local-fleet");
    expect(roomsOf([audience.socket("tug"), audience.socket("barge")])).toEqual([[], ["pier-2", "pier-3"]]);
  });

  test("are disconnected by room, by id and as a whole", async () => {
    const audience = await Audience.of(namespace, { ...rooms, yacht: [] });
    const { place } = audience;
    const gone = (name: string) => once(audience.client(name), "disconnect");
    const ofRoom = Promise.all([gone("tug"), gone("barge")]);
    expect(place.in("pier-1").disconnectSockets()).toBeUndefined();
    expect((await ofRoom).map(([reason]) => reason)).toEqual([
      "io server disconnect",
      "io server disconnect",
    ]);
    const ofId = gone("ferry");
    place.in(audience.socket("ferry").id).disconnectSockets();
    await ofId;
    expect(connections(audience)).toEqual({ tug: false, barge: false, ferry: false, yacht: true });
    const everybody = gone("yacht");
    place.disconnectSockets();
    await everybody;
  });

  test("are disconnected together with their connections", async () => {
    const audience = await Audience.of(namespace, { tug: ["pier-1"] });
    const closed = once(audience.socket("tug").conn, "close");
    audience.place.in("pier-1").disconnectSockets(true);
    await closed;
    expect(audience.world.io.engine.clientsCount).toBe(0);
  });
});

test("a disconnect listener counts the remaining sockets of a user", async () => {
  const world = await World.start();
  const remaining: number[] = [];
  world.io.on("connection", (socket) => {
    const captain = String(socket.handshake.auth["captain"]);
    void socket.join(captain);
    // oxlint-disable-next-line typescript/no-misused-promises -- async listeners are supported
    socket.on("disconnect", async () => {
      remaining.push((await world.io.in(captain).fetchSockets()).length);
    });
  });
  const auth = { captain: "ines" };
  const vessels = [await world.client("/", { auth }), await world.client("/", { auth })];
  for (const [index, vessel] of vessels.entries()) {
    vessel.disconnect();
    await until(() => remaining.length > index, "the disconnect listener");
  }
  expect(remaining).toEqual([1, 0]);
});

test("local limits a call to the sockets of one server", async () => {
  const [here, there] = await cluster(2);
  if (here === undefined || there === undefined) throw new Error("two servers");
  const near = await here.client();
  const far = await there.client();
  there.socketOf(far).data.callSign = "aurora-7";

  expect(await here.io.local.fetchSockets()).toHaveLength(1);
  const all = await here.io.fetchSockets();
  expect(all.map(({ id }) => id).toSorted()).toEqual([String(near.id), String(far.id)].toSorted());
  expect(all.find(({ id }) => id === far.id)?.data).toEqual({ callSign: "aurora-7" });

  here.io.local.socketsJoin("pier-1");
  here.io.socketsJoin("pier-2");
  await until(() => there.socketOf(far).rooms.has("pier-2"), "the far socket to join");
  expect([...there.socketOf(far).rooms]).toEqual([far.id, "pier-2"]);
  expect([...here.socketOf(near).rooms].toSorted()).toEqual([String(near.id), "pier-1", "pier-2"].toSorted());

  here.io.local.socketsLeave("pier-2");
  const nearGone = once(near, "disconnect");
  here.io.local.disconnectSockets();
  await nearGone;
  expect([...there.socketOf(far).rooms]).toEqual([far.id, "pier-2"]);
});
