import { Inbox } from "../inbox.ts";
import { expect, suite } from "../suite.ts";
import { called, once } from "../waiting.ts";

type Ack = (...args: unknown[]) => void;

/** Acknowledgements (socketio-protocol, "Events and acknowledgements") (server-api, "Socket"). */
export const acks = suite("acknowledgements", (behaves) => {
  behaves("a client's event is acknowledged with the server's arguments", async (world) => {
    const { client, socket } = await world.pair();
    socket.on("ask", (a: unknown, b: unknown, ack: Ack) => ack(b, a, { three: 3 }));
    const { fn, args } = called("the acknowledgement");
    client.emit("ask", 1, "2", fn);
    expect(await args).toEqual(["2", 1, { three: 3 }]);
  });

  behaves("a server's event is acknowledged with the client's arguments", async (world) => {
    const { client, socket } = await world.pair();
    client.on("ask", (a: unknown, b: unknown, ack: Ack) => ack(b, a));
    const { fn, args } = called("the acknowledgement");
    socket.emit("ask", 1, "2", fn);
    expect(await args).toEqual(["2", 1]);
  });

  behaves("emitWithAck resolves with the first argument, in both directions", async (world) => {
    const { client, socket } = await world.pair();
    socket.on("ask", (ack: Ack) => ack("server", "ignored"));
    client.on("ask", (ack: Ack) => ack("client", "ignored"));
    expect(await client.emitWithAck("ask")).toBe("server");
    expect(await socket.emitWithAck("ask")).toBe("client");
  });

  behaves("an acknowledgement without arguments calls back with none", async (world) => {
    const { client, socket } = await world.pair();
    client.on("ask", (ack: Ack) => ack());
    const { fn, args } = called("the acknowledgement");
    socket.emit("ask", fn);
    expect(await args).toEqual([]);
  });

  behaves("acknowledgements carry binary in both directions", async (world) => {
    const { client, socket } = await world.pair();
    socket.on("ask", (data: Buffer, ack: Ack) => ack({ got: data }, Buffer.from([9])));
    client.on("ask", (data: Buffer, ack: Ack) => ack({ got: data }));
    const { fn, args } = called("the acknowledgement");
    client.emit("ask", Buffer.from([1, 2]), fn);
    expect(await args).toEqual([{ got: Buffer.from([1, 2]) }, Buffer.from([9])]);
    expect(await socket.emitWithAck("ask", Buffer.from([3]))).toEqual({ got: Buffer.from([3]) });
  });

  behaves("each acknowledgement finds its own question, in whatever order they are given", async (world) => {
    const { client, socket } = await world.pair();
    const waiting: (() => void)[] = [];
    client.on("ask", (n: number, ack: Ack) => {
      waiting.push(() => ack(n));
      if (waiting.length === 50) for (const answer of waiting.toReversed()) answer();
    });
    const asked = Array.from({ length: 50 }, (_, n) => socket.emitWithAck("ask", n) as Promise<number>);
    expect(await Promise.all(asked)).toEqual(Array.from({ length: 50 }, (_, n) => n));
  });

  behaves("only the first call of an acknowledgement counts", async (world) => {
    const { wire, socket } = await world.joinedWire();
    socket.on("ask", (ack: Ack) => {
      ack("first");
      ack("second");
      socket.emit("end");
    });
    await wire.send('427["ask"]');
    expect([await wire.next(), await wire.next()]).toEqual(['437["first"]', '42["end"]']);
  });

  behaves("with a timeout the callback gets no error and the arguments", async (world) => {
    const { client, socket } = await world.pair();
    client.on("ask", (ack: Ack) => ack("a", "b"));
    const { fn, args } = called("the acknowledgement");
    socket.timeout(5_000).emit("ask", fn);
    expect(await args).toEqual([null, "a", "b"]);
    expect(await socket.timeout(5_000).emitWithAck("ask")).toBe("a");
  });

  behaves(
    "a client that does not acknowledge in time is an error, and its late answer nothing",
    async (world) => {
      const { wire, socket } = await world.joinedWire();
      const calls: unknown[][] = [];
      const { fn, args } = called("the timeout");
      socket.timeout(30).emit("ask", (...answer: unknown[]) => {
        calls.push(answer);
        fn(...answer);
      });
      const [error] = await args;
      expect(error).toBeInstanceOf(Error);
      expect((error as Error).message).toBe("operation has timed out");
      expect(await wire.next()).toBe('420["ask"]');
      const end = once(socket, "end");
      await wire.send('430["late"]', '42["end"]');
      await end;
      expect(calls).toHaveLength(1);
    },
  );

  behaves("emitWithAck with a timeout rejects when nobody acknowledges", async (world) => {
    const { socket } = await world.pair();
    await expect(socket.timeout(20).emitWithAck("ask")).rejects.toThrow("operation has timed out");
  });

  behaves("a timeout is reported even when the client is gone", async (world) => {
    const { client, socket } = await world.pair();
    const answer = socket.timeout(50).emitWithAck("ask") as Promise<unknown>;
    client.disconnect();
    await expect(answer).rejects.toThrow("operation has timed out");
  });

  behaves("what is asked without a timeout never settles when the client leaves", async (world) => {
    const { client, socket } = await world.pair();
    const settled: unknown[] = [];
    const settle = (): void => void settled.push("settled");
    (socket.emitWithAck("ask") as Promise<unknown>).then(settle, settle);
    socket.emit("ask", settle);
    const gone = once(socket, "disconnect");
    client.disconnect();
    await gone;
    (socket.emitWithAck("late") as Promise<unknown>).then(settle, settle);
    const { client: other, socket: near } = await world.pair();
    near.on("ask", (ack: Ack) => ack());
    await other.emitWithAck("ask");
    expect(settled).toEqual([]);
  });

  behaves("a timeout holds for one emit only", async (world) => {
    const { client, socket } = await world.pair();
    client.on("ask", (ack: Ack) => ack("answer"));
    await socket.timeout(5_000).emitWithAck("ask");
    const { fn, args } = called("the acknowledgement");
    socket.emit("ask", fn);
    expect(await args).toEqual(["answer"]);
  });

  behaves(
    "a client that sends again until it is answered keeps its order, and is answered once",
    async (world) => {
      const { client, socket } = await world.pair("/", { retries: 50, ackTimeout: 300 });
      const tries: string[] = [];
      const order: unknown[] = [];
      socket.on("ask", (name: string, ack: Ack) => {
        // The first try is lost on the way.
        if (tries.push(name) > 1) ack(`${name}!`);
      });
      const answers = ["a", "b"].map(async (name) => order.push(await client.emitWithAck("ask", name)));
      await Promise.all(answers);
      expect(order).toEqual(["a!", "b!"]);
      // However often it tried: the first question until it was answered, and then the second.
      expect(tries.join("")).toMatch(/^aa+b+$/);
    },
  );

  behaves("an acknowledgement nobody asked for is ignored", async (world) => {
    const { wire, socket } = await world.joinedWire();
    const end = once(socket, "end");
    await wire.send('4399["x"]', '42["end"]');
    await end;
    expect(socket.connected).toBe(true);
  });

  behaves("an acknowledgement is used up by its first answer", async (world) => {
    const { wire, socket } = await world.joinedWire();
    const answers: unknown[][] = [];
    socket.emit("ask", (...answer: unknown[]) => answers.push(answer));
    expect(await wire.next()).toBe('420["ask"]');
    const end = once(socket, "end");
    await wire.send("430[1]", "430[2]", '42["end"]');
    await end;
    expect(answers).toEqual([[1]]);
  });

  behaves("an acknowledgement without a payload calls back with none", async (world) => {
    const { wire, socket } = await world.joinedWire();
    const { fn, args } = called("the acknowledgement");
    socket.emit("ask", fn);
    await wire.next();
    await wire.send("430");
    expect(await args).toEqual([]);
  });

  behaves("an event is acknowledged also after its socket has left the namespace", async (world) => {
    const { wire, socket } = await world.joinedWire();
    const asked = once(socket, "ask");
    await wire.send('425["ask"]');
    const [answer] = (await asked) as [Ack];
    const left = once(socket, "disconnect");
    await wire.send("41");
    await left;
    answer("late");
    expect(await wire.next()).toBe('435["late"]');
  });

  behaves("acknowledgements and events keep their order", async (world) => {
    const { client, socket } = await world.pair();
    const order: unknown[] = [];
    const inbox = new Inbox(client);
    client.onAny((name) => order.push(name));
    socket.on("ask", (ack: Ack) => {
      socket.emit("before");
      ack();
      socket.emit("after");
    });
    client.emit("ask", () => order.push("ack"));
    expect(await inbox.namesBefore("after")).toEqual(["before"]);
    expect(order).toEqual(["before", "ack", "after"]);
  });

  behaves(
    "ids of acknowledgements count from zero, for all sockets of a namespace together",
    async (world) => {
      const first = await world.joinedWire();
      const second = await world.joinedWire();
      const ignore = (): void => {};
      first.socket.emit("a", ignore);
      second.socket.emit("b", ignore);
      first.socket.emit("c", ignore);
      expect([await first.wire.next(), await first.wire.next()]).toEqual(['420["a"]', '422["c"]']);
      expect(await second.wire.next()).toBe('421["b"]');
    },
  );
});
