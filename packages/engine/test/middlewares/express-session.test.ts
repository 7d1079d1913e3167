import type { IncomingMessage } from "node:http";
import session from "express-session";
import type { Middleware } from "@skein/engine";
import { afterEach, describe, expect, it } from "vitest";
import { type RunningEngine, startEngine, stopEngines } from "../running-engine.ts";
import { serveBeside } from "./beside.ts";
import { cookiesOf } from "@skein/testkit";
import { Visitor, WAYS } from "./visitor.ts";

afterEach(stopEngines);

declare module "express-session" {
  interface SessionData {
    visits?: number;
    user?: string;
  }
}

type Session = session.Session & Partial<session.SessionData>;

function sessionOf(request: IncomingMessage | null): Session {
  return (request as unknown as { session: Session }).session;
}

/**
 * Counts the visit. Saves explicitly, because sessions are saved at the end of a request, and a
 * WebSocket's never ends.
 */
function countVisit(request: IncomingMessage, _response: unknown, next: (error?: unknown) => void): void {
  const current = sessionOf(request);
  current.visits = (current.visits ?? 0) + 1;
  current.save(next);
}

const created = (): Middleware => session({ secret: "a secret", resave: false, saveUninitialized: true });

function startCounting(options: Parameters<typeof startEngine>[0] = {}): Promise<RunningEngine> {
  const sessions = created();
  return startEngine({ ...options, prepare: (engine) => void engine.use(sessions).use(countVisit) });
}

describe("express-session", () => {
  it.each(WAYS)("sets its cookie once and finds its session again in %s", async (_title, go) => {
    const running = await startCounting();
    const visitor = new Visitor(running.port);
    const first = await visitor.handshake();
    expect(cookiesOf(first)).toEqual([expect.stringMatching(/^connect\.sid=s%3A.+; Path=\/; HttpOnly$/)]);
    const { connection } = await running.clients.next();
    const id = sessionOf(connection.request).id;
    const answer = await go(visitor);
    expect([101, 200]).toContain(answer.status);
    expect(cookiesOf(answer)).toEqual([]);
    const last = (await running.clients.next()).connection;
    expect(sessionOf(last.request).id).toBe(id);
    expect(sessionOf(last.request).visits).toBeGreaterThan(1);
    visitor.leave();
  });

  it("sets its cookie on the 101 of a visitor who has none", async () => {
    const running = await startCounting();
    const visitor = new Visitor(running.port);
    const answer = await visitor.webSocket();
    expect(cookiesOf(answer)).toEqual([expect.stringMatching(/^connect\.sid=/)]);
    const { connection } = await running.clients.next();
    expect(cookiesOf(await visitor.handshake())).toEqual([]);
    const second = (await running.clients.next()).connection;
    expect(sessionOf(second.request).id).toBe(sessionOf(connection.request).id);
    expect(sessionOf(second.request).visits).toBe(2);
    visitor.leave();
  });

  it("sees each request of a connection: polls, pushes and its upgrade", async () => {
    const running = await startCounting();
    const visitor = new Visitor(running.port);
    const sid = await visitor.openPolling();
    await visitor.push(sid, "4a");
    const { connection, messages } = await running.clients.next();
    expect(await messages.next()).toBe("a");
    connection.send("b");
    expect((await visitor.poll(sid)).body).toBe("4b");
    expect((await visitor.webSocket(sid)).status).toBe(101);
    const stored = sessionOf(connection.request);
    await new Promise((resolve) => stored.reload(resolve));
    expect(sessionOf(connection.request).visits).toBe(4);
    visitor.leave();
  });

  it("shares its cookie's answer with the engine's own, and with those of other middlewares", async () => {
    const sessions = created();
    const running = await startEngine({
      cookie: true,
      prepare: (engine) =>
        engine.use(sessions).use((_request, response, next) => {
          response.appendHeader("Set-Cookie", ["a=1; Path=/", "b=2, 3; Path=/"]);
          next();
        }),
    });
    const names = (lines: string[]) => lines.map((line) => line.slice(0, line.indexOf("="))).toSorted();
    const visitor = new Visitor(running.port);
    expect(names(cookiesOf(await visitor.handshake()))).toEqual(["a", "b", "connect.sid", "io"]);
    const other = new Visitor(running.port);
    expect(names(cookiesOf(await other.webSocket()))).toEqual(["a", "b", "connect.sid"]);
    other.leave();
  });

  it("shares it with cookies of the header events, in whatever case", async () => {
    const sessions = created();
    const running = await startEngine({
      cookie: true,
      prepare: (engine) => {
        engine.use(sessions).on("initial_headers", (headers) => {
          headers["set-cookie"] = "c=1";
        });
      },
    });
    const visitor = new Visitor(running.port);
    const cookies = cookiesOf(await visitor.handshake()).map((line) => line.slice(0, line.indexOf("=")));
    expect(cookies.toSorted()).toEqual(["c", "connect.sid", "io"]);
  });

  it("lets allowRequest decide by what an ordinary request has put into the session", async () => {
    const sessions = created();
    const running = await startEngine({
      prepare: (engine) => void engine.use(sessions),
      allowRequest: (request, callback) => callback("who are you?", sessionOf(request).user !== undefined),
    });
    serveBeside(running, "/login", (request, response) => {
      sessions(request, response, () => {
        sessionOf(request).user = "Ada";
        response.end("welcome");
      });
    });
    for (const [, go] of WAYS.slice(0, 2)) {
      const stranger = await go(new Visitor(running.port));
      expect([stranger.status, stranger.body]).toEqual([
        expect.any(Number),
        expect.stringContaining("who are you?"),
      ]);
      expect(stranger.status).not.toBe(101);
    }
    for (const [, go] of WAYS) {
      const visitor = new Visitor(running.port);
      await visitor.request({ path: "/login" });
      expect([101, 200]).toContain((await go(visitor)).status);
      expect(sessionOf((await running.clients.next()).connection.request).user).toBe("Ada");
      visitor.leave();
    }
  });

  it("lets a connection change the session long after its handshake", async () => {
    const running = await startCounting();
    const visitor = new Visitor(running.port);
    await visitor.webSocket();
    const { connection } = await running.clients.next();
    const held = sessionOf(connection.request);
    held.user = "Grace";
    await new Promise((resolve) => held.save(resolve));
    await visitor.handshake();
    expect(sessionOf((await running.clients.next()).connection.request).user).toBe("Grace");
    visitor.leave();
  });
});
