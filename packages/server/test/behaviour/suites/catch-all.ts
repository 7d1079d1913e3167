import { expect, suite } from "../suite.ts";
import { once } from "../waiting.ts";

type Ack = (...args: unknown[]) => void;

/** Catch-all listeners of a socket (server-api, "Socket"). */
export const catchAll = suite("catch-all listeners", (behaves) => {
  behaves("onAny hears every event with its arguments, before its listeners", async (world) => {
    const { client, socket } = await world.pair();
    const heard: unknown[] = [];
    socket.on("a", () => heard.push("listener of a"));
    expect(socket.onAny((...event: unknown[]) => heard.push(event))).toBe(socket);
    const end = once(socket, "a");
    client.emit("a", 1, "two");
    await end;
    expect(heard).toEqual([["a", 1, "two"], "listener of a"]);
  });

  behaves(
    "onAny is given the acknowledgement function, and hears of no acknowledgement packet",
    async (world) => {
      const { client, socket } = await world.pair();
      const names: string[] = [];
      client.on("question", (ack: Ack) => ack("answer"));
      socket.onAny((name: string, ...args: unknown[]) => {
        names.push(name);
        const ack = args.at(-1);
        if (typeof ack === "function") (ack as Ack)("from the catch-all");
      });
      expect(await client.emitWithAck("ask")).toBe("from the catch-all");
      expect(await socket.emitWithAck("question")).toBe("answer");
      expect(names).toEqual(["ask"]);
    },
  );

  behaves("prependAny goes first, offAny removes one listener or all", async (world) => {
    const { client, socket } = await world.pair();
    const heard: string[] = [];
    const second = (): unknown => heard.push("second");
    socket.onAny(second);
    socket.prependAny(() => heard.push("first"));
    expect(socket.listenersAny()).toHaveLength(2);
    const turn = async (): Promise<void> => {
      const end = once(socket, "x");
      client.emit("x");
      await end;
    };
    await turn();
    socket.offAny(second);
    await turn();
    socket.offAny();
    await turn();
    expect(heard).toEqual(["first", "second", "first"]);
    expect(socket.listenersAny()).toEqual([]);
  });

  behaves("onAnyOutgoing hears what the socket emits and what is broadcast to it", async (world) => {
    const { client, socket } = await world.pair();
    const heard: unknown[] = [];
    expect(socket.onAnyOutgoing((...event: unknown[]) => heard.push(event))).toBe(socket);
    const end = once(client, "end");
    socket.emit("direct", 1);
    world.io.emit("broadcast", 2);
    world.io.to("nobody").emit("not for it");
    socket.broadcast.emit("for the others");
    socket.emit("end");
    await end;
    expect(heard).toEqual([["direct", 1], ["broadcast", 2], ["end"]]);
  });

  behaves(
    "onAnyOutgoing is not given the acknowledgement callback, and hears of no acknowledgement",
    async (world) => {
      const { client, socket } = await world.pair();
      const heard: unknown[] = [];
      socket.onAnyOutgoing((...event: unknown[]) => heard.push(event));
      socket.on("ask", (ack: Ack) => ack("answer"));
      client.on("question", (_: unknown, ack: Ack) => ack());
      await client.emitWithAck("ask");
      await socket.emitWithAck("question", 1);
      expect(heard).toEqual([["question", 1]]);
    },
  );

  behaves("prependAnyOutgoing goes first, offAnyOutgoing removes one listener or all", async (world) => {
    const { socket } = await world.pair();
    const heard: string[] = [];
    const second = (): unknown => heard.push("second");
    socket.onAnyOutgoing(second);
    socket.prependAnyOutgoing(() => heard.push("first"));
    expect(socket.listenersAnyOutgoing()).toHaveLength(2);
    socket.emit("x");
    socket.offAnyOutgoing(second);
    socket.emit("x");
    socket.offAnyOutgoing();
    socket.emit("x");
    expect(heard).toEqual(["first", "second", "first"]);
    expect(socket.listenersAnyOutgoing()).toEqual([]);
  });

  behaves("onAnyOutgoing hears volatile events that are dropped", async (world) => {
    const { socket } = await world.pair();
    const heard: unknown[] = [];
    socket.onAnyOutgoing((...event: unknown[]) => heard.push(event));
    for (let i = 0; i < 3; i += 1) socket.volatile.emit("n", i);
    expect(heard).toEqual([
      ["n", 0],
      ["n", 1],
      ["n", 2],
    ]);
  });
});
