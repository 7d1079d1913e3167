import { expect, suite } from "../suite.ts";
import { called } from "../waiting.ts";

type Ack = (...args: unknown[]) => void;

/** `emit` with an acknowledgement (server-api, "BroadcastOperator"). */
export const broadcastAcks = suite("broadcasts with acknowledgements", (behaves) => {
  behaves("every client's answer is collected", async (world) => {
    const clients = await Promise.all([world.connect(), world.connect(), world.connect()]);
    for (const [i, client] of clients.entries())
      client.on("ask", (n: number, ack: Ack) => ack(n + i, "ignored"));
    const { fn, args } = called<[unknown, number[]]>("the answers");
    world.io.timeout(5_000).emit("ask", 10, fn);
    const [error, answers] = await args;
    expect(error).toBeNull();
    expect(new Set(answers)).toEqual(new Set([10, 11, 12]));
  });

  behaves("emitWithAck resolves with the answers", async (world) => {
    const clients = await Promise.all([world.connect(), world.connect()]);
    for (const client of clients) client.on("ask", (ack: Ack) => ack(client.id));
    const answers = (await world.io.timeout(5_000).emitWithAck("ask")) as string[];
    expect(new Set(answers)).toEqual(new Set(clients.map(({ id }) => id)));
  });

  behaves("answers come in the order they arrive", async (world) => {
    const [first, second] = [await world.connect(), await world.connect()];
    second.on("ask", (ack: Ack) => {
      ack("second");
      second.emit("go on");
    });
    world.socket(second.id).on("go on", () => world.socket(first.id).emit("go on"));
    first.on("ask", (ack: Ack) => first.once("go on", () => ack("first")));
    expect(await world.io.timeout(5_000).emitWithAck("ask")).toEqual(["second", "first"]);
  });

  behaves("only the clients in the room are asked", async (world) => {
    const [inside, outside] = [await world.pair(), await world.pair()];
    await inside.socket.join("x");
    inside.client.on("ask", (ack: Ack) => ack("inside"));
    outside.client.on("ask", () => expect.unreachable("a client outside the room is asked"));
    expect(await world.io.to("x").timeout(5_000).emitWithAck("ask")).toEqual(["inside"]);
  });

  behaves("a socket asks the others", async (world) => {
    const [asking, other] = [await world.pair(), await world.pair()];
    asking.client.on("ask", () => expect.unreachable("the asking client is asked"));
    other.client.on("ask", (ack: Ack) => ack("other"));
    expect(await asking.socket.broadcast.timeout(5_000).emitWithAck("ask")).toEqual(["other"]);
  });

  behaves("answers may carry binary", async (world) => {
    const client = await world.connect();
    client.on("ask", (data: Buffer, ack: Ack) => ack({ got: data }));
    const answers = (await world.io.timeout(5_000).emitWithAck("ask", Buffer.from([1, 2]))) as unknown[];
    expect(answers).toEqual([{ got: Buffer.from([1, 2]) }]);
  });

  behaves("nobody to ask is no answers, at once but not within the call", async (world) => {
    const calls: unknown[][] = [];
    const { fn, args } = called<unknown[]>("the answers");
    world.io.timeout(60_000).emit("ask", (...answer: unknown[]) => {
      calls.push(answer);
      fn(...answer);
    });
    expect(calls).toEqual([]);
    expect(await args).toEqual([null, []]);
    expect(await world.io.to("nobody").timeout(60_000).emitWithAck("ask")).toEqual([]);
  });

  behaves(
    "a client that does not answer in time is an error with the answers of the others",
    async (world) => {
      const [answering, silent] = [await world.connect(), await world.connect()];
      answering.on("ask", (ack: Ack) => ack("answer"));
      silent.on("ask", () => {});
      const { fn, args } = called<[Error, unknown[]]>("the timeout");
      world.io.timeout(1_000).emit("ask", fn);
      const [error, answers] = await args;
      expect(error.message).toBe("operation has timed out");
      expect(answers).toEqual(["answer"]);
    },
  );

  behaves("emitWithAck rejects with the answers that came in time", async (world) => {
    const [answering, silent] = [await world.connect(), await world.connect()];
    answering.on("ask", (ack: Ack) => ack("answer"));
    silent.on("ask", () => {});
    const asked = world.io.timeout(1_000).emitWithAck("ask") as Promise<unknown>;
    await expect(asked).rejects.toMatchObject({ message: "operation has timed out", responses: ["answer"] });
  });

  behaves("a client that leaves before it answers makes the question time out", async (world) => {
    const [answering, leaving] = [await world.connect(), await world.connect()];
    answering.on("ask", (ack: Ack) => ack("answer"));
    leaving.on("ask", () => leaving.disconnect());
    const asked = world.io.timeout(1_000).emitWithAck("ask") as Promise<unknown>;
    await expect(asked).rejects.toMatchObject({ responses: ["answer"] });
  });

  behaves("an answer after the timeout is ignored", async (world) => {
    const { wire, socket } = await world.joinedWire();
    const calls: unknown[][] = [];
    const { fn, args } = called<unknown[]>("the timeout");
    world.io.timeout(20).emit("ask", (...answer: unknown[]) => {
      calls.push(answer);
      fn(...answer);
    });
    expect(await wire.next()).toBe('420["ask"]');
    await args;
    const end = called<unknown[]>("the end");
    socket.on("end", end.fn);
    await wire.send('430["late"]', '42["end"]');
    await end.args;
    expect(calls).toEqual([[expect.any(Error), []]]);
  });

  behaves("a timeout means nothing to a broadcast without an acknowledgement", async (world) => {
    const { wire } = await world.joinedWire();
    world.io.timeout(5).emit("news");
    expect(await wire.next()).toBe('42["news"]');
  });

  behaves("all clients are asked under one id", async (world) => {
    const [first, second] = [await world.joinedWire(), await world.joinedWire()];
    const answers = world.io.timeout(5_000).emitWithAck("ask") as Promise<unknown>;
    expect([await first.wire.next(), await second.wire.next()]).toEqual(['420["ask"]', '420["ask"]']);
    await second.wire.send("430[2]");
    await first.wire.send("430[1]");
    expect(await answers).toEqual([2, 1]);
  });
});
