import { createServer, type RequestListener, type Server as HttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { networkClient, RawPolling, RawWebSocket, selfSignedCredentials } from "@skein/testkit";
import { Server as PublishedEngine } from "engine.io";
import { afterEach, describe, expect, it } from "vitest";
import { EngineError, Server } from "@skein/engine";

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const task of cleanups.splice(0).toReversed()) await task();
});

/** A server that ends with the test, and the listeners that it may be left with. */
function newServer(listener?: RequestListener): HttpServer {
  const server = createServer(listener);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  });
  return server;
}

async function portOf(server: HttpServer): Promise<number> {
  if (!server.listening) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }
  return (server.address() as AddressInfo).port;
}

function newEngine(): Server {
  const engine = new Server();
  cleanups.push(() => engine.close());
  return engine;
}

const answering =
  (text: string): RequestListener =>
  (_request, response) => {
    if (!response.headersSent) response.end(text);
  };

/** All listeners by which a server could differ. */
function listenersOf(server: HttpServer): unknown[] {
  return ["request", "upgrade", "close", "listening", "newListener", "removeListener"].map((event) =>
    server.rawListeners(event),
  );
}

async function textOf(server: HttpServer, path: string): Promise<string> {
  const { response } = networkClient(await portOf(server)).request({ path });
  return (await response).body.toString();
}

