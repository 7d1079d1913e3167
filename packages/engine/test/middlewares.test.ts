import { exchangeText, networkClient } from "@skein/testkit";
import { EngineError, Server } from "@skein/engine";
import { afterEach, describe, expect, it } from "vitest";
import { startEngine, stopEngines } from "./running-engine.ts";

afterEach(stopEngines);

const HANDSHAKE = "/engine.io/?EIO=4&transport=polling";
const WEBSOCKET = "/engine.io/?EIO=4&transport=websocket";
const FAILURE = '{"code":3,"message":"Bad request"}';

describe("middlewares", () => {
  it("see every request of the path in their order, upgrades included, and no others", async () => {
    const seen: string[] = [];
    const running = await startEngine({
      prepare: (engine) => {
        engine.use((request, _response, next) => {
          seen.push(`1 ${request.method}`);
          next();
        });
        engine.use(async (_request, _response, next) => {
          seen.push("2");
          next();
        });
      },
    });
    const client = running.polling();
    await client.handshake();
    await client.push("4a");
    (await running.webSocket()).end();
    await client.request({ path: "/elsewhere" });
    expect(seen).toEqual(["1 GET", "2", "1 POST", "2", "1 GET", "2"]);
  });

  it("that replace the end of a response get its body as a whole", async () => {
    const ended: unknown[] = [];
    const running = await startEngine({
      prepare: (engine) => {
        engine.use((_request, response, next) => {
          const end = response.end.bind(response) as (body: unknown) => typeof response;
          response.end = ((body: unknown) => {
            ended.push(body);
            return end(body);
          }) as typeof response.end;
          next();
        });
      },
    });
    const answer = await running.polling().request({ path: HANDSHAKE });
    expect(ended).toEqual([answer.body.toString()]);
    expect(answer.body.toString()).toContain('"sid"');
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("broken");
      },
    ],
    ["rejects", async () => Promise.reject(new Error("broken"))],
    [
      "passes an error on",
      (_request: unknown, _response: unknown, next: (error: unknown) => void) => next(new Error("broken")),
    ],
    [
      "passes an error on later",
      (_request: unknown, _response: unknown, next: (error: unknown) => void) =>
        void setImmediate(next, "broken"),
    ],
  ])("refuse the request when one %s", async (title, middleware) => {
    const running = await startEngine({ prepare: (engine) => void engine.use(middleware) });
    const answer = await running.polling().request({});
    expect([answer.status, answer.body.toString()]).toEqual([400, FAILURE]);
    const upgrade = await networkClient(running.port).webSocket(WEBSOCKET);
    expect(upgrade).toMatchObject({
      kind: "refused",
      response: { status: 400, body: Buffer.from("Bad request") },
    });
    expect(running.refusals.map(({ code, context }) => [code, context["name"]])).toEqual([
      [3, "MIDDLEWARE_FAILURE"],
      [3, "MIDDLEWARE_FAILURE"],
    ]);
    const told = title.startsWith("passes") ? undefined : new Error("broken");
    expect(running.refusals.map(({ context }) => context["error"])).toEqual([told, told]);
  });

  it("may call next twice without an effect", async () => {
    const running = await startEngine({
      prepare: (engine) =>
        void engine.use((_request, _response, next) => {
          next();
          next(new Error("too late"));
          next();
        }),
    });
    await running.polling().handshake();
    expect(running.engine.clientsCount).toBe(1);
  });

  it("may answer themselves, requests and upgrades alike", async () => {
    const running = await startEngine({
      prepare: (engine) =>
        void engine.use((_request, response) => {
          response.writeHead(503, { "X-Why": "maintenance" }).end("later");
        }),
    });
    const answer = await running.polling().request({});
    expect([answer.status, answer.body.toString()]).toEqual([503, "later"]);
    const upgrade = await networkClient(running.port).webSocket(WEBSOCKET);
    expect(upgrade).toMatchObject({
      kind: "refused",
      response: { status: 503, headers: { "x-why": "maintenance" } },
    });
  });

  it("that fail after they began an answer only have it ended", async () => {
    const running = await startEngine({
      prepare: (engine) =>
        void engine.use((_request, response, next) => {
          response.writeHead(202);
          next(new Error("broken"));
        }),
    });
    const answer = await running.polling().request({});
    expect([answer.status, answer.body.length]).toEqual([202, 0]);
  });

  it("have their headers sent with every kind of answer", async () => {
    const running = await startEngine({
      prepare: (engine) =>
        void engine.use((_request, response, next) => {
          response.setHeader("X-Kept", "yes");
          next();
        }),
    });
    expect((await running.polling().request({})).headers["x-kept"]).toBe("yes");
    const refused = await running.polling().request({ path: "/engine.io/?transport=x" });
    expect([refused.status, refused.headers["x-kept"]]).toEqual([400, "yes"]);
    const upgrade = await networkClient(running.port).webSocket(WEBSOCKET);
    expect(upgrade).toMatchObject({ kind: "open", webSocket: { headers: { "x-kept": "yes" } } });
  });

  it("may hook writeHead of an upgrade, and hear when its connection closes", async () => {
    const events: string[] = [];
    const running = await startEngine({
      prepare: (engine) =>
        void engine.use((_request, response, next) => {
          const writeHead = response.writeHead.bind(response);
          response.writeHead = (status: number) => {
            response.setHeader("Set-Cookie", "session=1");
            return writeHead(status);
          };
          response.on("close", () => events.push("close"));
          next();
        }),
    });
    const upgrade = await networkClient(running.port).webSocket(WEBSOCKET);
    if (upgrade.kind !== "open") throw new Error("not opened");
    expect(upgrade.webSocket.headers["set-cookie"]).toEqual(["session=1"]);
    upgrade.webSocket.terminate();
    await (await running.clients.next()).ended;
    await new Promise((resolve) => setImmediate(resolve));
    expect(events).toEqual(["close"]);
  });
});

