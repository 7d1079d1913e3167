import { describe, expect, onTestFinished, test, vi } from "vitest";
import { until } from "./behaviour/waiting.ts";
import type { Socket } from "../src/index.ts";
import { next, World } from "./support/world.ts";

const bug = new Error("a bug in the application");

/** A world whose error reports are collected, with a bystander who must notice nothing. */
async function watched() {
  const world = await World.start();
  const reports = world.reports();
  const echo = (socket: {
    on(event: "echo", listener: (value: unknown, answer: (value: unknown) => void) => void): unknown;
  }) => socket.on("echo", (value, answer) => answer(value));
  world.io.on("connection", (socket) => void echo(socket));
  const bystander = await world.client();
  const unharmed = async () => expect(await bystander.emitWithAck("echo", 1)).toBe(1);
  return { world, reports, unharmed };
}

describe("an error of the application", () => {
  test.each([
    [
      "throws",
      () => {
        throw bug;
      },
    ],
    ["rejects", () => Promise.reject(bug)],
  ])("in a listener that %s is reported once, and the socket goes on", async (kind, listener) => {
    const { world, reports, unharmed } = await watched();
    // oxlint-disable-next-line typescript/no-misused-promises -- it is about the misuse
    world.io.on("connection", (socket) => void socket.on("x", listener));
    const client = await world.client();
    client.emit("x");
    expect(await client.emitWithAck("echo", "alive")).toBe("alive");
    await until(() => reports.length > 0, "a report");
    const socket = world.socketOf(client);
    const rejected = kind === "rejects";
    expect(reports).toEqual([
      { source: "listener", namespace: "/", event: "x", socket, cause: bug, rejected },
    ]);
    await unharmed();
  });

  test("that a text of a client brings about in atob is printed, also where strict", async () => {
    const world = await World.start({ strict: true });
    const printed = vi.spyOn(console, "error").mockReturnValue();
    onTestFinished(() => printed.mockRestore());
    const client = await world.client();
    world.socketOf(client).on("decode", (text: string) => atob(text));
    world.socketOf(client).on("echo", (answer: () => void) => answer());
    client.emit("decode", "%");
    await client.emitWithAck("echo");
    expect(printed.mock.calls).toEqual([[expect.stringContaining("InvalidCharacterError")]]);
  });

  test("is one when a client leaves out the acknowledgement that a listener counts on", async () => {
    const { world, reports, unharmed } = await watched();
    world.io.on("connection", (socket) => void socket.on("x", (answer: () => void) => answer()));
    const client = await world.client();
    client.emit("x");
    expect(await client.emitWithAck("echo", "alive")).toBe("alive");
    expect(reports).toMatchObject([{ source: "listener", event: "x", cause: expect.any(TypeError) }]);
    await unharmed();
  });

  test.each([
    [
      "throws",
      () => {
        throw bug;
      },
    ],
    ["rejects", () => Promise.reject(bug)],
  ])("in a middleware that %s refuses the client and is reported once", async (_, middleware) => {
    const { world, reports, unharmed } = await watched();
    world.io.of("/guarded").use(middleware);
    const [error] = await next(world.connecting("/guarded"), "connect_error");
    expect(error).toMatchObject({ message: "Internal server error" });
    expect(reports).toMatchObject([{ source: "middleware", namespace: "/guarded", cause: bug }]);
    await unharmed();
  });

  test("in an acknowledgement callback is reported once", async () => {
    const { world, reports, unharmed } = await watched();
    const client = await world.client();
    client.on("ask", (answer) => answer());
    world.socketOf(client).emit("ask", () => {
      throw bug;
    });
    await until(() => reports.length > 0, "a report");
    expect(reports).toMatchObject([{ source: "acknowledgement", event: "ask", cause: bug }]);
    await unharmed();
  });

  test("in a matcher of namespaces refuses the name and is reported once", async () => {
    const { world, reports, unharmed } = await watched();
    world.io.of(() => {
      throw bug;
    });
    const [error] = await next(world.connecting("/any"), "connect_error");
    expect(error).toMatchObject({ message: "Invalid namespace" });
    expect(reports).toMatchObject([{ source: "matcher", namespace: "/any", cause: bug }]);
    await unharmed();
  });

  test("in a refusal that can't be encoded still refuses", async () => {
    const { world, unharmed } = await watched();
    world.io.of("/guarded").use((_, go) => go(Object.assign(new Error("no"), { data: 1n })));
    const [error] = await next(world.connecting("/guarded"), "connect_error");
    expect(error).toMatchObject({ message: "no" });
    await unharmed();
  });

  test("without a handler is printed once", async () => {
    const world = await World.start();
    const printed = vi.spyOn(console, "error").mockImplementation(() => {});
    world.io.on("connection", () => {
      throw bug;
    });
    await world.client();
    expect(printed.mock.calls).toEqual([[expect.stringMatching(/"connection".*a bug in the application/)]]);
    printed.mockRestore();
  });
});

describe("an error of the application on a strict server", () => {
  test.each<[why: string, listener: (socket: Socket, value: string) => unknown]>([
    ["a language's function did not take", (_, value) => JSON.parse(value)],
    ["a listener did not look at", (socket) => socket.handshake.auth["user"].name],
    ["Skein does not send", (socket, value) => socket.emit(value)],
  ])("is printed and goes no further where it is a client's value that %s", async (_, listener) => {
    const world = await World.start({ strict: true });
    const printed = vi.spyOn(console, "error").mockImplementation(() => {});
    world.io.on("connection", (socket) => {
      socket.on("x", (value: string) => listener(socket, value));
      // oxlint-disable-next-line typescript/no-misused-promises -- it is about the misuse
      socket.on("async", async (value: string) => listener(socket, value));
      socket.on("echo", (answer: () => void) => answer());
    });
    const client = await world.client();
    client.emit("x", "connect").emit("async", "connect");
    await client.emitWithAck("echo");
    expect(printed.mock.calls.map(([text]) => text)).toEqual([
      expect.stringContaining('listener of "x"'),
      expect.stringContaining('listener of "async"'),
    ]);
  });

  test("is a handler's where there is one, and reaches no one else", async () => {
    const world = await World.start({ strict: true });
    const reports = world.reports();
    world.io.on("connection", () => {
      throw bug;
    });
    await world.client();
    expect(reports).toMatchObject([{ source: "listener", event: "connection", cause: bug }]);
  });
});
