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
  test("reports a refused connection with its request, code, message and context", async () => {
    const world = await World.start();
    const refused = called<[unknown]>("connection_error");
    world.io.engine.on("connection_error", refused.fn);
    await fetch(`${world.url}${HANDSHAKE}&sid=sunken`);
    expect((await refused.args)[0]).toMatchObject({
      req: expect.objectContaining({ method: "GET" }),
      code: 1,
      message: "Session ID unknown",
      context: { sid: "sunken" },
    });
  });

  test("emits headers before every response, and sends the headers of a listener", async () => {
    const world = await World.start();
    world.io.engine.on("headers", (headers, request) => {
      const { vessel } = parseCookie(request.headers.cookie ?? "");
      if (vessel === undefined) {
        headers["set-cookie"] = stringifySetCookie({ name: "vessel", value: "aurora", path: "/" });
      }
    });
    const ask = (cookie: string) => fetch(world.url + HANDSHAKE, { headers: { cookie } });
    expect(cookiesOf(await ask("flag=fi"))).toEqual({ vessel: "aurora" });
    expect(cookiesOf(await ask("vessel=aurora"))).toEqual({});
  });

  test("emits initial_headers only before the first response of a session", async () => {
    const world = await World.start();
    world.io.engine.on("initial_headers", (headers) => {
      headers["set-cookie"] = stringifySetCookie({ name: "berth", value: "b7", httpOnly: true });
    });
    const first = await fetch(world.url + HANDSHAKE);
    expect(cookiesOf(first)).toEqual({ berth: "b7" });
    const { sid } = JSON.parse((await first.text()).slice(1)) as { sid: string };
    const posted = await fetch(`${world.url}${HANDSHAKE}&sid=${sid}`, { method: "POST", body: "40" });
    expect(cookiesOf(posted)).toEqual({});
  });

  test("passes the request of allowRequest on to initial_headers", async () => {
    type Cleared = IncomingMessage & { permit?: string };
    const permitFor = ({ method }: IncomingMessage) => Promise.resolve(`permit-${method}`);
    const world = await World.start({
      allowRequest: async (request: Cleared, decide) => {
        request.permit = await permitFor(request);
        decide(null, true);
      },
    });
    world.io.engine.on("initial_headers", (headers, { permit }: Cleared) => {
      if (permit === undefined) return;
      headers["set-cookie"] = stringifySetCookie({ name: "permit", value: permit });
    });
    expect(cookiesOf(await fetch(world.url + HANDSHAKE))).toEqual({ permit: "permit-GET" });
  });

  test("counts connected clients, including clients without a namespace", async () => {
    const world = await World.start();
    expect(world.io.engine.clientsCount).toBe(0);
    await world.client();
    await world.raw();
    expect(world.io.engine.clientsCount).toBe(2);
    expect(world.io.of("/").sockets.size).toBe(1);
  });

  test("generates session ids with a replaceable function", async () => {
    const world = await World.start();
    const generated: string[] = [];
    world.io.engine.generateId = () => {
      generated.push(`vessel-${randomUUID()}`);
      return generated.at(-1) ?? "";
    };
    const client = await world.client();
    expect(generated).toHaveLength(1);
    expect(client.io.engine.id).toBe(generated[0]);
    expect(world.socketOf(client).conn.id).toBe(generated[0]);
  });

  test("handles an upgrade from the application, next to a plain WebSocket server", async () => {
    const httpServer = httpServerOfThisTest();
    const radio = new WebSocketServer({ noServer: true });
    const io = closedAfterwards(new Server(httpServer));
    echoing(io);
    radio.on("connection", (channel) => channel.send("tide rising"));
    httpServer.removeAllListeners("upgrade");
    httpServer.on("upgrade", (request, duplex, head) => {
      const { pathname } = new URL(request.url ?? "", "http://harbour.test");
      switch (pathname) {
        case "/socket.io/":
          io.engine.handleUpgrade(request, duplex, head);
          break;
        case "/radio":
          radio.handleUpgrade(request, duplex, head, (channel) => radio.emit("connection", channel));
          break;
        default:
          duplex.destroy();
      }
    });
    httpServer.listen(0);

    const origin = await originOf(httpServer);
    const client = await connected(clientOf(origin, "/", { transports: ["websocket"] }));
    expect(await echoed(client, Buffer.from("anchor"))).toEqual(Buffer.from("anchor"));
    const plain = new WebSocket(`${origin.replace("http", "ws")}/radio`);
    const [message] = await once(plain, "message");
    expect(String(message)).toBe("tide rising");
    plain.terminate();
    const [error] = await once(new WebSocket(`${origin.replace("http", "ws")}/reef`), "error");
    expect(error).toBeInstanceOf(Error);
  });
});

describe("a middleware of the engine", () => {
  test("runs for every request, including upgrades", async () => {
    const world = await World.start();
    const seen = new Set<string>();
    world.io.engine.use(({ method, headers }, _response, go) => {
      seen.add(`${method} ${headers.upgrade ?? "plain"}`);
      go();
    });
    const client = world.connecting();
    await Promise.all([once(client, "connect"), once(client.io.engine, "upgrade")]);
    expect(seen).toEqual(new Set(["GET plain", "POST plain", "GET websocket"]));
  });

  test("can be express-session, with one session for all requests of a client", async () => {
    const world = await World.start();
    world.io.engine.use(
      session({
        secret: "lighthouse",
        cookie: { secure: false },
        resave: false,
        saveUninitialized: true,
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

  test("can be helmet", async () => {
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
