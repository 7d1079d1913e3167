import type { IncomingMessage } from "node:http";
import { type Connection, type EngineOptions, PreparedMessage, type Server } from "@skein/engine";
import { describe, expect, it } from "vitest";
import { ask, RawClient, refusal, upgradeRequest, WebSocketClient } from "./clients.ts";
import { deferred, startEngine } from "./support.ts";

const POLLING = "/engine.io/?EIO=4&transport=polling";
const WEBSOCKET = "/engine.io/?EIO=4&transport=websocket";

/** Connections in the order they opened, and what they receive. */
class World {
  readonly engine: Server;
  readonly port: number;
  readonly received: unknown[] = [];
  readonly #waiting: (() => void)[] = [];

  constructor(engine: Server, port: number) {
    this.engine = engine;
    this.port = port;
    engine.on("connection", (connection) => {
      connection.on("message", (message: unknown) => {
        this.received.push(message);
        for (const wake of this.#waiting.splice(0)) wake();
      });
    });
  }

  get connection(): Connection {
    const [first] = Object.values(this.engine.clients);
    if (first === undefined) throw new Error("no connection");
    return first;
  }

  async until(count: number): Promise<unknown[]> {
    while (this.received.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.received;
  }

  async openPolling(): Promise<string> {
    const { body } = await ask(this.port, { path: POLLING });
    const { sid } = JSON.parse(body.slice(1)) as { sid: string };
    return sid;
  }

  poll(sid: string): Promise<string> {
    return ask(this.port, { path: `${POLLING}&sid=${sid}` }).then(({ body }) => body);
  }

  push(sid: string, body: string) {
    return ask(this.port, { method: "POST", path: `${POLLING}&sid=${sid}`, body });
  }
}

async function world(options: EngineOptions = {}): Promise<World> {
  const { engine, port } = await startEngine(options);
  return new World(engine, port);
}

type Decide = (request: IncomingMessage) => Promise<void>;

/** Middlewares and hooks that may decide a handshake asynchronously. */
const deciders: Record<string, (engine: Server, decide: Decide) => void> = {
  "a middleware": (engine, decide) => {
    engine.use(async (request, _response, next) => {
      await decide(request);
      next();
    });
  },
  allowRequest: (engine, decide) => {
    engine.opts.allowRequest = (request, allow) => void decide(request).then(() => allow(null, true));
  },
  generateId: (engine, decide) => {
    engine.generateId = (request) => decide(request).then(() => "an-id-of-its-own");
  },
};

describe("the engine on µWebSockets.js", () => {
  it("opens a session over long-polling", async () => {
    const { port } = await world();
    const answer = await ask(port, { path: POLLING });
    expect(answer).toMatchObject({ status: 200, headers: { "cache-control": "no-store" } });
    expect(answer.headers["content-type"]).toBe("text/plain; charset=UTF-8");
    expect(JSON.parse(answer.body.slice(1))).toMatchObject({ upgrades: ["websocket"], pingInterval: 25_000 });
  });

  it("carries messages both ways over long-polling, announced and unannounced", async () => {
    const at = await world();
    const sid = await at.openPolling();
    expect(await at.push(sid, "4hello")).toMatchObject({ status: 200, body: "ok" });
    const headers = { "Transfer-Encoding": "chunked" };
    const chunked = { method: "POST", path: `${POLLING}&sid=${sid}`, headers, body: "4again" };
    expect(await ask(at.port, chunked)).toMatchObject({ status: 200, body: "ok" });
    expect(await at.until(2)).toEqual(["hello", "again"]);
    const poll = at.poll(sid);
    at.connection.send("answer");
    expect(await poll).toBe("4answer");
  });

  it("keeps the session when a body is too large", async () => {
    const at = await world({ maxHttpBufferSize: 10 });
    const sid = await at.openPolling();
    expect((await at.push(sid, "4".padEnd(11, "x"))).status).toBe(413);
    expect((await at.push(sid, "4fits")).body).toBe("ok");
    expect(await at.until(1)).toEqual(["fits"]);
  });

  it("opens a session over WebSocket and carries text and binary both ways", async () => {
    const at = await world();
    const client = await WebSocketClient.open(at.port, WEBSOCKET);
    expect(String((await client.received(1))[0])).toMatch(/^0\{"sid":/);
    client.ws.send("4text");
    client.ws.send(Buffer.from([1, 2]));
    expect(await at.until(2)).toEqual(["text", Buffer.from([1, 2])]);
    at.connection.send("text");
    at.connection.send(Buffer.from([3]));
    expect((await client.received(3)).slice(1)).toEqual(["4text", Buffer.from([3])]);
  });

  it("frees the request of a connection that is set to null, read or not", async () => {
    const at = await world();
    await at.openPolling();
    const { connection } = at;
    connection.request = null;
    expect(connection.request).toBeNull();
    await at.openPolling();
    const second = Object.values(at.engine.clients).find((each) => each !== connection);
    expect(second?.request?.url).toBe(POLLING);
    if (second !== undefined) second.request = null;
    expect(second?.request).toBeNull();
  });

  it("upgrades a session from long-polling to WebSocket", async () => {
    const at = await world();
    const sid = await at.openPolling();
    const poll = at.poll(sid);
    const client = await WebSocketClient.open(at.port, `${WEBSOCKET}&sid=${sid}`);
    client.ws.send("2probe");
    expect(await client.received(1)).toEqual(["3probe"]);
    expect(await poll).toBe("6");
    const upgraded = new Promise<void>((resolve) => at.connection.once("upgrade", () => resolve()));
    client.ws.send("5");
    await upgraded;
    at.connection.send("over websocket");
    expect(await client.received(2)).toEqual(["3probe", "4over websocket"]);
    client.ws.send("4here");
    expect(await at.until(1)).toEqual(["here"]);
  });

  it("closes the session of a peer that leaves its poll", async () => {
    const at = await world();
    const sid = await at.openPolling();
    const closed = new Promise((resolve) =>
      at.connection.once("close", (reason: unknown) => resolve(reason)),
    );
    const client = new RawClient(at.port);
    await client.write(`GET ${POLLING}&sid=${sid} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await ask(at.port, { path: POLLING });
    client.socket.destroy();
    expect(await closed).toBe("transport error");
    expect(at.engine.clients).not.toHaveProperty(sid);
  });

  it("answers preflights and errors with the CORS headers", async () => {
    const { port } = await world({ cors: { origin: "https://example.org" } });
    const preflight = await ask(port, {
      method: "OPTIONS",
      path: POLLING,
      headers: { Origin: "https://example.org", "Access-Control-Request-Method": "POST" },
    });
    expect(preflight).toMatchObject({
      status: 204,
      headers: { "access-control-allow-origin": "https://example.org", "content-length": "0" },
    });
    const refused = await ask(port, { path: `${POLLING}&sid=unknown` });
    expect(refused).toMatchObject({
      status: 400,
      headers: { "access-control-allow-origin": "https://example.org", "content-type": "application/json" },
      body: '{"code":1,"message":"Session ID unknown"}',
    });
  });

  it("runs middlewares on requests and upgrades, which may answer themselves", async () => {
    const at = await world();
    at.engine.use((req, res, next) => {
      res.setHeader("x-seen", String(req.url?.startsWith("/engine.io/?")));
      if (req.headers["x-block"] === undefined) return next();
      res.writeHead(429);
      res.end("blocked");
    });
    expect((await ask(at.port, { path: POLLING })).headers["x-seen"]).toBe("true");
    const headers = { "x-block": "1" };
    expect(await ask(at.port, { path: POLLING, headers })).toMatchObject({ status: 429, body: "blocked" });
    expect(await refusal(at.port, { headers }, WEBSOCKET)).toMatchObject({ status: 429, body: "blocked" });
  });

  it.each([
    ["an upgrade to long-polling", "/engine.io/?EIO=4&transport=polling"],
    ["an unknown session", `${WEBSOCKET}&sid=unknown`],
  ])("refuses %s before the 101, and lives on", async (_what, path) => {
    const { port } = await world();
    expect((await refusal(port, {}, path)).status).toBe(400);
    expect((await ask(port, { path: POLLING })).status).toBe(200);
  });

  it("refuses a request that only claims to be WebSocket", async () => {
    const { port } = await world();
    expect((await ask(port, { path: WEBSOCKET })).status).toBe(400);
  });

  it.each(
    Object.keys(deciders).flatMap((name) =>
      ["polling", "websocket"].map((transport) => ({ name, transport })),
    ),
  )("opens no session for a peer that left during $name: $transport", async ({ name, transport }) => {
    const [asked, left, decision] = [deferred(), deferred(), deferred()];
    const at = await world();
    deciders[name]?.(at.engine, (request) => {
      request.on("aborted", () => left.resolve());
      asked.resolve();
      return decision.promise;
    });
    const client = new RawClient(at.port);
    const plain = `GET ${POLLING} HTTP/1.1\r\nHost: x\r\n\r\n`;
    await client.write(transport === "polling" ? plain : upgradeRequest(WEBSOCKET));
    await asked.promise;
    client.socket.destroy();
    await left.promise;
    decision.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect(at.engine.clientsCount).toBe(0);
  });

  it("has plain broadcasts reach its WebSocket connections by a publish", async () => {
    const at = await world();
    const client = await WebSocketClient.open(at.port, WEBSOCKET);
    await client.received(1);
    const subscriber = at.connection.topicSubscriber;
    subscriber?.bus.subscribe(subscriber.port, "room");
    at.connection.send("before");
    await client.received(2);
    subscriber?.bus.publish("room", [new PreparedMessage("news")]);
    expect((await client.received(3)).slice(1)).toEqual(["4before", "4news"]);
  });

  it("closes its sessions in an orderly way", async () => {
    const at = await world();
    const client = await WebSocketClient.open(at.port, WEBSOCKET);
    await client.received(1);
    const sid = await at.openPolling();
    const closing = new RawClient(at.port);
    // Received by the operating system, and so read, before the next connection's request.
    await closing.write(`GET ${POLLING}&sid=${sid} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await ask(at.port, { method: "OPTIONS", path: POLLING });
    at.engine.close();
    expect((await client.closed).code).toBe(1001);
    expect(await closing.until((text) => text.includes("\r\n\r\n1"))).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });
});
