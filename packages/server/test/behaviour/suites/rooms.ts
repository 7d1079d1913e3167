import { Inbox } from "../inbox.ts";
import { expect, suite } from "../suite.ts";
import { once } from "../waiting.ts";
import type { World } from "../world.ts";

/** Three clients with their inboxes: `a` in room x, `b` in rooms x and y, `c` in none. */
async function threeClients(world: World) {
  const [a, b, c] = await Promise.all([world.pair(), world.pair(), world.pair()]);
  await a.socket.join("x");
  await b.socket.join(["x", "y"]);
  const inboxes = [a, b, c].map(({ client }) => new Inbox(client));
  /** Names of the events each of the three has received before this call. */
  const heard = (): Promise<string[][]> => {
    world.io.emit("end");
    return Promise.all(inboxes.map((inbox) => inbox.namesBefore("end")));
  };
  return { a: a.socket, b: b.socket, c: c.socket, heard };
}

/** Rooms and broadcasts (server-api, "BroadcastOperator" and "Socket"). */
export const rooms = suite("rooms and broadcasts", (behaves) => {
  behaves("a broadcast reaches every client once", async (world) => {
    const { heard } = await threeClients(world);
    expect(world.io.emit("all")).toBe(true);
    expect(await heard()).toEqual([["all"], ["all"], ["all"]]);
  });

  behaves("send and write broadcast the event message", async (world) => {
    const { heard } = await threeClients(world);
    expect(world.io.send("a")).toBe(world.io);
    expect(world.io.of("/").write("b")).toBe(world.io.of("/"));
    expect(await heard()).toEqual(Array.from({ length: 3 }, () => ["message", "message"]));
  });

  behaves("to a room reaches those in the room, and in is the same", async (world) => {
    const { heard } = await threeClients(world);
    world.io.to("x").emit("to x");
    world.io.in("y").emit("in y");
    expect(await heard()).toEqual([["to x"], ["to x", "in y"], []]);
  });

  behaves("several rooms are a union, and a client in two of them hears once", async (world) => {
    const { heard } = await threeClients(world);
    world.io.to("x").to("y").emit("chained");
    world.io.to(["x", "y"]).emit("listed");
    expect(await heard()).toEqual([["chained", "listed"], ["chained", "listed"], []]);
  });

  behaves("a room nobody is in, or no room of that name, reaches nobody", async (world) => {
    const { heard } = await threeClients(world);
    world.io.to("empty").emit("lost");
    expect(await heard()).toEqual([[], [], []]);
  });

  behaves("an empty list of rooms means everybody", async (world) => {
    const { heard } = await threeClients(world);
    world.io.to([]).emit("all");
    expect(await heard()).toEqual([["all"], ["all"], ["all"]]);
  });

  behaves("except leaves a room out, and wins over to", async (world) => {
    const { heard } = await threeClients(world);
    world.io.except("x").emit("not x");
    world.io.to("x").except("y").emit("x not y");
    world.io.except(["x", "y"]).emit("neither");
    expect(await heard()).toEqual([["x not y"], [], ["not x", "neither"]]);
  });

  behaves("a socket's id is a room", async (world) => {
    const { a, b, heard } = await threeClients(world);
    world.io.to(a.id).emit("to a");
    world.io.except(b.id).emit("not b");
    expect(await heard()).toEqual([["to a", "not b"], [], ["not b"]]);
  });

  behaves("a socket's broadcast reaches all but itself", async (world) => {
    const { a, heard } = await threeClients(world);
    a.broadcast.emit("from a");
    expect(await heard()).toEqual([[], ["from a"], ["from a"]]);
  });

  behaves("a socket's to, in and except leave itself out", async (world) => {
    const { a, c, heard } = await threeClients(world);
    a.to("x").emit("to x");
    a.in("y").emit("in y");
    a.except("y").emit("not y");
    a.to(a.id).emit("to myself");
    c.broadcast.except("y").emit("from c");
    expect(await heard()).toEqual([["from c"], ["to x", "in y"], ["not y"]]);
  });

  behaves("an operator is not changed by what is made from it", async (world) => {
    const { heard } = await threeClients(world);
    const toX = world.io.to("x");
    toX.except("y").emit("x not y");
    toX.to("y").volatile.compress(false);
    toX.emit("x");
    expect(await heard()).toEqual([["x not y", "x"], ["x"], []]);
  });

  behaves("local and compress change nothing about who is reached", async (world) => {
    const { a, heard } = await threeClients(world);
    world.io.local.emit("local");
    world.io.compress(false).to("y").emit("raw");
    a.local.emit("from a");
    a.compress(true).emit("compressed");
    expect(await heard()).toEqual([
      ["local", "compressed"],
      ["local", "raw", "from a"],
      ["local", "from a"],
    ]);
  });

  behaves("a client that has left a room hears nothing of it", async (world) => {
    const { a, heard } = await threeClients(world);
    await a.leave("x");
    await a.leave("never joined");
    world.io.to("x").emit("x");
    expect(await heard()).toEqual([[], ["x"], []]);
    expect(a.rooms).toEqual(new Set([a.id]));
  });

  behaves("rooms is the live set of a socket's rooms, its own first", async (world) => {
    const { a } = await threeClients(world);
    expect([...a.rooms]).toEqual([a.id, "x"]);
    await a.join("x");
    await a.join(["y", "z"]);
    expect([...a.rooms]).toEqual([a.id, "x", "y", "z"]);
  });

  behaves("joining and leaving take effect before the next broadcast", async (world) => {
    const { c, heard } = await threeClients(world);
    void c.join("now");
    world.io.to("now").emit("in");
    void c.leave("now");
    world.io.to("now").emit("out");
    expect(await heard()).toEqual([[], [], ["in"]]);
  });

  behaves("a socket that leaves the room of its own id is reached by it no more", async (world) => {
    const { c, heard } = await threeClients(world);
    await c.leave(c.id);
    world.io.to(c.id).emit("by id");
    expect(await heard()).toEqual([[], [], []]);
  });

  behaves("a client that is gone leaves its rooms, and empty rooms disappear", async (world) => {
    const { client, socket } = await world.pair();
    const { rooms: all, sids } = world.io.sockets.adapter;
    await socket.join(["x", "y"]);
    expect([...all.keys()]).toEqual([socket.id, "x", "y"]);
    const gone = once(socket, "disconnect");
    client.disconnect();
    await gone;
    expect(all.size).toBe(0);
    expect(sids.size).toBe(0);
    expect(socket.rooms.size).toBe(0);
  });

  behaves("the adapter tells of rooms and of who joins and leaves them", async (world) => {
    const { socket } = await world.pair();
    const told: unknown[][] = [];
    for (const event of ["create-room", "join-room", "leave-room", "delete-room"]) {
      world.io.sockets.adapter.on(event, (...args: unknown[]) => told.push([event, ...args]));
    }
    await socket.join("x");
    await socket.join("x");
    await socket.leave("x");
    expect(told).toEqual([
      ["create-room", "x"],
      ["join-room", "x", socket.id],
      ["leave-room", "x", socket.id],
      ["delete-room", "x"],
    ]);
  });

  behaves("what is broadcast and what is emitted keep their order", async (world) => {
    const { a, heard } = await threeClients(world);
    const names = Array.from({ length: 30 }, (_, i) => `n${i}`);
    for (const [i, name] of names.entries()) {
      if (i % 3 === 0) a.emit(name);
      else if (i % 3 === 1) world.io.emit(name);
      else world.io.to("x").emit(name);
    }
    expect((await heard())[0]).toEqual(names);
  });

  behaves(
    "a client disconnected in the same turn as a broadcast does not keep it from the others",
    async (world) => {
      const [gone, stays] = [await world.pair(), await world.pair()];
      const inbox = new Inbox(stays.client);
      gone.socket.disconnect();
      world.io.emit("after");
      world.io.emit("end");
      expect(await inbox.namesBefore("end")).toEqual(["after"]);
    },
  );
});
