import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { until } from "./behaviour/waiting.ts";
import type { Socket } from "../src/index.ts";
import { hostNames, World } from "./support/world.ts";

type Answer = (...values: unknown[]) => void;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Resolves once nothing holds what is referred to. */
async function collected(reference: WeakRef<object>): Promise<void> {
  for (let round = 0; round < 50 && reference.deref() !== undefined; round++) {
    await nextTurn();
    collect();
  }
  expect(reference.deref()).toBeUndefined();
}

describe.each(hostNames)("on %s, a question that is not answered", (host) => {
  test("without a time-out is collected when the client has left, and so are those that wait for it", async () => {
    const world = await World.start({}, host);
    const client = await world.client();
    const socket = world.socketOf(client);
    const ask = (): WeakRef<object>[] => {
      const [held, shown] = [{ by: "a function that waits" }, { by: "a callback" }];
      const promise = socket.emitWithAck("silence");
      const wait = async () => [await promise, held];
      void wait();
      socket.emit("silence", () => shown);
      return [promise, held, shown].map((target) => new WeakRef(target));
    };
    const references = ask();
    client.disconnect();
    await until(() => socket.disconnected, "the client to leave");
    for (const reference of references) await collected(reference);
    // The socket itself is still held: by this test.
    expect(socket.connected).toBe(false);
  });

  test("fails as soon as the client has left where it has a time-out", async () => {
    const world = await World.start({}, host);
    const client = await world.client();
    const answer = world.socketOf(client).timeout(60_000).emitWithAck("silence");
    client.disconnect();
    await expect(answer).rejects.toMatchObject({ name: "ServerError", code: "ACK_DISCONNECTED" });
  });

  test("fails at once where it has a time-out and the client had left before", async () => {
    const world = await World.start({}, host);
    const socket = world.socketOf(await world.client());
    socket.disconnect();
    const answer = socket.timeout(60_000).emitWithAck("late");
    await expect(answer).rejects.toMatchObject({ code: "ACK_DISCONNECTED" });
  });

  test("fails when its time is up", async () => {
    const world = await World.start({}, host);
    const socket = world.socketOf(await world.client());
    const answer = socket.timeout(10).emitWithAck("silence");
    await expect(answer).rejects.toMatchObject({ code: "ACK_TIMEOUT", message: "operation has timed out" });
  });
});

describe.each(hostNames)("on %s, rejectOnDisconnect", (host) => {
  test("makes a promise without a time-out reject when the client leaves, or had left before", async () => {
    const world = await World.start({ rejectOnDisconnect: true }, host);
    const client = await world.client();
    const socket = world.socketOf(client);
    const answer = socket.emitWithAck("silence");
    client.disconnect();
    await expect(answer).rejects.toMatchObject({ code: "ACK_DISCONNECTED" });
    await expect(socket.emitWithAck("late")).rejects.toMatchObject({ code: "ACK_DISCONNECTED" });
  });

  test("never calls a callback without a time-out, which takes no error", async () => {
    const world = await World.start({ rejectOnDisconnect: true }, host);
    const client = await world.client();
    const socket = world.socketOf(client);
    socket.emit("silence", () => expect.unreachable("the callback is called"));
    const answer = socket.emitWithAck("silence");
    client.disconnect();
    await expect(answer).rejects.toMatchObject({ code: "ACK_DISCONNECTED" });
  });
});

describe.each(hostNames)("on %s, ackTimeout", (host) => {
  test("is the time-out of a socket's questions that name none", async () => {
    const world = await World.start({ ackTimeout: 20 }, host);
    const socket = world.socketOf(await world.client());
    await expect(socket.emitWithAck("silence")).rejects.toMatchObject({ code: "ACK_TIMEOUT" });
    const failed = new Promise((resolve) => socket.emit("silence", resolve));
    expect(await failed).toMatchObject({ code: "ACK_TIMEOUT" });
  });

  test("makes callbacks of answered questions take null first, as timeout() does", async () => {
    const world = await World.start({ ackTimeout: 10_000 }, host);
    const client = await world.client();
    client.on("ask", (answer: Answer) => answer("a", "b"));
    const socket = world.socketOf(client);
    const values = new Promise((resolve) => {
      socket.emit("ask", (...all: unknown[]) => resolve(all));
    });
    expect(await values).toEqual([null, "a", "b"]);
    expect(await socket.emitWithAck("ask")).toBe("a");
  });

  test("is the time-out of broadcasts that name none", async () => {
    const world = await World.start({ ackTimeout: 10_000 }, host);
    const client = await world.client();
    client.on("ask", (answer: Answer) => setTimeout(answer, 30, "slow"));
    expect(await world.io.emitWithAck("ask")).toEqual(["slow"]);
    expect(await world.io.to(client.id ?? "").emitWithAck("ask")).toEqual(["slow"]);
    const [fetched] = await world.io.fetchSockets();
    const values = new Promise((resolve) => {
      fetched?.emit("ask", (...all: unknown[]) => resolve(all));
    });
    expect(await values).toEqual([null, "slow"]);
  });

  test("gives way to a time that is named", async () => {
    const world = await World.start({ ackTimeout: 60_000 }, host);
    const socket = world.socketOf(await world.client());
    await expect(socket.timeout(10).emitWithAck("silence")).rejects.toMatchObject({ code: "ACK_TIMEOUT" });
    await expect(world.io.timeout(10).emitWithAck("silence")).rejects.toMatchObject({ code: "ACK_TIMEOUT" });
  });
});

describe.each(hostNames)("on %s, an answer with more values than a call can take", (host) => {
  test.each<[to: string, ask: (socket: Socket, world: World, tell: Answer) => void, heard: unknown]>([
    ["a promise", (socket, _, tell) => void socket.emitWithAck("ask").then(tell), 0],
    ["a callback", (socket) => socket.emit("ask", () => {}), RangeError],
    ["a callback with a time-out", (socket) => socket.timeout(10_000).emit("ask", () => {}), RangeError],
    [
      "a broadcast",
      (socket, { io }) =>
        io
          .to(socket.id)
          .timeout(10_000)
          .emit("ask", () => {}),
      RangeError,
    ],
  ])("ends nothing where it is given to %s", async (_, ask, heard) => {
    const world = await World.start({}, host);
    const outcomes: unknown[] = [];
    world.io.onError(({ cause }) => outcomes.push((cause as object).constructor));
    const bystander = await world.client();
    bystander.on("ask", (answer: Answer) => answer("here"));
    const raw = await world.raw();
    raw.send("40");
    const { sid } = JSON.parse((await raw.next()).slice(2)) as { sid: string };
    const socket = world.io.sockets.sockets.get(sid);
    if (socket === undefined) throw new Error("no such socket");
    ask(socket, world, (value) => outcomes.push(value));
    const id = /^42(\d+)/.exec(await raw.next())?.[1] ?? "";
    raw.send(`43${id}[${"0,".repeat(250_000)}0]`);
    await until(() => outcomes.length > 0, "the answer");
    expect(await world.socketOf(bystander).emitWithAck("ask")).toBe("here");
    expect(outcomes).toEqual([heard]);
  });
});
