import { expect, suite } from "../suite.ts";
import { once } from "../waiting.ts";

type Ack = (...args: unknown[]) => void;

/** `Socket.use` (server-api, "Socket"). */
export const socketMiddlewares = suite("socket middlewares", (behaves) => {
  behaves(
    "they run in order for every event, after the catch-all listeners and before the listeners",
    async (world) => {
      const { client, socket } = await world.pair();
      const calls: string[] = [];
      socket.onAny((name) => calls.push(`any ${name}`));
      socket.use(([name], next) => {
        calls.push(`first ${name}`);
        next();
      });
      expect(
        socket.use(([name], next) => {
          calls.push(`second ${name}`);
          next();
        }),
      ).toBe(socket);
      const heard = once(socket, "x");
      client.emit("x");
      await heard;
      expect(calls).toEqual(["any x", "first x", "second x"]);
    },
  );

  behaves("they see the arguments and may change them", async (world) => {
    const { client, socket } = await world.pair();
    socket.use((event, next) => {
      event[1] = (event[1] as number) * 2;
      next();
    });
    const heard = once(socket, "x");
    client.emit("x", 21);
    expect(await heard).toEqual([42]);
  });

  behaves("a refused event reaches error and not its listeners, and the socket goes on", async (world) => {
    const { client, socket } = await world.pair();
    socket.use(([name], next) => next(name === "bad" ? new Error("refused") : undefined));
    socket.on("bad", () => expect.unreachable("a refused event is heard"));
    const refused = once(socket, "error");
    const heard = once(socket, "good");
    client.emit("bad");
    client.emit("good");
    expect(((await refused)[0] as Error).message).toBe("refused");
    await heard;
    expect(socket.connected).toBe(true);
  });

  behaves("a middleware may answer an event itself", async (world) => {
    const { client, socket } = await world.pair();
    socket.use((event) => (event.at(-1) as Ack)("from the middleware"));
    expect(await client.emitWithAck("ask")).toBe("from the middleware");
  });

  behaves("a middleware may let an event through later", async (world) => {
    const { client, socket } = await world.pair();
    socket.use((_, next) => setImmediate(next));
    socket.on("ask", (ack: Ack) => ack("answer"));
    expect(await client.emitWithAck("ask")).toBe("answer");
  });

  behaves("they see events only, no acknowledgements and no disconnection", async (world) => {
    const { client, socket } = await world.pair();
    const names: string[] = [];
    socket.use(([name], next) => {
      names.push(name);
      next();
    });
    client.on("ask", (ack: Ack) => ack());
    await socket.emitWithAck("ask");
    const gone = once(socket, "disconnect");
    client.disconnect();
    await gone;
    expect(names).toEqual([]);
  });

  behaves("a socket's middlewares are its own", async (world) => {
    const [guarded, free] = [await world.pair(), await world.pair()];
    guarded.socket.use((_, next) => next(new Error("refused")));
    const heard = once(free.socket, "x");
    free.client.emit("x");
    await heard;
  });
});
