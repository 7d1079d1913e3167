import type { Namespace } from "socket.io";
import { Inbox } from "../inbox.ts";
import { expect, suite } from "../suite.ts";
import { once, until } from "../waiting.ts";

/** Dynamic namespaces (server-api, "Parent namespace"). */
export const dynamicNamespaces = suite("dynamic namespaces", (behaves) => {
  behaves("a regular expression admits clients to the names it matches", async (world) => {
    const parent = world.io.of(/^\/dynamic-\d+$/);
    const announced = once(parent, "connection");
    const { socket } = await world.pair("/dynamic-101");
    expect(await announced).toEqual([socket]);
    expect(socket.nsp.name).toBe("/dynamic-101");
    expect(socket.nsp).toBe(world.io.of("/dynamic-101"));
    const [error] = await once(world.client("/dynamic-x"), "connect_error");
    expect((error as Error).message).toBe("Invalid namespace");
  });

  behaves("a function is asked with the name and the client's auth, and may answer later", async (world) => {
    const asked: unknown[] = [];
    world.io.of((name, auth, next) => {
      asked.push(name, auth);
      setImmediate(() => next(null, name === "/yes"));
    });
    await world.connect("/yes", { auth: { token: "t" } });
    expect(asked).toEqual(["/yes", { token: "t" }]);
    const [error] = await once(world.client("/no"), "connect_error");
    expect((error as Error).message).toBe("Invalid namespace");
  });

  behaves("a matcher that answers with an error leaves the name to the next one", async (world) => {
    world.io.of((_name, _auth, next) => next(new Error("broken"), true));
    const second = world.io.of(/^\/late$/);
    const announced = once(second, "connection");
    await world.connect("/late");
    await announced;
  });

  behaves("matchers are asked in the order they were registered, an exact name before all", async (world) => {
    const chosen: string[] = [];
    world.io.of(/^\/exact$/).on("connection", () => chosen.push("pattern"));
    world.io.of(/^\/two/).on("connection", () => chosen.push("first"));
    world.io.of(/^\/two-b/).on("connection", () => chosen.push("second"));
    await world.connect("/two-b");
    expect(chosen).toEqual(["first"]);
  });

  behaves("clients that come together share one child, announced once", async (world) => {
    const names: string[] = [];
    world.io.of(/^\/room-/);
    world.io.on("new_namespace", (namespace: Namespace) => names.push(namespace.name));
    const clients = await Promise.all([1, 2, 3].map(() => world.connect("/room-1")));
    expect(names).toEqual(["/room-1"]);
    expect(world.io.of("/room-1").sockets.size).toBe(clients.length);
  });

  behaves(
    "a matcher that answers later still makes one child for clients that came together",
    async (world) => {
      const names: string[] = [];
      const answers: (() => void)[] = [];
      world.io.of((_name, _auth, next) => answers.push(() => next(null, true)));
      world.io.on("new_namespace", (namespace: Namespace) => names.push(namespace.name));
      const clients = [world.connect("/slow"), world.connect("/slow")];
      await until(() => answers.length === 2, "both clients to ask");
      for (const answer of answers) answer();
      await Promise.all(clients);
      expect(names).toEqual(["/slow"]);
    },
  );

  behaves("a child takes the parent's middlewares and listeners", async (world) => {
    const calls: string[] = [];
    world.io
      .of(/^\/child/)
      .use((_, next) => {
        calls.push("middleware");
        next();
      })
      .on("connection", () => calls.push("connection"));
    await world.connect("/child-1");
    expect(calls).toEqual(["middleware", "connection"]);
  });

  behaves("a child made by hand takes the parent's middlewares too", async (world) => {
    world.io.of(/^\/child/).use((_, next) => next(new Error("guarded")));
    world.io.of("/child-2");
    const [error] = await once(world.client("/child-2"), "connect_error");
    expect((error as Error).message).toBe("guarded");
  });

  behaves("a broadcast by the parent reaches every child and nobody else", async (world) => {
    const parent = world.io.of(/^\/p-/);
    world.io.of("/other");
    const inboxes: Inbox[] = [];
    for (const name of ["/p-1", "/p-2", "/other"]) inboxes.push(new Inbox(await world.connect(name)));
    parent.emit("news", Buffer.from([1]));
    for (const name of ["/p-1", "/p-2", "/other"]) world.io.of(name).emit("end");
    const heard = await Promise.all(inboxes.map((inbox) => inbox.before("end")));
    expect(heard).toEqual([[["news", Buffer.from([1])]], [["news", Buffer.from([1])]], []]);
  });

  behaves("a room of the parent is that room of every child", async (world) => {
    const parent = world.io.of(/^\/p-/);
    const inside = await world.pair("/p-1");
    const outside = await world.pair("/p-1");
    await inside.socket.join("vip");
    const inboxes = [new Inbox(inside.client), new Inbox(outside.client)];
    parent.to("vip").emit("news");
    world.io.of("/p-1").emit("end");
    expect(await Promise.all(inboxes.map((inbox) => inbox.namesBefore("end")))).toEqual([["news"], []]);
  });

  behaves(
    "what a parent does with its sockets, or asks them, reaches those of every child",
    async (world) => {
      const parent = world.io.of(/^\/p-/);
      const pairs = [await world.pair("/p-1"), await world.pair("/p-2")];
      for (const { client } of pairs) client.on("ask", (answer: (name: string) => void) => answer("here"));
      parent.socketsJoin(["vip", "guests"]);
      parent.socketsLeave("guests");
      expect(pairs.map(({ socket }) => [...socket.rooms].slice(1))).toEqual([["vip"], ["vip"]]);
      expect(await parent.to("vip").timeout(20_000).emitWithAck("ask")).toEqual(["here", "here"]);
      const gone = pairs.map(({ client }) => once(client, "disconnect"));
      parent.disconnectSockets();
      expect((await Promise.all(gone)).map(([reason]) => reason)).toEqual(
        Array(2).fill("io server disconnect"),
      );
    },
  );

  behaves("a parent has no sockets to fetch", (world) => {
    const parent = world.io.of(/^\/p-/);
    expect(() => parent.fetchSockets()).toThrow("fetchSockets() is not supported on parent namespaces");
    return Promise.resolve();
  });

  behaves("a stateful regular expression is refused", (world) => {
    expect(() => world.io.of(/^\/x/g)).toThrow("stateful regular expressions are not supported");
    expect(() => world.io.of(/^\/x/y)).toThrow("stateful regular expressions are not supported");
    return Promise.resolve();
  });

  const cleanup = { cleanupEmptyChildNamespaces: true };

  behaves("a child that has lost its last client is forgotten when asked for", cleanup, async (world) => {
    world.io.of(/^\/brief/);
    const { client, socket } = await world.pair("/brief-1");
    const child = socket.nsp;
    const left = once(socket, "disconnect");
    client.disconnect();
    await left;
    const again = await world.pair("/brief-1");
    expect(again.socket.nsp).not.toBe(child);
  });

  behaves("a child whose first client is refused is forgotten when asked for", cleanup, async (world) => {
    const names: string[] = [];
    world.io.of(/^\/brief/).use((_, next) => next(new Error("no")));
    world.io.on("new_namespace", (namespace: Namespace) => names.push(namespace.name));
    await once(world.client("/brief-1"), "connect_error");
    await once(world.client("/brief-1"), "connect_error");
    expect(names).toEqual(["/brief-1", "/brief-1"]);
  });

  behaves("an empty child is kept unless asked otherwise", async (world) => {
    world.io.of(/^\/kept/);
    const { client, socket } = await world.pair("/kept-1");
    const left = once(socket, "disconnect");
    client.disconnect();
    await left;
    expect(world.io.of("/kept-1")).toBe(socket.nsp);
  });
});
