import type { IncomingMessage } from "node:http";
import { type Connection, type EngineOptions, type Middleware, Server } from "@skein/engine";
import { cookiesOf, Arrivals } from "@skein/testkit";
import session from "express-session";
import helmet from "helmet";
import passport from "passport";
import uWS from "uWebSockets.js";
import { describe, expect, it } from "vitest";
import { uwsHost } from "../src/index.ts";
import { cleanUp, expectNativeAddon, listen } from "./support.ts";
import { Visitor, WAYS } from "./visitor.ts";

interface World {
  readonly port: number;
  readonly connections: Arrivals<Connection>;
}

/** An engine with middlewares on µWebSockets.js. */
async function world(middlewares: readonly Middleware[], options: EngineOptions = {}): Promise<World> {
  expectNativeAddon();
  const app = uWS.App();
  const engine = new Server(options);
  for (const middleware of middlewares) engine.use(middleware);
  const connections = new Arrivals<Connection>();
  engine.on("connection", (connection) => connections.push(connection));
  const host = uwsHost(app);
  engine.attachHost(host);
  cleanUp(() => {
    engine.close();
    host.close();
  });
  return { port: await listen(app), connections };
}

interface Extras {
  readonly session: session.Session & { visits?: number };
  readonly user?: unknown;
}

/** What middlewares have put on a request. */
function extrasOf(request: IncomingMessage | null): Extras {
  return request as unknown as Extras;
}

const sessions = (): Middleware => session({ secret: "a secret", resave: false, saveUninitialized: true });

/** Saved by hand: a WebSocket's request never ends, and that is when sessions save themselves. */
const countVisit: Middleware = (request, _response, next) => {
  const { session: current } = extrasOf(request);
  current.visits = (current.visits ?? 0) + 1;
  current.save(next);
};

const opened = [101, 200];

describe("express-session", () => {
  it.each(WAYS)("sets its cookie once and finds its session again in %s", async (_title, go) => {
    const { port, connections } = await world([sessions(), countVisit]);
    const visitor = new Visitor(port);
    const first = await visitor.poll();
    expect(cookiesOf(first)).toEqual([expect.stringMatching(/^connect\.sid=s%3A.+; Path=\/; HttpOnly$/)]);
    const { id } = extrasOf((await connections.next()).request).session;
    const answer = await go(visitor);
    expect(opened).toContain(answer.status);
    expect(cookiesOf(answer)).toEqual([]);
    expect(extrasOf((await connections.next()).request).session).toMatchObject({ id, visits: 2 });
  });

  it("saves what a long-polling request has changed by itself, at the end of its answer", async () => {
    const count: Middleware = (request, _response, next) => {
      const { session: current } = extrasOf(request);
      current.visits = (current.visits ?? 0) + 1;
      next();
    };
    const { port, connections } = await world([sessions(), count]);
    const visitor = new Visitor(port);
    const sid = await visitor.openPolling();
    await visitor.poll(`&sid=${sid}`, { method: "POST", body: "4a" });
    await visitor.openPolling();
    await connections.next();
    expect(extrasOf((await connections.next()).request).session.visits).toBe(3);
  });

  it("sets its cookie on the 101 of a visitor who has none", async () => {
    const { port, connections } = await world([sessions(), countVisit]);
    const visitor = new Visitor(port);
    expect(cookiesOf(await visitor.webSocket())).toEqual([expect.stringMatching(/^connect\.sid=/)]);
    await connections.next();
    expect(cookiesOf(await visitor.poll())).toEqual([]);
    expect(extrasOf((await connections.next()).request).session.visits).toBe(2);
  });

  it("shares its cookie's answer with the engine's own, and with those of other middlewares", async () => {
    const others: Middleware = (_request, response, next) => {
      response.appendHeader("Set-Cookie", ["a=1; Path=/", "b=2, 3; Path=/"]);
      next();
    };
    const { port } = await world([sessions(), others], { cookie: true });
    const names = (lines: string[]) => lines.map((line) => line.slice(0, line.indexOf("="))).toSorted();
    expect(names(cookiesOf(await new Visitor(port).poll()))).toEqual(["a", "b", "connect.sid", "io"]);
    expect(names(cookiesOf(await new Visitor(port).webSocket()))).toEqual(["a", "b", "connect.sid"]);
  });
});

