import type { IncomingMessage } from "node:http";
import session from "express-session";
import passport from "passport";
import { afterEach, describe, expect, it } from "vitest";
import { type RunningEngine, startEngine, stopEngines } from "../running-engine.ts";
import { serveBeside } from "./beside.ts";
import { type Answer, Visitor, WAYS } from "./visitor.ts";

afterEach(stopEngines);

interface User {
  readonly name: string;
}

function userOf(request: IncomingMessage | null): unknown {
  return (request as unknown as { user?: unknown }).user;
}

/** Who sends `Authorization: Bearer <name>` is that user. */
class BearerStrategy extends passport.Strategy {
  override name = "bearer";

  override authenticate(request: { headers: IncomingMessage["headers"] }): void {
    const [scheme, name] = request.headers.authorization?.split(" ") ?? [];
    if (scheme === "Bearer" && name !== undefined) this.success({ name });
    else this.fail("Bearer", 401);
  }
}

function createPassport(): passport.Authenticator {
  const authenticator = new passport.Passport();
  authenticator.use(new BearerStrategy());
  authenticator.serializeUser((user, done) => done(null, (user as User).name));
  authenticator.deserializeUser((name: string, done) => done(null, { name }));
  return authenticator;
}

/**
 * A server whose `/login` opens a session for the bearer, and whose engine gets the user from the
 * session.
 */
async function startWithSessions(): Promise<RunningEngine> {
  const authenticator = createPassport();
  const chain = [
    session({ secret: "a secret", resave: false, saveUninitialized: false }),
    authenticator.initialize(),
    authenticator.session(),
  ];
  const running = await startEngine({
    prepare: (engine) => chain.forEach((each) => engine.use(each)),
    allowRequest: (request, callback) => callback("no user", userOf(request) !== undefined),
  });
  const login = [...chain, authenticator.authenticate("bearer")];
  serveBeside(running, "/login", (request, response) => {
    const go = (index: number): unknown =>
      login[index] === undefined
        ? response.end("welcome")
        : login[index](request, response, () => go(index + 1));
    go(0);
  });
  return running;
}

describe("passport", () => {
  it.each(WAYS)("knows the user of a session in %s", async (_title, go) => {
    const running = await startWithSessions();
    const visitor = new Visitor(running.port, { authorization: "Bearer Ada" });
    expect((await visitor.request({ path: "/login" })).status).toBe(200);
    expect([101, 200]).toContain((await go(visitor)).status);
    const { connection } = await running.clients.next();
    expect(userOf(connection.request)).toEqual({ name: "Ada" });
    visitor.leave();
  });

  it("leaves a request without a session to allowRequest", async () => {
    const running = await startWithSessions();
    const stranger = new Visitor(running.port);
    expect((await stranger.request({ path: "/login" })).status).toBe(401);
    expect(await stranger.handshake()).toMatchObject({ status: 403, body: '{"code":4,"message":"no user"}' });
    expect(await stranger.webSocket()).toMatchObject({ status: 400, body: "no user" });
  });

  it.each(WAYS)("authenticates each request by itself in %s", async (_title, go) => {
    const authenticator = createPassport();
    const running = await startEngine({
      prepare: (engine) =>
        engine.use(authenticator.initialize()).use(authenticator.authenticate("bearer", { session: false })),
    });
    const visitor = new Visitor(running.port, { authorization: "Bearer Grace" });
    expect([101, 200]).toContain((await go(visitor)).status);
    expect(userOf((await running.clients.next()).connection.request)).toEqual({ name: "Grace" });
    visitor.leave();
    for (const [, knock] of WAYS.slice(0, 2)) {
      const answer: Answer = await knock(new Visitor(running.port));
      expect(answer).toMatchObject({
        status: 401,
        headers: { "www-authenticate": "Bearer" },
        body: "Unauthorized",
      });
    }
    expect(running.engine.clientsCount).toBeLessThanOrEqual(1);
  });
});
