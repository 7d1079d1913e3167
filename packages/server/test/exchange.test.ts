import { describe, expect, test } from "vitest";
import { next, World } from "./support/world.ts";

const ways = [
  ["long-polling", ["polling"]],
  ["WebSocket", ["websocket"]],
  ["an upgrade", ["polling", "websocket"]],
] as const;

describe("two clients", () => {
  test("one on long-polling and one on WebSocket talk through a room and a second namespace", async () => {
    const world = await World.start();
    for (const namespace of ["/", "/second"]) {
      world.io.of(namespace).on("connection", (socket) => {
        socket.on("enter", (room: string, entered: () => void) => {
          void Promise.resolve(socket.join(room)).then(entered);
        });
        socket.on("say", (room: string, what: unknown) => socket.to(room).emit("said", what));
        socket.on("add", (a: number, b: number, answer: (sum: number) => void) => answer(a + b));
      });
    }
    for (const namespace of ["/", "/second"]) {
      const polling = await world.client(namespace, { transports: ["polling"] });
      const webSocket = await world.client(namespace, { transports: ["websocket"] });
      await Promise.all([polling.emitWithAck("enter", "room"), webSocket.emitWithAck("enter", "room")]);
      for (const [from, to] of [
        [polling, webSocket],
        [webSocket, polling],
      ] as const) {
        for (const what of ["text", { bytes: Buffer.from([1, 2, 3]) }]) {
          const heard = next(to, "said");
          from.emit("say", "room", what);
          expect(await heard).toEqual([what]);
        }
        expect(await from.emitWithAck("add", 1, 2)).toBe(3);
        to.on("ask", (answer) => answer(Buffer.from("bytes")));
        expect(await world.socketOf(to, namespace).emitWithAck("ask")).toEqual(Buffer.from("bytes"));
      }
    }
  });
});

describe.each(ways)("a client over %s", (_way, transports) => {
  test("hears everything in the order in which it was sent", async () => {
    const world = await World.start();
    const numbers = Array.from({ length: 200 }, (_, index) => index);
    world.io.on("connection", (socket) => {
      for (const number of numbers) socket.emit("number", number, Buffer.from([number]));
      socket.emit("last");
    });
    const client = world.connecting("/", { transports: [...transports] });
    const heard: number[] = [];
    client.on("number", (number: number) => heard.push(number));
    await next(client, "last");
    expect(heard).toEqual(numbers);
  });

  test("is told apart in a broadcast that waits for answers", async () => {
    const world = await World.start();
    const clients = await Promise.all([1, 2].map(() => world.client("/", { transports: [...transports] })));
    for (const [index, client] of clients.entries()) client.on("who", (answer) => answer(index));
    const answers = await world.io.timeout(5000).emitWithAck("who");
    expect([...answers].toSorted((a, b) => a - b)).toEqual([0, 1]);
  });
});

describe("a server", () => {
  test("that was never attached closes", async () => {
    const { Server } = await import("../src/index.ts");
    await expect(new Server().close()).resolves.toBeUndefined();
  });

  test("told to close twice hands Node's error to the callback and resolves", async () => {
    const world = await World.start();
    await world.io.close();
    const errors: unknown[] = [];
    await world.io.close((error) => errors.push(error));
    expect(errors).toEqual([expect.objectContaining({ code: "ERR_SERVER_NOT_RUNNING" })]);
  });

  test("refuses an Express application in place of a server", async () => {
    const { Server } = await import("../src/index.ts");
    expect(() => new Server(function app() {} as never)).toThrow(/express request handler function/);
  });

  test("listens on a port of its own choice", async () => {
    const { Server } = await import("../src/index.ts");
    const io = new Server(0);
    await new Promise((resolve) => {
      io.httpServer.once("listening", resolve);
    });
    expect(io.httpServer.address()).toMatchObject({ port: expect.any(Number) });
    await io.close();
  });
});
