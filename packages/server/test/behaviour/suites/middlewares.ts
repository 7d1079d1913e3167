import type { Socket } from "socket.io";
import { expect, suite } from "../suite.ts";
import { once, until } from "../waiting.ts";

/** `Namespace.use` (server-api, "Namespace"). */
export const middlewares = suite("namespace middlewares", (behaves) => {
  behaves("middlewares run in order, then the client is connected", async (world) => {
    const calls: string[] = [];
    world.io.use((_, next) => {
      calls.push("first");
      next();
    });
    world.io.use((_, next) => {
      calls.push("second");
      setImmediate(next);
    });
    world.io.on("connection", () => calls.push("connection"));
    await world.connect();
    expect(calls).toEqual(["first", "second", "connection"]);
  });

  behaves("during a middleware the socket is not connected, not listed and in no room", async (world) => {
    const seen: unknown[] = [];
    world.io.use((socket, next) => {
      seen.push(socket.connected, socket.rooms.size, world.io.sockets.sockets.size);
      seen.push(typeof socket.handshake.url, socket.data);
      next();
    });
    await world.connect();
    expect(seen).toEqual([false, 0, 0, "string", {}]);
  });

  behaves("a refusal reaches the client with message and data", async (world) => {
    world.io.use((_, next) => {
      next(Object.assign(new Error("not authorized"), { data: { content: "retry later" } }));
    });
    world.io.use(() => expect.unreachable("the chain goes on after a refusal"));
    world.io.on("connection", () => expect.unreachable("a refused client is announced"));
    const [error] = await once(world.client(), "connect_error");
    expect(error).toMatchObject({ message: "not authorized", data: { content: "retry later" } });
  });

  behaves("a refusal is one CONNECT_ERROR packet and the connection stays open", async (world) => {
    world.io.of("/closed").use((_, next) => next(new Error("no")));
    const wire = await world.wire();
    await wire.send("40/closed,");
    expect(await wire.next()).toBe('44/closed,{"message":"no"}');
    await wire.send("40/closed,");
    expect(await wire.next()).toBe('44/closed,{"message":"no"}');
  });

  behaves("the middlewares of one namespace do not guard another", async (world) => {
    world.io.of("/closed").use((_, next) => next(new Error("no")));
    const client = await world.connect("/");
    expect(client.connected).toBe(true);
  });

  behaves("rooms joined in a middleware are kept by an accepted socket", async (world) => {
    world.io.use((socket, next) => {
      void socket.join("early");
      next();
    });
    const { socket } = await world.pair();
    expect(socket.rooms).toEqual(new Set(["early", socket.id]));
  });

  behaves("rooms joined in a middleware are left by a refused socket", async (world) => {
    world.io.use((socket, next) => {
      void socket.join("early");
      next(new Error("no"));
    });
    await once(world.client(), "connect_error");
    expect(world.io.sockets.adapter.rooms.size).toBe(0);
    expect(world.io.sockets.adapter.sids.size).toBe(0);
  });

  behaves("a refused socket joins no room any more", async (world) => {
    const refused: Socket[] = [];
    world.io.use((socket, next) => {
      refused.push(socket);
      next(new Error("no"));
    });
    await once(world.client(), "connect_error");
    for (const socket of refused) await socket.join("late");
    expect(refused).toHaveLength(1);
    expect(world.io.sockets.adapter.rooms.size).toBe(0);
  });

  behaves("what a middleware stores in data is there on connection", async (world) => {
    world.io.use((socket, next) => {
      socket.data = { user: "ada" };
      next();
    });
    const { socket } = await world.pair();
    expect(socket.data).toEqual({ user: "ada" });
  });

  behaves("a client that leaves while a middleware decides is never announced", async (world) => {
    let decide = (): void => {};
    world.io.use((socket, next) => {
      void socket.join("early");
      decide = next;
    });
    world.io.on("connection", () => expect.unreachable("a client that is gone is announced"));
    const entered = once(world.io.engine, "connection");
    const wire = await world.wire();
    await wire.send("40");
    const [connection] = await entered;
    await until(() => world.io.sockets.adapter.rooms.has("early"), "the middleware to run");
    const closed = once(connection as object, "close");
    if (world.transport === "polling") await wire.send("1");
    else wire.drop();
    await closed;
    decide();
    await until(() => world.io.sockets.adapter.sids.size === 0, "the rooms to be left");
    expect(world.io.sockets.sockets.size).toBe(0);
  });

  behaves("a middleware added later guards only later clients", async (world) => {
    const { client } = await world.pair();
    world.io.use((_, next) => next(new Error("full")));
    const [error] = await once(world.client(), "connect_error");
    expect((error as Error).message).toBe("full");
    expect(client.connected).toBe(true);
  });

  behaves("an event sent by a middleware reaches the client", async (world) => {
    world.io.use((socket, next) => {
      socket.emit("early", 1);
      next();
    });
    const client = world.client();
    expect(await once(client, "early")).toEqual([1]);
  });

  behaves("engine middlewares see every request and their headers reach the client", async (world) => {
    const methods: (string | undefined)[] = [];
    world.io.engine.use((req: { method?: string }, res: ServerHeaders, next: () => void) => {
      methods.push(req.method);
      res.setHeader("x-seen", "yes");
      next();
    });
    const { headers } = await world.http("?EIO=4&transport=polling");
    expect(headers["x-seen"]).toBe("yes");
    expect(methods).toEqual(["GET"]);
  });
});

interface ServerHeaders {
  setHeader(name: string, value: string): void;
}
