import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Middleware } from "@skein/engine";
import { parseCookie, parseSetCookie, stringifySetCookie } from "cookie";
import session from "express-session";
import helmet from "helmet";
import { describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { Server } from "../../../src/index.ts";
import { called, once } from "../../behaviour/waiting.ts";
import { World } from "../../support/world.ts";
import {
  clientOf,
  closedAfterwards,
  connected,
  echoed,
  echoing,
  httpServerOfThisTest,
  originOf,
} from "../support.ts";

const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";

/** What the cookies of a response say, by name. */
function cookiesOf(response: Response): Record<string, string | undefined> {
  return Object.fromEntries(
    response.headers.getSetCookie().map((text) => {
      const { name, value } = parseSetCookie(text);
      return [name, value];
    }),
  );
}

describe("the engine", () => {
  test("tells of connections that it refuses", async () => {
    const world = await World.start();
    const refused = called<[unknown]>("connection_error");
    world.io.engine.on("connection_error", refused.fn);
    await fetch(`${world.url}${HANDSHAKE}&sid=unknown`);
    expect((await refused.args)[0]).toMatchObject({
      req: expect.objectContaining({ method: "GET" }),
      code: 1,
      message: "Session ID unknown",
      context: { sid: "unknown" },
    });
  });

  test("lets the headers of every response be changed", async () => {
    const world = await World.start();
    world.io.engine.on("headers", (headers, request) => {
      if (!request.headers.cookie) return;
      const cookies = parseCookie(request.headers.cookie);
      if (!cookies["randomId"]) {
        headers["set-cookie"] = stringifySetCookie({ name: "randomId", value: "abc", maxAge: 86_400 });
      }
    });
    const ask = (cookie: string) => fetch(world.url + HANDSHAKE, { headers: { cookie } });
    expect(cookiesOf(await ask("other=1"))).toEqual({ randomId: "abc" });
    expect(cookiesOf(await ask("randomId=abc"))).toEqual({});
  });

  test("lets the headers of the first response of a session be changed", async () => {
    const world = await World.start();
    world.io.engine.on("initial_headers", (headers) => {
      headers["set-cookie"] = stringifySetCookie({ name: "uid", value: "1234", sameSite: "strict" });
    });
    const first = await fetch(world.url + HANDSHAKE);
    expect(cookiesOf(first)).toEqual({ uid: "1234" });
    const { sid } = JSON.parse((await first.text()).slice(1)) as { sid: string };
    const posted = await fetch(`${world.url}${HANDSHAKE}&sid=${sid}`, { method: "POST", body: "40" });
    expect(cookiesOf(posted)).toEqual({});
  });

  test("lets what is looked up before the handshake decide on its headers", async () => {
    type WithSession = IncomingMessage & { session?: { id: string } };
    const fetchSession = (req: IncomingMessage) => Promise.resolve({ id: `of ${req.method}` });
    const world = await World.start({
      allowRequest: async (req: WithSession, callback) => {
        req.session = await fetchSession(req);
        callback(null, true);
      },
    });
    world.io.engine.on("initial_headers", (headers, req: WithSession) => {
      if (req.session) {
        headers["set-cookie"] = stringifySetCookie({
          name: "sid",
          value: req.session.id,
          sameSite: "strict",
        });
      }
    });
    expect(cookiesOf(await fetch(world.url + HANDSHAKE))).toEqual({ sid: "of GET" });
  });

  test("counts its clients, also those that are in no namespace", async () => {
    const world = await World.start();
    expect(world.io.engine.clientsCount).toBe(0);
    await world.client();
    await world.raw();
    expect(world.io.engine.clientsCount).toBe(2);
    expect(world.io.of("/").sockets.size).toBe(1);
  });

  test("takes its session ids from a function that may be replaced", async () => {
    const world = await World.start();
    const made: string[] = [];
    world.io.engine.generateId = () => {
      const id = randomUUID();
      made.push(id);
      return id; // must be unique across all Socket.IO servers
    };
    const client = await world.client();
    expect(made).toHaveLength(1);
    expect(client.io.engine.id).toBe(made[0]);
    expect(world.socketOf(client).conn.id).toBe(made[0]);
  });

  test("takes an upgrade that the application hands over, beside a plain WebSocket server", async () => {
    const httpServer = httpServerOfThisTest();
    const wss = new WebSocketServer({ noServer: true });
    const io = closedAfterwards(new Server(httpServer));
    echoing(io);
    wss.on("connection", (ws) => ws.send("plain"));
    httpServer.removeAllListeners("upgrade");
    httpServer.on("upgrade", (req, socket, head) => {
      if (req.url === "/") {
        wss.handleUpgrade(req, socket, head, (ws) => {
          wss.emit("connection", ws, req);
        });
      } else if (req.url?.startsWith("/socket.io/")) {
        io.engine.handleUpgrade(req, socket, head);
      } else {
        socket.destroy();
      }
    });
    httpServer.listen(0);

    const origin = await originOf(httpServer);
    const client = await connected(clientOf(origin, "/", { transports: ["websocket"] }));
    expect(await echoed(client, Buffer.from("x"))).toEqual(Buffer.from("x"));
    const plain = new WebSocket(`${origin.replace("http", "ws")}/`);
    const [message] = await once(plain, "message");
    expect(String(message)).toBe("plain");
    plain.terminate();
    const [error] = await once(new WebSocket(`${origin.replace("http", "ws")}/other`), "error");
    expect(error).toBeInstanceOf(Error);
  });
});

describe("a middleware of the engine", () => {
  test("sees every request, upgrades too", async () => {
    const world = await World.start();
    const seen = new Set<string>();
    world.io.engine.use((req, _res, go) => {
      seen.add(`${req.method} ${req.headers.upgrade ?? "plain"}`);
      // do something
      go();
    });
    const client = world.connecting();
    await Promise.all([once(client, "connect"), once(client.io.engine, "upgrade")]);
    expect(seen).toEqual(new Set(["GET plain", "POST plain", "GET websocket"]));
  });

  test("may be the one of express-session, whose session is one for all requests of a client", async () => {
    const world = await World.start();
    world.io.engine.use(
      session({
        secret: "keyboard cat",
        resave: false,
        saveUninitialized: true,
        cookie: { secure: false },
      }) as Middleware,
    );
    const response = await fetch(world.url + HANDSHAKE);
    const [cookie] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^connect\.sid=s%3A/);
    const ids = called<[string, string]>("the session of a connection");
    world.io.on("connection", (socket) => {
      const { sessionID } = socket.request as IncomingMessage & { sessionID: string };
      ids.fn(sessionID, String(socket.handshake.headers.cookie));
    });
    await world.client("/", { transports: ["websocket"], extraHeaders: { cookie: cookie ?? "" } });
    const [id] = await ids.args;
    expect(decodeURIComponent(cookie ?? "")).toContain(`s:${id}.`);
  });

  test("may be helmet", async () => {
    const world = await World.start();
    echoing(world.io);
    world.io.engine.use(helmet());
    const response = await fetch(world.url + HANDSHAKE);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'self'");
    for (const transports of [["polling"], ["websocket"]]) {
      const client = await world.client("/", { transports });
      expect(await echoed(client, 1)).toBe(1);
    }
  });
});