/** Which of these engines take the handshakes of a path: by long-polling, and by WebSocket. */
async function takersOf(server: HttpServer, path: string, engines: readonly Server[]): Promise<number[]> {
  const takers: number[] = [];
  engines.forEach((engine, index) => engine.on("connection", () => takers.push(index)));
  const port = await portOf(server);
  await new RawPolling(port, path).handshake();
  const webSocket = await RawWebSocket.open(port, `${path}?EIO=4&transport=websocket`);
  expect(await webSocket.nextText()).toMatch(/^0\{"sid"/);
  webSocket.end();
  for (const engine of engines) engine.removeAllListeners("connection");
  return takers;
}

describe("an engine that is detached", () => {
  it("leaves the server with the listeners that it found, in their order", () => {
    const server = newServer(answering("app"));
    server.on("request", answering("second"));
    server.once("request", answering("once"));
    server.on("upgrade", () => {});
    server.on("close", () => {});
    const before = listenersOf(server);
    const engine = newEngine().attach(server);
    expect(listenersOf(server)).not.toEqual(before);
    engine.detach();
    expect(listenersOf(server)).toEqual(before);
  });

  it("keeps the place of listeners that came and went meanwhile", () => {
    const [app, late, first, gone] = ["app", "late", "first", "gone"].map((text) => answering(text));
    const server = newServer(app);
    const engine = newEngine().attach(server);
    for (const listener of [gone, late, late]) server.on("request", listener ?? answering(""));
    server.prependListener("request", first ?? answering(""));
    server.off("request", gone ?? answering(""));
    engine.detach();
    expect(server.listeners("request")).toEqual([first, app, late, late]);
  });

  it("does so on a server of node:https", async () => {
    const server = createHttpsServer(await selfSignedCredentials(), answering("app"));
    const before = listenersOf(server);
    newEngine().attach(server).detach(server);
    expect(listenersOf(server)).toEqual(before);
  });

  it("serves the application alone, and may be attached again", async () => {
    const server = newServer(answering("app"));
    const engine = newEngine().attach(server);
    expect(await textOf(server, "/app")).toBe("app");
    engine.detach();
    expect(await textOf(server, "/engine.io/?EIO=4&transport=polling")).toBe("app");
    const socket = await RawWebSocket.open(await portOf(server), "/engine.io/?EIO=4&transport=websocket");
    expect(socket.status).toBe(200);
    socket.end();
    engine.attach(server);
    expect(await takersOf(server, "/engine.io/", [engine])).toEqual([0, 0]);
  });

  it("goes from the server that is named only", async () => {
    const [one, two] = [newServer(answering("app")), newServer(answering("app"))];
    const engine = newEngine().attach(one).attach(two);
    engine.detach(one);
    expect(await textOf(one, "/engine.io/?EIO=4&transport=polling")).toBe("app");
    expect(await takersOf(two, "/engine.io/", [engine])).toEqual([0, 0]);
  });

  it("lets its WebSockets go on until they are closed", async () => {
    const server = newServer();
    const engine = newEngine().attach(server);
    engine.on("connection", (connection) => {
      connection.on("message", (data: string | Uint8Array) => void connection.send(data));
    });
    const webSocket = await RawWebSocket.open(await portOf(server), "/engine.io/?EIO=4&transport=websocket");
    await webSocket.nextText();
    engine.detach();
    webSocket.sendText("4on");
    expect(await webSocket.nextText()).toBe("4on");
    expect(engine.clientsCount).toBe(1);
    engine.close();
    expect(engine.clientsCount).toBe(0);
    webSocket.end();
  });

  it.each([
    ["the first first", [0, 1, 2]],
    ["the last first", [2, 1, 0]],
    ["the middle one first", [1, 2, 0]],
  ] as const)("disturbs no other engine on the server: %s", async (_title, order) => {
    const server = newServer(answering("app"));
    const before = listenersOf(server);
    const paths = ["/one/", "/two/", "/three/"];
    const engines = paths.map((path) => newEngine().attach(server, { path }));
    const left = new Set([0, 1, 2]);
    for (const index of order) {
      engines[index]?.detach();
      left.delete(index);
      for (const other of left)
        expect(await takersOf(server, paths[other] ?? "", engines)).toEqual([other, other]);
      expect(await textOf(server, paths[index] ?? "")).toBe("app");
    }
    expect(listenersOf(server)).toEqual(before);
  });

  it("leaves a listener alone that took the place of all and calls them", async () => {
    const server = newServer(answering("app"));
    const engine = newEngine().attach(server);
    const taken = server.listeners("request") as RequestListener[];
    server.removeAllListeners("request");
    server.on("request", (request, response) => {
      if (request.url === "/mine") response.end("mine");
      else for (const listener of taken) listener.call(server, request, response);
    });
    expect(await takersOf(server, "/engine.io/", [engine])).toEqual([0, 0]);
    const wrapped = server.listeners("request");
    engine.detach();
    expect(server.listeners("request")).toEqual(wrapped);
    expect(await textOf(server, "/mine")).toBe("mine");
    expect(await textOf(server, "/engine.io/")).toBe("app");
  });

  it.each([
    ["the inner one first", [0, 1]],
    ["the outer one first", [1, 0]],
  ] as const)("is unwound from both sides of a listener that calls it: %s", async (_title, order) => {
    const server = newServer(answering("app"));
    const inner = newEngine().attach(server, { path: "/inner" });
    const taken = server.listeners("request") as RequestListener[];
    server.removeAllListeners("request");
    const between: RequestListener = (request, response) => {
      response.setHeader("x-between", "yes");
      for (const listener of taken) listener.call(server, request, response);
    };
    server.on("request", between);
    const outer = newEngine().attach(server, { path: "/outer" });
    const engines = [inner, outer];
    const { response } = networkClient(await portOf(server)).request({
      path: "/inner/?EIO=4&transport=polling",
    });
    expect((await response).headers["x-between"]).toBe("yes");
    expect(await takersOf(server, "/inner/", engines)).toEqual([0, 0]);
    expect(await takersOf(server, "/outer/", engines)).toEqual([1, 1]);
    for (const index of order) engines[index]?.detach();
    expect(server.listeners("request")).toEqual([between]);
    expect(server.listeners("upgrade")).toEqual([]);
    expect(await textOf(server, "/inner/")).toBe("app");
  });
});

describe("a second claim", () => {
  it.each([
    ["/rt", "/rt"],
    ["/rt", "/rt/"],
  ])("to the same requests is refused, with the names of both: %s and %s", async (first, second) => {
    const server = newServer(answering("app"));
    const engine = newEngine().attach(server, { path: first });
    const before = listenersOf(server);
    const attach = (): unknown => new Server().attach(server, { path: second, addTrailingSlash: false });
    expect(attach).toThrow(EngineError);
    expect(attach).toThrow(
      expect.objectContaining({
        code: "ALREADY_ATTACHED",
        side: "application",
        message: expect.stringMatching(
          /^an Engine\.IO server can't be attached at "\/rt": an Engine\.IO server is attached .* at "\/rt\/"/,
        ),
      }),
    );
    expect(listenersOf(server)).toEqual(before);
    expect(await takersOf(server, "/rt/", [engine])).toEqual([0, 0]);
  });

  it("by the same engine is refused too", () => {
    const server = newServer();
    const engine = newEngine().attach(server);
    expect(() => engine.attach(server)).toThrow(expect.objectContaining({ code: "ALREADY_ATTACHED" }));
    engine.attach(server, { path: "/elsewhere" });
  });

  it("is taken once the first has ended, or is retired", async () => {
    const server = newServer();
    const first = newEngine().attach(server);
    first.detach();
    const second = newEngine().attach(server);
    second.retire();
    expect(await takersOf(server, "/engine.io/", [first, second])).toEqual([1, 1]);
    const third = newEngine().attach(server);
    expect(await takersOf(server, "/engine.io/", [first, second, third])).toEqual([2, 2]);
    second.detach();
    expect(await takersOf(server, "/engine.io/", [first, second, third])).toEqual([2, 2]);
  });

  it("is taken where the listeners of the first were removed from the server", async () => {
    const server = newServer(answering("app"));
    const first = newEngine().attach(server);
    server.removeAllListeners("request");
    server.removeAllListeners("upgrade");
    const second = newEngine().attach(server);
    expect(await takersOf(server, "/engine.io/", [first, second])).toEqual([1, 1]);
    first.detach();
    expect(await takersOf(server, "/engine.io/", [first, second])).toEqual([1, 1]);
    second.detach();
    expect(["request", "upgrade", "close"].map((event) => server.listenerCount(event))).toEqual([0, 0, 0]);
  });

  it("leaves upgrades to an application that takes them in the place of the engine", async () => {
    const server = newServer();
    const first = newEngine().attach(server);
    server.removeAllListeners("upgrade");
    server.on("upgrade", (request, socket, head) => {
      if (request.url?.startsWith("/engine.io/")) first.handleUpgrade(request, socket, head);
    });
    const second = newEngine().attach(server, { path: "/second" });
    expect(await takersOf(server, "/engine.io/", [first, second])).toEqual([0, 0]);
    expect(await takersOf(server, "/second/", [first, second])).toEqual([1, 1]);
  });

  it("on another server is nobody's business", async () => {
    const servers = [newServer(), newServer()] as const;
    const engine = newEngine().attach(servers[0]).attach(servers[1]);
    for (const server of servers) expect(await takersOf(server, "/engine.io/", [engine])).toEqual([0, 0]);
  });

  it("of the published engine, around it, is served beside it", async () => {
    const server = newServer(answering("app"));
    const engine = newEngine().attach(server, { path: "/ours" });
    const published = new PublishedEngine();
    published.attach(server, { path: "/theirs", destroyUpgrade: false });
    cleanups.push(() => published.close());
    expect(await takersOf(server, "/ours/", [engine])).toEqual([0, 0]);
    expect(await takersOf(server, "/theirs/", [engine])).toEqual([]);
    expect(await textOf(server, "/app")).toBe("app");
  });
});

describe("of two paths, one of which begins with the other,", () => {
  it.each([
    ["shorter", ["/rt", "/rt/v2"]],
    ["longer", ["/rt/v2", "/rt"]],
  ] as const)("the longer has what it matches, the %s one first", async (_title, paths) => {
    const server = newServer(answering("app"));
    const engines = paths.map((path) => newEngine().attach(server, { path }));
    for (const [index, path] of paths.entries())
      expect(await takersOf(server, `${path}/`, engines)).toEqual([index, index]);
    expect(await takersOf(server, "/rt/v3/", engines)).toEqual(Array(2).fill(paths.indexOf("/rt")));
  });

  it("gives what it had to the shorter when it is detached", async () => {
    const server = newServer();
    const [shorter, longer] = ["/rt", "/rt/v2"].map((path) => newEngine().attach(server, { path }));
    longer?.detach();
    expect(await takersOf(server, "/rt/v2/", [shorter ?? newEngine()])).toEqual([0, 0]);
  });

  it("a longer one without WebSocket refuses upgrades, and does not leave them to the shorter", async () => {
    const server = newServer();
    newEngine().attach(server, { path: "/rt" });
    const polling = new Server({ transports: ["polling"] }).attach(server, { path: "/rt/v2" });
    cleanups.push(() => polling.close());
    const socket = await RawWebSocket.open(await portOf(server), "/rt/v2/?EIO=4&transport=websocket");
    expect(socket.status).toBe(400);
    socket.end();
  });
});
