import { Inbox } from "../inbox.ts";
import { expect, suite } from "../suite.ts";
import { once } from "../waiting.ts";
import { connectedId } from "../world.ts";

/** Conformance (socketio-protocol, "Connecting to a namespace"). */
export const connecting = suite("connecting to a namespace", (behaves) => {
  behaves("a client that joins the main namespace is announced and connected", async (world) => {
    const announced = once(world.io, "connection");
    const { client, socket } = await world.pair();
    expect(await announced).toEqual([socket]);
    expect(socket.id).toBe(client.id);
    expect(socket.connected).toBe(true);
    expect(socket.disconnected).toBe(false);
    expect(socket.nsp).toBe(world.io.sockets);
    expect(world.io.of("/").sockets.get(socket.id)).toBe(socket);
  });

  behaves("connect listeners run before connection listeners", async (world) => {
    const calls: string[] = [];
    world.io.on("connection", () => calls.push("connection"));
    world.io.on("connect", () => calls.push("connect"));
    await world.connect();
    expect(calls).toEqual(["connect", "connection"]);
  });

  behaves("no namespace is joined without a CONNECT, not even the main one", async (world) => {
    const wire = await world.wire();
    world.io.of("/other");
    await wire.send("40/other");
    expect(await wire.next()).toMatch(/^40\/other,\{"sid":"[\w-]{20}"\}$/);
    expect(world.io.of("/").sockets.size).toBe(0);
  });

  behaves("a socket's id is not the secret id of its connection", async (world) => {
    const { wire, socket } = await world.joinedWire();
    expect(socket.id).not.toBe(wire.sid);
    expect(socket.id).toMatch(/^[\w-]{20}$/);
    expect(Reflect.get(socket.conn, "id")).toBe(wire.sid);
  });

  behaves("an unknown namespace is refused and the connection stays open", async (world) => {
    const wire = await world.wire();
    await wire.send("40/nowhere");
    expect(await wire.next()).toBe('44/nowhere,{"message":"Invalid namespace"}');
    await wire.send("40");
    connectedId(await wire.next());
  });

  behaves("an unknown namespace reaches the client as connect_error", async (world) => {
    const client = world.client("/nowhere");
    const [error] = await once(client, "connect_error");
    expect((error as Error).message).toBe("Invalid namespace");
  });

  behaves("a query belongs to the name of a namespace", async (world) => {
    world.io.of("/foo");
    const wire = await world.wire();
    await wire.send("40/foo?x=1,");
    expect(await wire.next()).toBe('44/foo?x=1,{"message":"Invalid namespace"}');
  });

  behaves("a CONNECT without a comma after the namespace is understood", async (world) => {
    world.io.of("/foo");
    const wire = await world.wire();
    await wire.send("40/foo");
    expect(await wire.next()).toMatch(/^40\/foo,\{"sid":"[\w-]{20}"\}$/);
  });

  behaves("several namespaces share one connection, each with a socket of its own", async (world) => {
    const manager = world.manager();
    const first = world.client("/", {}, manager);
    world.io.of("/second");
    const second = world.client("/second", {}, manager);
    await Promise.all([once(first, "connect"), once(second, "connect")]);
    const sockets = [world.socket(first.id), world.socket(second.id, "/second")];
    expect(sockets[0]?.id).not.toBe(sockets[1]?.id);
    expect(sockets[0]?.client).toBe(sockets[1]?.client);
    expect(sockets[0]?.conn).toBe(sockets[1]?.conn);
  });

  behaves("what a connection listener emits follows the CONNECT reply", async (world) => {
    world.io.on("connection", (socket) => socket.emit("hello", 1));
    const wire = await world.wire();
    await wire.send("40");
    connectedId(await wire.next());
    expect(await wire.next()).toBe('42["hello",1]');
  });

  behaves(
    "a client that has joined no namespace in time is closed",
    { connectTimeout: 1_000 },
    async (world) => {
      const wire = await world.wire();
      expect(await wire.rest()).toEqual([]);
    },
  );

  behaves("a client that has joined in time is not closed", { connectTimeout: 1_000 }, async (world) => {
    const { wire, socket } = await world.joinedWire();
    const other = await world.wire();
    await other.rest();
    socket.emit("still here");
    expect(await wire.next()).toBe('42["still here"]');
  });

  behaves("a refused CONNECT does not count as joining", { connectTimeout: 1_000 }, async (world) => {
    const wire = await world.wire();
    await wire.send("40/nowhere");
    expect(await wire.rest()).toEqual(['44/nowhere,{"message":"Invalid namespace"}']);
  });

  behaves("a namespace that was left can be joined again on the same connection", async (world) => {
    const { wire, socket } = await world.joinedWire();
    const left = once(socket, "disconnect");
    await wire.send("41");
    await left;
    await wire.send("40");
    expect(connectedId(await wire.next())).not.toBe(socket.id);
  });

  behaves("a name without a slash gets one, and the same name is the same namespace", (world) => {
    const { io } = world;
    expect(io.of("foo").name).toBe("/foo");
    expect(io.of("/foo")).toBe(io.of("foo"));
    expect(io.of("")).toBe(io.sockets);
    return Promise.resolve();
  });

  behaves("new_namespace announces a new namespace once", (world) => {
    const names: string[] = [];
    world.io.on("new_namespace", (namespace) => names.push(namespace.name));
    world.io.of("/a");
    world.io.of("/a");
    world.io.of("/");
    world.io.of("/b");
    expect(names).toEqual(["/a", "/b"]);
    return Promise.resolve();
  });

  behaves("the listener given to of() hears of connections", async (world) => {
    const ids: string[] = [];
    world.io.of("/given", (socket) => ids.push(socket.id));
    const client = await world.connect("/given");
    expect(ids).toEqual([client.id]);
  });

  behaves("a client connects while many others do, each under its own id", async (world) => {
    const clients = await Promise.all(Array.from({ length: 10 }, () => world.connect()));
    expect(new Set(clients.map(({ id }) => id)).size).toBe(10);
    expect(new Set(world.io.sockets.sockets.keys())).toEqual(new Set(clients.map(({ id }) => id)));
    expect(world.io.engine.clientsCount).toBe(10);
  });

  behaves("events of two namespaces on one connection keep their order", async (world) => {
    world.io.of("/b");
    const { wire, socket } = await world.joinedWire();
    await wire.send("40/b,");
    const reply = String(await wire.next());
    const other = world.socket((JSON.parse(reply.slice(5)) as { sid: string }).sid, "/b");
    for (let i = 0; i < 3; i += 1) {
      socket.emit("a", i);
      other.emit("b", i);
    }
    const packets = [];
    while (packets.length < 6) packets.push(await wire.next());
    expect(packets).toEqual([
      '42["a",0]',
      '42/b,["b",0]',
      '42["a",1]',
      '42/b,["b",1]',
      '42["a",2]',
      '42/b,["b",2]',
    ]);
  });

  behaves("a namespace's events stay in it", async (world) => {
    world.io.of("/a");
    world.io.of("/b");
    const a = new Inbox(await world.connect("/a"));
    const b = new Inbox(await world.connect("/b"));
    world.io.of("/a").emit("to a");
    world.io.of("/a").emit("end");
    world.io.of("/b").emit("end");
    expect(await a.namesBefore("end")).toEqual(["to a"]);
    expect(await b.namesBefore("end")).toEqual([]);
  });
});
