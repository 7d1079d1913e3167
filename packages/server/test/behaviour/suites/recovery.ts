import { expect, suite } from "../suite.ts";
import { once } from "../waiting.ts";
import type { Wire } from "../wire/wire.ts";
import type { World } from "../world.ts";

const options = { connectionStateRecovery: {} };
/** Middlewares decide about recovered clients too. */
const asking = { connectionStateRecovery: { skipMiddlewares: false } };

/** Joins the main namespace of a server with recovery, presenting what an earlier life gave. */
async function join(world: World, auth = ""): Promise<Wire> {
  const wire = await world.wire();
  await wire.send(`40${auth}`);
  return wire;
}

const lastOf = (packet: unknown): string =>
  (JSON.parse(String(packet).replace(/^\d+-?/, "")) as string[]).at(-1) ?? "";

/** A client that has joined, its socket, and the secret by which it may come back. */
async function joined(world: World, auth = "") {
  const wire = await join(world, auth);
  const { sid, pid } = JSON.parse(String(await wire.next()).slice(2)) as { sid: string; pid: string };
  return { wire, socket: world.socket(sid), pid };
}

/** The connection is lost, and the server knows. */
async function breakOff(world: World, wire: Wire, socket: object): Promise<void> {
  const gone = once(socket, "disconnect");
  if (world.transport === "polling") await wire.send("2");
  else wire.drop();
  await gone;
}

/** A client that has received one event, and then lost its connection. */
async function interrupted(world: World) {
  const { wire, socket, pid } = await joined(world);
  await socket.join("room");
  socket.data = { name: "ada" };
  socket.emit("a");
  const offset = lastOf(await wire.next());
  await breakOff(world, wire, socket);
  return { sid: socket.id, pid, offset };
}

/** A client that has received nothing, and then lost its connection. */
async function interruptedEarly(world: World) {
  const { wire, socket, pid } = await joined(world);
  await breakOff(world, wire, socket);
  return { sid: socket.id, pid };
}

