import { createServer } from "node:http";
import { createSecureServer } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { selfSignedCredentials } from "@skein/testkit";
import { describe, expect, test } from "vitest";
import { Server } from "../../../src/index.ts";
import {
  clientOf,
  closedAfterwards,
  connected,
  echoed,
  echoing,
  httpServerOfThisTest,
  originOf,
} from "../support.ts";

/** Resolves when a client of this server has had its words echoed. */
async function expectService(
  io: Server,
  scheme = "http",
  transports = ["polling", "websocket"],
): Promise<void> {
  const origin = await originOf(io.httpServer, scheme);
  const client = await connected(clientOf(origin, "/", { transports, rejectUnauthorized: false }));
  expect(await echoed(client, ["anchor", 1])).toEqual(["anchor", 1]);
}

describe("a new server", () => {
  test("attaches to an HTTP server that listens later", async () => {
    const httpServer = httpServerOfThisTest();
    const io = closedAfterwards(new Server(httpServer, { serveClient: false }));
    echoing(io);
    httpServer.listen(0);
    await expectService(io);
  });

  test("listens on a given port", async () => {
    const io = closedAfterwards(new Server(0, { serveClient: false }));
    echoing(io);
    await expectService(io);
  });

  test("accepts only options, and listens later", async () => {
    const io = closedAfterwards(new Server({ path: "/harbour-office" }));
    echoing(io);
    expect(io.engine).toBeUndefined();
    io.listen(0);
    const client = clientOf(await originOf(io.httpServer), "/", { path: "/harbour-office" });
    await connected(client);
    expect(await echoed(client, "anchor")).toBe("anchor");
  });

  test("attaches to an HTTPS server", async () => {
    const io = closedAfterwards(new Server(createHttpsServer(await selfSignedCredentials()).listen(0)));
    echoing(io);
    const secure = new Promise((resolve) => {
      io.on("connection", (socket) => resolve(socket.handshake.secure));
    });
    await expectService(io, "https");
    expect(await secure).toBe(true);
  });

  test("listens on an HTTP/2 server that allows HTTP/1.1", async () => {
    const io = closedAfterwards(new Server());
    echoing(io);
    io.listen(createSecureServer({ ...(await selfSignedCredentials()), allowHTTP1: true }).listen(0));
    await expectService(io, "https");
  });
});

describe("a server without an HTTP server", () => {
  test.each(["attach", "listen"] as const)("accepts an HTTP server in %s", async (method) => {
    const httpServer = httpServerOfThisTest();
    const io = closedAfterwards(new Server());
    expect(io[method](httpServer)).toBe(io);
    echoing(io);
    httpServer.listen(0);
    await expectService(io);
  });

  test.each(["attach", "listen"] as const)("accepts a port in %s", async (method) => {
    const io = closedAfterwards(new Server());
    expect(io[method](0)).toBe(io);
    echoing(io);
    await expectService(io);
  });
});

test("close frees the port, and the server can attach to it again", async () => {
  const io = closedAfterwards(new Server(0));
  echoing(io);
  const port = Number(new URL(await originOf(io.httpServer)).port);
  await connected(clientOf(await originOf(io.httpServer), "/", { transports: ["websocket"] }));

  await io.close();

  const httpServer = createServer();
  httpServer.listen(port);
  io.attach(httpServer);
  await expectService(io);
});

test("close disconnects WebSocket clients and then calls back", async () => {
  const io = new Server(0);
  const client = clientOf(await originOf(io.httpServer), "/", { transports: ["websocket"] });
  await connected(client);
  const reason = new Promise((resolve) => {
    client.once("disconnect", resolve);
  });
  await new Promise<void>((resolve) => {
    void io.close(() => resolve());
  });
  expect(await reason).toBe("transport close");
});

describe("the path", () => {
  test("is set before the server listens, and must match the client's path", async () => {
    const io = closedAfterwards(new Server());
    expect(io.path()).toBe("/socket.io");
    expect(io.path("/radio-room/")).toBe(io);
    expect(io.path()).toBe("/radio-room");
    echoing(io);
    io.listen(0);
    const origin = await originOf(io.httpServer);
    const client = await connected(clientOf(origin, "/", { path: "/radio-room/" }));
    expect(await echoed(client, 1)).toBe(1);
    await expect(connected(clientOf(origin))).rejects.toThrow(/xhr poll error/);
    expect((await fetch(`${origin}/radio-room/socket.io.js`)).status).toBe(200);
  });
});

describe("the client files", () => {
  test("are not served after serveClient(false) before listening", async () => {
    const io = closedAfterwards(new Server());
    expect(io.serveClient()).toBe(true);
    expect(io.serveClient(false)).toBe(io);
    expect(io.serveClient()).toBe(false);
    io.listen(0);
    const file = await fetch(`${await originOf(io.httpServer)}/socket.io/socket.io.js`);
    expect(file.status).toBe(400);
  });

  test("are still served after serveClient(false) on a listening server", async () => {
    const io = closedAfterwards(new Server(0));
    io.serveClient(false);
    const file = await fetch(`${await originOf(io.httpServer)}/socket.io/socket.io.js`);
    expect(file.status).toBe(200);
  });
});
