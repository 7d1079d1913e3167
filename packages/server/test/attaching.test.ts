import { once } from "node:events";
import { createServer, type RequestListener, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { io as connect, type Socket as ClientSocket } from "socket.io-client";
import { describe, expect, onTestFinished, test } from "vitest";
import { EngineError } from "@skein/engine";
import { Server } from "../src/index.ts";
import { next } from "./support/world.ts";

const ASKS = "EIO=4&transport=polling";

function newServer(listener?: RequestListener): HttpServer {
  const http = createServer(listener);
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return http;
}

async function originOf(http: HttpServer): Promise<string> {
  if (!http.listening) await once(http.listen(0, "127.0.0.1"), "listening");
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

const app: RequestListener = (_request, response) => {
  if (!response.headersSent) response.end("app");
};

function listenersOf(http: HttpServer): unknown[] {
  return ["request", "upgrade", "close", "listening"].map((event) => http.rawListeners(event));
}

type TransportName = "polling" | "websocket";

async function clientOf(
  http: HttpServer,
  transport: TransportName = "websocket",
  path = "/socket.io",
): Promise<ClientSocket> {
  const client = connect(await originOf(http), { path, transports: [transport], reconnection: false });
  onTestFinished(() => void client.close());
  await next(client, "connect");
  return client;
}

describe("a server that is closed", () => {
  test("leaves its HTTP server as it found it", async () => {
    const http = newServer(app);
    http.on("upgrade", () => {});
    const before = listenersOf(http);
    const io = new Server(http);
    await clientOf(http);
    await io.close();
    expect(listenersOf(http)).toEqual(before);
    expect(await (await fetch(`${await originOf(http)}/socket.io/?${ASKS}`)).text()).toBe("app");
  });

  test.each(["polling", "websocket"] as const)(
    "makes room for a new one on the same HTTP server, over %s, many times",
    async (transport) => {
      const http = newServer(app);
      const before = listenersOf(http);
      for (let time = 0; time < 5; time++) {
        const io = new Server(http);
        io.on("connection", (socket) => void socket.emit("time", time));
        const client = connect(await originOf(http), { transports: [transport], reconnection: false });
        const [told] = (await next(client, "time")) as [number];
        expect(told).toBe(time);
        client.close();
        await io.close();
      }
      expect(listenersOf(http)).toEqual(before);
    },
  );

  test("makes room at once, before it has closed", async () => {
    const http = newServer(app);
    const old = new Server(http);
    const closed = old.close();
    const io = new Server(http);
    await closed;
    const connected = once(io, "connection");
    await clientOf(http);
    await connected;
    await io.close();
    expect(http.listeners("request")).toEqual([app]);
  });

  test("disturbs no other server on the HTTP server", async () => {
    const http = newServer(app);
    const [one, two] = ["/one", "/two"].map((path) => new Server(http, { path }));
    if (one === undefined || two === undefined) throw new Error("two were made");
    // The HTTP server goes on.
    await one.detach().close();
    await clientOf(http, "polling", "/two");
    await clientOf(http, "websocket", "/two");
    await two.close();
  });
});

describe("a server that is detached", () => {
  test("leaves a running HTTP server as it found it, and ends its connections", async () => {
    const http = newServer(app);
    const io = new Server(http);
    const before = [[app], [], []];
    const clients = [await clientOf(http, "polling"), await clientOf(http, "websocket")];
    const gone = clients.map((client) => next(client, "disconnect"));
    expect(io.engine.clientsCount).toBe(2);
    expect(io.detach()).toBe(io);
    expect(["request", "upgrade", "close"].map((event) => http.listeners(event))).toEqual(before);
    await Promise.all(gone);
    expect([io.engine.clientsCount, io.of("/").sockets.size]).toEqual([0, 0]);
    expect(await (await fetch(`${await originOf(http)}/socket.io/?${ASKS}`)).text()).toBe("app");
  });

  test("leaves the HTTP server open when it is closed later", async () => {
    const http = newServer(app);
    const io = new Server(http);
    await originOf(http);
    io.detach();
    await io.close();
    expect(http.listening).toBe(true);
  });

  test("may be attached again, with its namespaces and listeners", async () => {
    const http = newServer(app);
    const io = new Server(http);
    onTestFinished(() => io.close());
    io.of("/chat").on("connection", (socket) => void socket.emit("hello"));
    io.detach().attach(http);
    const client = connect(`${await originOf(http)}/chat`, { transports: ["websocket"] });
    onTestFinished(() => void client.close());
    await next(client, "hello");
  });

  test("goes from the HTTP server that is named, and keeps the others", async () => {
    const [first, second] = [newServer(app), newServer(app)];
    const io = new Server(first).attach(second);
    onTestFinished(() => io.close());
    const stays = await clientOf(second);
    const goes = await clientOf(first);
    const gone = next(goes, "disconnect");
    io.detach(first);
    await gone;
    expect(stays.connected).toBe(true);
    expect(first.listeners("request")).toEqual([app]);
    await clientOf(second, "polling");
    await io.close();
    expect(second.listening).toBe(false);
  });
});

describe("a second server", () => {
  test("at the same path of an HTTP server is refused, with the names of both", async () => {
    const http = newServer(app);
    const io = new Server(http);
    onTestFinished(() => io.close());
    const again = (): unknown => new Server(http);
    expect(again).toThrow(EngineError);
    expect(again).toThrow(
      'a Socket.IO server can\'t be attached at "/socket.io/": a Socket.IO server is attached to this HTTP server at "/socket.io/"',
    );
    for (const attach of [again, () => io.attach(http), () => io.listen(http)])
      expect(attach).toThrow(expect.objectContaining({ code: "ALREADY_ATTACHED" }));
    await clientOf(http, "websocket");
    await clientOf(http, "polling");
  });

  test.each([
    ["first", ["/rt", "/rt/v2"]],
    ["last", ["/rt/v2", "/rt"]],
  ] as const)("at a longer path has what it matches; the shorter was attached %s", async (_title, paths) => {
    const http = newServer(app);
    const reached: string[] = [];
    for (const path of paths) {
      const io = new Server(http, { path });
      onTestFinished(() => void io.detach());
      io.on("connection", () => reached.push(path));
    }
    for (const path of ["/rt", "/rt/v2"]) {
      for (const transport of ["polling", "websocket"] as const) await clientOf(http, transport, path);
    }
    expect(reached).toEqual(["/rt", "/rt", "/rt/v2", "/rt/v2"]);
    const script = await fetch(`${await originOf(http)}/rt/v2/socket.io.js`);
    expect(script.status).toBe(200);
  });
});

describe("a client with the wrong path", () => {
  test("is told which is served, by a server that listens on a port", async () => {
    const io = new Server(0);
    onTestFinished(() => io.close());
    const http = io.httpServer as HttpServer;
    if (!http.listening) await once(http, "listening");
    const origin = await originOf(http);
    const answer = await fetch(`${origin}/wrong/?${ASKS}`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ paths: ["/socket.io/"] });
    expect(await (await fetch(`${origin}/`)).text()).toBe("");
    const client = connect(origin, { path: "/wrong", transports: ["polling"], reconnection: false });
    const [error] = await next(client, "connect_error");
    expect(error).toMatchObject({ description: 404 });
  });
});