/** Conformance (socketio-protocol, "Connection state recovery"). */
export const recovery = suite("connection state recovery", (behaves) => {
  behaves("the CONNECT reply holds a private id, and events an offset", options, async (world) => {
    const wire = await join(world);
    const reply = String(await wire.next());
    expect(reply).toMatch(/^40\{"sid":"[\w-]{20}","pid":"[\w-]{20}"\}$/);
    world.io.emit("a", 1);
    expect(await wire.next()).toMatch(/^42\["a",1,"[^"]+"\]$/);
    world.io.emit("b", Buffer.from([1]));
    expect(await wire.next()).toMatch(/^451-\["b",\{"_placeholder":true,"num":0\},"[^"]+"\]$/);
  });

  behaves("events with an acknowledgement have no offset", options, async (world) => {
    const wire = await join(world);
    const { sid } = JSON.parse(String(await wire.next()).slice(2)) as { sid: string };
    world.socket(sid).emit("ask", () => {});
    expect(await wire.next()).toBe('420["ask"]');
  });

  behaves("what was missed comes first, then the old ids", options, async (world) => {
    const { sid, pid, offset } = await interrupted(world);
    world.io.emit("missed1");
    world.io.to("room").emit("missed2", Buffer.from([1, 2]));
    world.io.to("elsewhere").emit("not for it");
    world.io.except("room").emit("nor this");
    const wire = await join(world, JSON.stringify({ pid, offset }));
    expect(await wire.next()).toMatch(/^42\["missed1","[^"]+"\]$/);
    expect(await wire.next()).toMatch(/^451-\["missed2",\{"_placeholder":true,"num":0\},"[^"]+"\]$/);
    expect(await wire.next()).toEqual(Buffer.from([1, 2]));
    expect(await wire.next()).toBe(`40{"sid":"${sid}","pid":"${pid}"}`);
  });

  behaves("a recovered socket has its rooms and data, and skips the middlewares", options, async (world) => {
    const { sid, pid, offset } = await interrupted(world);
    world.io.use((_, next) => next(new Error("a middleware runs for a recovered socket")));
    const announced = once(world.io, "connection");
    const wire = await join(world, JSON.stringify({ pid, offset }));
    expect(await wire.next()).toBe(`40{"sid":"${sid}","pid":"${pid}"}`);
    const [socket] = (await announced) as [unknown];
    expect(socket).toMatchObject({ id: sid, recovered: true, data: { name: "ada" } });
    expect(world.socket(sid).rooms).toEqual(new Set([sid, "room"]));
  });

  behaves("middlewares run for a recovered socket when that is wanted", asking, async (world) => {
    const { pid, offset } = await interrupted(world);
    world.io.use((_, next) => next(new Error("no")));
    const wire = await join(world, JSON.stringify({ pid, offset }));
    expect(await wire.next()).toBe('44{"message":"no"}');
  });

  behaves("middlewares see a recovered socket with its rooms and its data", asking, async (world) => {
    const { sid, pid, offset } = await interrupted(world);
    const seen: unknown[] = [];
    world.io.use((socket, next) => {
      seen.push([socket.id, socket.recovered, socket.data, socket.rooms]);
      next();
    });
    const wire = await join(world, JSON.stringify({ pid, offset }));
    expect(await wire.next()).toBe(`40{"sid":"${sid}","pid":"${pid}"}`);
    expect(seen).toEqual([[sid, true, { name: "ada" }, new Set([sid, "room"])]]);
  });

  behaves(
    "what is sent while a middleware decides reaches a recovered client, in order",
    asking,
    async (world) => {
      const { sid, pid, offset } = await interrupted(world);
      world.io.emit("missed");
      world.io.use((_, next) => {
        world.io.emit("first");
        setImmediate(() => {
          world.io.to("room").emit("second");
          next();
        });
      });
      const wire = await join(world, JSON.stringify({ pid, offset }));
      for (const name of ["missed", "first", "second"])
        expect(await wire.next()).toMatch(new RegExp(`^42\\["${name}","`));
      expect(await wire.next()).toBe(`40{"sid":"${sid}","pid":"${pid}"}`);
    },
  );

  behaves("a client that a middleware refuses may come back with its session", asking, async (world) => {
    const { sid, pid, offset } = await interrupted(world);
    let asked = 0;
    world.io.use((_, next) => (asked++ === 0 ? next(new Error("not now")) : next()));
    const auth = JSON.stringify({ pid, offset });
    expect(await (await join(world, auth)).next()).toBe('44{"message":"not now"}');
    world.io.emit("missed");
    const wire = await join(world, auth);
    expect(await wire.next()).toMatch(/^42\["missed","/);
    expect(await wire.next()).toBe(`40{"sid":"${sid}","pid":"${pid}"}`);
  });

  for (const [what, change] of [
    ["an unknown private id", { pid: "unknown" }],
    ["an unknown offset", { offset: "unknown" }],
    ["a private id that is no string", { pid: 1 }],
  ] as const) {
    behaves(`${what} recovers nothing: the socket is a new one`, options, async (world) => {
      const { sid, pid, offset } = await interrupted(world);
      const wire = await join(world, JSON.stringify({ pid, offset, ...change }));
      const reply = JSON.parse(String(await wire.next()).slice(2)) as { sid: string; pid: string };
      expect(reply.sid).not.toBe(sid);
      expect(reply.pid).not.toBe(pid);
      expect(world.socket(reply.sid).recovered).toBe(false);
    });
  }

  behaves("the official client recovers, and hears what it missed in order", options, async (world) => {
    const { client, socket } = await world.pair("/", { reconnection: true, reconnectionDelay: 1 });
    const heard: unknown[] = [];
    client.onAny((name) => heard.push(name));
    const first = once(client, "first");
    socket.emit("first");
    await first;
    const { id } = client;
    const gone = once(socket, "disconnect");
    const again = once(client, "connect");
    socket.conn.close();
    await gone;
    world.io.emit("second");
    world.io.to(id ?? "").emit("third");
    await again;
    expect(client.recovered).toBe(true);
    expect(client.id).toBe(id);
    const last = once(client, "last");
    world.io.emit("last");
    await last;
    expect(heard).toEqual(["first", "second", "third", "last"]);
  });

  behaves("a client that never had an event is recovered too", options, async (world) => {
    const { sid, pid } = await interruptedEarly(world);
    world.io.emit("missed");
    const wire = await join(world, JSON.stringify({ pid }));
    expect(await wire.next()).toMatch(/^42\["missed","[^"]+"\]$/);
    expect(await wire.next()).toBe(`40{"sid":"${sid}","pid":"${pid}"}`);
  });

  behaves("a client is recovered twice in a row, with nothing sent in between", options, async (world) => {
    const { sid, pid, offset } = await interrupted(world);
    for (let round = 0; round < 2; round++) {
      const { wire, socket } = await joined(world, JSON.stringify({ pid, offset }));
      expect([socket.id, socket.recovered]).toEqual([sid, true]);
      await breakOff(world, wire, socket);
    }
  });

  behaves(
    "of two connections with one session the newest wins, and the old one ends",
    options,
    async (world) => {
      const { socket, pid } = await joined(world);
      const gone = once(socket, "disconnect");
      const again = await joined(world, JSON.stringify({ pid }));
      expect((await gone)[0]).toMatch(/^forced /);
      expect([again.socket.id, again.socket.recovered]).toEqual([socket.id, true]);
      expect(world.io.sockets.sockets.size).toBe(1);
      expect(world.socket(socket.id)).toBe(again.socket);
      const third = await joined(world, JSON.stringify({ pid }));
      expect(again.socket.connected).toBe(false);
      expect(world.socket(socket.id)).toBe(third.socket);
    },
  );

  behaves("a client that leaves on purpose is not recovered", options, async (world) => {
    const { client, socket } = await world.pair();
    const first = once(client, "first");
    socket.emit("first");
    await first;
    const gone = once(socket, "disconnect");
    client.disconnect();
    await gone;
    const again = once(client, "connect");
    client.connect();
    await again;
    expect(client.recovered).toBe(false);
  });
});
