// @ts-expect-error -- it has no declarations, and those of others describe Socket.IO 2
import untyped from "socketio-wildcard";
import { describe, expect, test } from "vitest";
import type { Server as PublishedServer } from "socket.io";
import { once } from "../behaviour/waiting.ts";
import type { ErrorReport, NamespaceMiddleware, Socket } from "../../src/index.ts";
import { World } from "../support/world.ts";

const wildcard = untyped as () => NamespaceMiddleware<Socket>;

type Answer = (value: unknown) => void;
type Packet = { data: unknown[]; id?: number };
type Replaceable = { onevent: (packet: Packet) => void };

const replaceable = (socket: Socket): Replaceable => socket as unknown as Replaceable;

describe("a socket's onevent", () => {
  test("is replaced by socketio-wildcard, which hears every event and can answer", async () => {
    const world = await World.start();
    world.io.use(wildcard());
    const client = await world.client();
    const socket = world.socketOf(client);
    socket.on("ask", (value: number, answer: Answer) => answer(value + 1));
    const heard = once(socket, "*");
    expect(await client.emitWithAck("ask", 1)).toBe(2);
    const [{ data }] = (await heard) as [Packet];
    expect(data).toEqual(["ask", 1, expect.any(Function)]);
  });

  test("may be called with another event than what came", async () => {
    const world = await World.start();
    const client = await world.client();
    const socket = world.socketOf(client);
    const { onevent } = replaceable(socket);
    replaceable(socket).onevent = (packet) => {
      onevent.call(socket, packet);
      onevent.call(socket, { data: ["*", ...packet.data] });
    };
    const order: unknown[] = [];
    socket.on("x", (value) => order.push(["x", value]));
    const all = once(socket, "*");
    client.emit("x", 1);
    expect(await all).toEqual(["x", 1]);
    expect(order).toEqual([["x", 1]]);
  });

  test("that throws is reported, and ends nothing", async () => {
    const world = await World.start();
    const reports: ErrorReport[] = [];
    world.io.onError((report) => reports.push(report));
    const client = await world.client();
    const cause = new Error("a bug in the application");
    replaceable(world.socketOf(client)).onevent = () => {
      throw cause;
    };
    client.emit("x");
    const other = await world.client();
    world.socketOf(other).on("ask", (answer: Answer) => answer("here"));
    expect(await other.emitWithAck("ask")).toBe("here");
    expect(reports).toMatchObject([{ source: "listener", event: "x", cause }]);
  });
});

describe("emit and on of one socket", () => {
  test("may be replaced, and are then what everything on it goes through", async () => {
    const world = await World.start();
    const client = await world.client();
    const socket = world.socketOf(client);
    const emitted: unknown[] = [];
    const emit = socket.emit.bind(socket) as (...args: unknown[]) => boolean;
    Object.assign(socket, {
      emit(...args: unknown[]) {
        emitted.push(args[0]);
        return emit(...args);
      },
    });
    client.on("question", (answer: Answer) => answer(7));
    socket.send("text");
    expect(await (socket.emitWithAck("question") as Promise<unknown>)).toBe(7);
    expect(emitted).toEqual(["message", "question"]);
  });
});

describe("a property of the application's", () => {
  test("on a socket, of whatever plain name, disturbs no broadcast", async () => {
    const world = await World.start();
    const reports = world.reports();
    const [first, second] = [await world.client(), await world.client()];
    Object.assign(world.socketOf(first), { deliver: "by bicycle", expect: "soon", closed: true, left: 1 });
    for (const client of [first, second]) client.on("ask", (answer: Answer) => answer(client.id));
    const heard = Promise.all([once(first, "news"), once(second, "news")]);
    world.io.emit("news", 1);
    expect(await heard).toEqual([[1], [1]]);
    const answers = (await world.io.timeout(10_000).emitWithAck("ask")) as unknown[];
    expect(new Set(answers)).toEqual(new Set([first.id, second.id]));
    expect(reports).toEqual([]);
  });
});

describe("what hangs together", () => {
  test("can be followed from any end: server, namespaces, sockets, adapter and connection", async () => {
    const world = await World.start();
    world.io.of("/chat");
    const client = await world.client("/chat");
    const io = world.io as unknown as PublishedServer;
    const chat = io.of("/chat");
    const socket = chat.sockets.get(client.id ?? "");
    expect(socket).toMatchObject({ server: io, nsp: chat });
    expect(chat).toMatchObject({ server: io });
    expect(io.of(/^\/dynamic/)).toMatchObject({ server: io });
    expect(Reflect.get(socket ?? {}, "adapter")).toBe(chat.adapter);
    expect(socket?.client.conn).toBe(socket?.conn);
    expect(Object.values(Reflect.get(io.engine, "clients") as object)).toEqual([socket?.conn]);
    expect(io.sockets.adapter.rooms.size).toBe(0);
  });

  test("io._nsps holds every namespace, the main one first, and forgets one that is deleted", async () => {
    const world = await World.start();
    world.io.of("/chat");
    const namespaces = Reflect.get(world.io, "_nsps") as Map<string, unknown>;
    expect([...namespaces.keys()]).toEqual(["/", "/chat"]);
    expect(namespaces.get("/")).toBe(world.io.sockets);
    namespaces.delete("/chat");
    const refused = world.connecting("/chat");
    expect((await once(refused, "connect_error"))[0]).toMatchObject({ message: "Invalid namespace" });
    expect(Object.keys(world.io)).not.toContain("_nsps");
  });

  test("what packages take as a sign of something else is not there", async () => {
    const world = await World.start();
    const client = await world.client();
    const socket = world.socketOf(client);
    for (const name of ["then", "addEventListener", "readyState"]) expect(name in socket).toBe(false);
    for (const name of ["getter", "setter", "$emit"]) expect(name in world.io).toBe(false);
    expect("close" in world.io.of("/")).toBe(false);
    expect(Object.isExtensible(socket) && Object.isExtensible(socket.client)).toBe(true);
  });
});
