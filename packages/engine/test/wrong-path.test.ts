import { createServer, type RequestListener, type Server as HttpServer } from "node:http";
import { connect as connectHttp2, createSecureServer } from "node:http2";
import { once } from "node:events";
import { connect, type AddressInfo, type Socket } from "node:net";
import { exchangeBytes, networkClient, selfSignedCredentials } from "@skein/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { type AttachOptions, type EngineOptions, listen, Server } from "@skein/engine";
import { PassingClock } from "./upgrade-takers.ts";

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const task of cleanups.splice(0).toReversed()) await task();
});

const WRONG = "/wrong/?EIO=4&transport=polling";

const UPGRADE = [
  "GET /wrong/?EIO=4&transport=websocket HTTP/1.1",
  "Host: x",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
  "",
  "",
].join("\r\n");

const ONE_PATH = {
  message: 'Nothing is served at this path. Set the client\'s "path" to "/rt/".',
  paths: ["/rt/"],
};

async function portOf(server: HttpServer): Promise<number> {
  if (!server.listening) await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}

/** An engine at `/rt` on a server with these request listeners, and a clock that the test moves. */
async function start(
  options: EngineOptions & AttachOptions = {},
  ...listeners: RequestListener[]
): Promise<{ server: HttpServer; port: number; clock: PassingClock; engine: Server }> {
  const server = createServer();
  for (const listener of listeners) server.on("request", listener);
  const clock = new PassingClock();
  const engine = new Server(options, clock).attach(server, { path: "/rt", ...options });
  const port = await portOf(server);
  cleanups.push(() => {
    engine.close();
    server.closeAllConnections();
    server.close();
  });
  return { server, port, clock, engine };
}

async function ask(port: number, path: string, method = "GET") {
  const { status, headers, body } = await networkClient(port).request({ path, method }).response;
  return { status, type: headers["content-type"], body: body.toString() };
}

/** What comes back for an upgrade; `clock` moves once the server has heard of it. */
async function upgrade(server: HttpServer, clock: PassingClock, bytes = UPGRADE): Promise<string> {
  const { emit } = server;
  server.emit = (event: string, ...values: unknown[]): boolean => {
    const heard = Reflect.apply(emit, server, [event, ...values]) as boolean;
    if (event === "upgrade") clock.pass();
    return heard;
  };
  return exchangeBytes(await portOf(server), bytes);
}

describe("a client of the protocol that has the wrong path", () => {
  it("is told by a 404 which path is served, where nothing else answers", async () => {
    const { port } = await start();
    const answer = await ask(port, WRONG);
    expect(answer).toMatchObject({ status: 404, type: "application/json" });
    expect(JSON.parse(answer.body)).toEqual(ONE_PATH);
    expect(await ask(port, WRONG, "POST")).toEqual(answer);
  });

  it("is told of all paths, once each", async () => {
    const { server, port } = await start();
    const engine = new Server().attach(server, { path: "/rt/longer" });
    cleanups.push(() => engine.close());
    expect(JSON.parse((await ask(port, WRONG)).body)).toEqual({
      message: 'Nothing is served at this path. Set the client\'s "path" to "/rt/longer/" or "/rt/".',
      paths: ["/rt/longer/", "/rt/"],
    });
  });

  it("is told so by the server that `listen` makes, which answers others with 501", async () => {
    const engine = listen(0, { path: "/rt" });
    cleanups.push(() => engine.close().httpServer.close());
    await once(engine.httpServer, "listening");
    const port = await portOf(engine.httpServer);
    const answer = await ask(port, WRONG);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([404, ONE_PATH]);
    expect(await ask(port, "/")).toMatchObject({ status: 501, body: "Not Implemented" });
  });

  it("is told so over HTTP/2", async () => {
    const server = createSecureServer({ ...(await selfSignedCredentials()), allowHTTP1: true });
    const engine = new Server().attach(server, { path: "/rt" });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
    cleanups.push(() => {
      session.destroy();
      engine.close();
      server.close();
    });
    const stream = session.request({ ":path": WRONG });
    const [headers] = (await once(stream, "response")) as [Record<string, unknown>];
    let text = "";
    for await (const chunk of stream.setEncoding("utf8")) text += chunk as string;
    expect([headers[":status"], JSON.parse(text)]).toEqual([404, ONE_PATH]);
  });

  it("gets the answer of the application's listeners, there before or after", async () => {
    const app: RequestListener = (_request, response) => void response.writeHead(418).end("app");
    const before = await start({}, app);
    expect(await ask(before.port, WRONG)).toMatchObject({ status: 418, body: "app" });
    const after = await start();
    after.server.on("request", app);
    expect(await ask(after.port, WRONG)).toMatchObject({ status: 418, body: "app" });
  });

  it("gets the answer of a listener that took the place of all and calls them", async () => {
    const { server, port } = await start();
    const taken = server.listeners("request") as RequestListener[];
    server.removeAllListeners("request");
    server.on("request", (request, response) => {
      for (const listener of taken) listener.call(server, request, response);
      if (!response.headersSent) response.writeHead(418).end();
    });
    expect((await ask(port, WRONG)).status).toBe(418);
  });

  it("gets its answer on WebSocket too", async () => {
    const { server, clock } = await start();
    const text = await upgrade(server, clock);
    expect(text).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    expect(JSON.parse(text.slice(text.indexOf("\r\n\r\n")))).toEqual(ONE_PATH);
  });

  it("gets none on WebSocket where upgrades that nobody takes may stay", async () => {
    const { server, port, clock } = await start({ destroyUpgrade: false });
    const socket: Socket = connect(port, "127.0.0.1", () => socket.write(UPGRADE));
    cleanups.push(() => socket.destroy());
    const [, held] = (await once(server, "upgrade")) as [unknown, Socket];
    clock.pass();
    held.end("by hand");
    const [bytes] = (await once(socket, "data")) as [Buffer];
    expect(bytes.toString()).toBe("by hand");
  });
});

describe("who does not speak the protocol", () => {
  it("is ended without an answer when nobody takes the upgrade", async () => {
    const { server, clock } = await start();
    expect(await upgrade(server, clock, UPGRADE.replace("EIO=4", "v=4"))).toBe("");
  });

  it("is left to the listeners that may come", async () => {
    const { server, port } = await start();
    const reached = once(server, "request");
    const pending = networkClient(port).request({ path: "/app?transport=polling" });
    const [, response] = (await reached) as Parameters<RequestListener>;
    response.end("late");
    expect((await pending.response).body.toString()).toBe("late");
  });
});