describe("the cors option", () => {
  it("answers preflight requests, and marks every answer", async () => {
    const running = await startEngine({ cors: { origin: "http://good" } });
    const preflight = await exchangeText(running.port, [
      `OPTIONS ${HANDSHAKE}&sid=unknown HTTP/1.1`,
      "Origin: http://good",
    ]);
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toContainEqual([
      "Access-Control-Allow-Methods",
      "GET,HEAD,PUT,PATCH,POST,DELETE",
    ]);
    const refused = await running.polling().request({ path: "/engine.io/?transport=x" });
    expect([refused.status, refused.headers["access-control-allow-origin"]]).toEqual([400, "http://good"]);
    const opened = await running.polling().request({});
    expect(opened.headers["access-control-allow-origin"]).toBe("http://good");
  });

  it("is off by default", async () => {
    const running = await startEngine();
    const answer = await running.polling().request({ headers: { origin: "http://any" } });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    expect((await running.polling().request({ method: "OPTIONS" })).status).toBe(400);
  });
});

describe("the cookie option", () => {
  it.each([
    [true, (sid: string) => `io=${sid}; Path=/; HttpOnly; SameSite=Lax`],
    [{ name: "s", path: false as const }, (sid: string) => `s=${sid}; HttpOnly; SameSite=Lax`],
    [
      { httpOnly: false, maxAge: 60, sameSite: "none" as const, secure: true },
      (sid: string) => `io=${sid}; Max-Age=60; Path=/; Secure; SameSite=None`,
    ],
  ])("%j is sent with the polling handshake only", async (cookie, expected) => {
    const running = await startEngine({ cookie });
    const client = running.polling();
    const { headers, body } = await client.request({});
    const { sid } = JSON.parse(body.toString().slice(1)) as { sid: string };
    expect(headers["set-cookie"]).toEqual([expected(sid)]);
    const push = await client.request({ path: `${client.target()}&sid=${sid}`, method: "POST", body: "4a" });
    expect(push.headers["set-cookie"]).toBeUndefined();
    expect((await running.webSocket()).head).not.toContain("ookie");
  });
});

describe("header events", () => {
  it("let every answer but a refusal be changed, and tell which is the first", async () => {
    const running = await startEngine({ cookie: true });
    const told: string[] = [];
    running.engine.on("initial_headers", (headers, request) => {
      told.push(`initial ${request.method} ${String(headers["Set-Cookie"]).slice(0, 3)}`);
      headers["x-first"] = "1";
    });
    running.engine.on("headers", (headers, request) => {
      told.push(`headers ${request.method}`);
      headers["x-every"] = "1";
    });
    const client = running.polling();
    const first = await client.request({});
    expect([first.headers["x-first"], first.headers["x-every"]]).toEqual(["1", "1"]);
    const { sid } = JSON.parse(first.body.toString().slice(1)) as { sid: string };
    const second = await client.request({
      path: `${client.target()}&sid=${sid}`,
      method: "POST",
      body: "4a",
    });
    expect([second.headers["x-first"], second.headers["x-every"]]).toEqual([undefined, "1"]);
    await client.request({ path: "/engine.io/?transport=x" });
    expect(told).toEqual(["initial GET io=", "headers GET", "headers POST"]);
  });

  it("also come with the 101, direct and of an upgrade", async () => {
    const running = await startEngine();
    running.engine.on("initial_headers", (headers) => {
      headers["x-first"] = "1";
    });
    running.engine.on("headers", (headers) => {
      headers["x-every"] = ["1", "2"];
    });
    const direct = await running.webSocket();
    expect(direct.head).toContain("\r\nx-first: 1\r\nx-every: 1\r\nx-every: 2");
    const client = running.polling();
    await client.handshake();
    const upgrade = await running.webSocket(`&sid=${client.sid}`);
    expect(upgrade.head).toContain("\r\nx-every: 1\r\nx-every: 2");
    expect(upgrade.head).not.toContain("x-first");
    direct.end();
    upgrade.end();
  });

  it("can't split a response", async () => {
    const running = await startEngine();
    running.engine.on("headers", (headers) => {
      headers["x-bad"] = "a\r\nx-injected: 1";
    });
    await expect(running.polling().request({})).rejects.toBeInstanceOf(Error);
    expect((await running.webSocket()).status).toBe(500);
  });
});

describe("options", () => {
  it("take undefined for the default", () => {
    const { opts } = new Server({ pingInterval: undefined, transports: undefined });
    expect(opts).toMatchObject({ pingInterval: 25_000, transports: ["polling", "websocket"] });
  });

  it.each([
    [{ pingInterval: -1 }, "pingInterval"],
    [{ pingTimeout: Number.NaN }, "pingTimeout"],
    [{ upgradeTimeout: "10" as unknown as number }, "upgradeTimeout"],
    [{ maxHttpBufferSize: 0 }, "maxHttpBufferSize"],
    [{ transports: ["smoke" as "polling"] }, "transports"],
    [{ transports: [] }, "transports"],
  ])("refuse %j", (options, name) => {
    expect(() => new Server(options)).toThrow(name);
    expect(() => new Server(options)).toThrow(EngineError);
  });

  it("keep what the engine does not know", () => {
    expect(new Server({ custom: 1 } as object).opts).toMatchObject({ custom: 1 });
  });
});