describe("helmet", () => {
  const security = {
    "content-security-policy": expect.stringContaining("default-src 'self'"),
    "strict-transport-security": expect.stringMatching(/^max-age=\d+; includeSubDomains$/),
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
  };

  it.each(WAYS)("sets its headers on the answer to %s", async (_title, go) => {
    const { port } = await world([helmet()]);
    const answer = await go(new Visitor(port));
    expect(opened).toContain(answer.status);
    expect(answer.headers).toMatchObject(security);
  });

  it("sets them on refusals, and lets cors answer preflights", async () => {
    const { port } = await world([helmet()], { cors: { origin: "http://good" } });
    const visitor = new Visitor(port, { origin: "http://good" });
    const allowed = { ...security, "access-control-allow-origin": "http://good" };
    expect(await visitor.poll("&sid=unknown")).toMatchObject({ status: 400, headers: allowed });
    expect(await visitor.webSocket("&sid=unknown")).toMatchObject({ status: 400, headers: allowed });
    const preflight = await visitor.poll("&sid=unknown", { method: "OPTIONS" });
    expect(preflight).toMatchObject({
      status: 204,
      headers: { "access-control-allow-origin": "http://good" },
    });
  });
});

/** Who sends `Authorization: Bearer <name>` is that user. */
class BearerStrategy extends passport.Strategy {
  override name = "bearer";

  override authenticate(request: { headers: IncomingMessage["headers"] }): void {
    const [scheme, name] = request.headers.authorization?.split(" ") ?? [];
    if (scheme === "Bearer" && name !== undefined) this.success({ name });
    else this.fail("Bearer", 401);
  }
}

describe("passport", () => {
  function chain(): Middleware[] {
    const authenticator = new passport.Passport();
    authenticator.use(new BearerStrategy());
    return [authenticator.initialize(), authenticator.authenticate("bearer", { session: false })];
  }

  it.each(WAYS)("puts the user on the request of %s, for allowRequest too", async (_title, go) => {
    const asked: unknown[] = [];
    const { port, connections } = await world(chain(), {
      allowRequest: (request, callback) => {
        asked.push(extrasOf(request).user);
        callback(null, true);
      },
    });
    const answer = await go(new Visitor(port, { authorization: "Bearer Ada" }));
    expect(opened).toContain(answer.status);
    expect(extrasOf((await connections.next()).request).user).toEqual({ name: "Ada" });
    expect(asked).toEqual([{ name: "Ada" }]);
  });

  it.each(WAYS.slice(0, 2))("turns strangers away in %s with its own answer", async (_title, go) => {
    const { port } = await world(chain());
    expect(await go(new Visitor(port))).toMatchObject({
      status: 401,
      headers: { "www-authenticate": "Bearer" },
      body: "Unauthorized",
    });
  });
});

describe("a middleware that listens to the response", () => {
  const listening = () => {
    const heard = new Arrivals<string>();
    const middleware: Middleware = (_request, response, next) => {
      response.once("close", () => heard.push(`closed after ${response.statusCode}`));
      next();
    };
    return { heard, middleware };
  };

  it("hears its end, refused upgrades included", async () => {
    const { heard, middleware } = listening();
    const { port } = await world([middleware]);
    const visitor = new Visitor(port);
    await visitor.openPolling();
    await visitor.webSocket("&sid=unknown");
    expect(await heard.take(2)).toEqual(["closed after 200", "closed after 400"]);
  });

  it("hears of the end of a WebSocket once, when it closes", async () => {
    const { heard, middleware } = listening();
    const { port, connections } = await world([middleware]);
    const webSocket = await new Visitor(port).webSocket();
    const connection = await connections.next();
    expect(heard.pending).toEqual([]);
    const closed = new Promise((resolve) => connection.once("close", resolve));
    webSocket.close();
    await closed;
    expect(await heard.next()).toBe("closed after 101");
    expect(heard.pending).toEqual([]);
  });
});

describe("the query on a request", () => {
  it("is there for middlewares and in connection.request", async () => {
    const seen: unknown[] = [];
    const { port, connections } = await world([
      (request, _response, next) => {
        seen.push(Reflect.get(request, "_query"));
        next();
      },
    ]);
    await new Visitor(port).webSocket("&token=a");
    seen.push(Reflect.get((await connections.next()).request ?? {}, "_query"));
    const query = { EIO: "4", transport: "websocket", token: "a" };
    expect(seen).toEqual([query, query].map((each) => Object.assign(Object.create(null), each) as object));
  });
});
