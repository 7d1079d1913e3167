import { connect } from "node:net";
import {
  Arrivals,
  exchangeBytes,
  exchangeText,
  networkClient,
  RawPolling,
  RawWebSocket,
} from "@skein/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { type RunningEngine, startEngine, stopEngines } from "./running-engine.ts";

afterEach(stopEngines);

interface Expected {
  readonly code: number;
  readonly message: string;
  readonly context: Record<string, unknown>;
}

const UNKNOWN_TRANSPORT = { code: 0, message: "Transport unknown" };
const UNKNOWN_SID = { code: 1, message: "Session ID unknown" };
const BAD_METHOD = { code: 2, message: "Bad handshake method" };
const BAD_REQUEST = { code: 3, message: "Bad request" };
const FORBIDDEN = { code: 4, message: "Forbidden" };
const UNSUPPORTED = { code: 5, message: "Unsupported protocol version" };

function reported(running: RunningEngine): Expected[] {
  return running.refusals.map(({ code, message, context }) => ({ code, message, context: { ...context } }));
}

/** Refusals of plain requests: method, query, and what is answered and reported. */
const REQUESTS: readonly [string, string, Expected][] = [
  ["GET", "", { ...UNKNOWN_TRANSPORT, context: { transport: undefined } }],
  ["GET", "transport=abc&EIO=4", { ...UNKNOWN_TRANSPORT, context: { transport: "abc" } }],
  ["GET", "transport=__proto__", { ...UNKNOWN_TRANSPORT, context: { transport: "__proto__" } }],
  ["GET", "transport=constructor", { ...UNKNOWN_TRANSPORT, context: { transport: "constructor" } }],
  ["GET", "transport=webtransport", { ...UNKNOWN_TRANSPORT, context: { transport: "webtransport" } }],
  ["GET", "transport=polling&sid=abc", { ...UNKNOWN_SID, context: { sid: "abc" } }],
  ["POST", "transport=polling&sid=__proto__", { ...UNKNOWN_SID, context: { sid: "__proto__" } }],
  ["POST", "transport=polling&EIO=4", { ...BAD_METHOD, context: { method: "POST" } }],
  ["OPTIONS", "transport=polling&EIO=4", { ...BAD_METHOD, context: { method: "OPTIONS" } }],
  ["GET", "transport=websocket&EIO=4", { ...BAD_REQUEST, context: { name: "TRANSPORT_HANDSHAKE_ERROR" } }],
  ["GET", "transport=polling", { ...UNSUPPORTED, context: { protocol: 3 } }],
  ["GET", "transport=polling&EIO=5", { ...UNSUPPORTED, context: { protocol: 3 } }],
];

describe("a refused request", () => {
  it.each(REQUESTS)("%s ?%s is answered and reported", async (method, query, expected) => {
    const running = await startEngine();
    const { port } = running;
    const { status, headers, body } = await exchangeText(port, [`${method} /engine.io/?${query} HTTP/1.1`]);
    expect(status).toBe(400);
    expect(headers[0]).toEqual(["Content-Type", "application/json"]);
    expect(JSON.parse(body)).toEqual({ code: expected.code, message: expected.message });
    expect(reported(running)).toEqual([expected]);
    expect(running.refusals[0]?.req.url).toBe(`/engine.io/?${query}`);
    expect(running.engine.clientsCount).toBe(0);
  });

  it("must keep to the transport of its session", async () => {
    const running = await startEngine();
    const webSocket = await running.webSocket();
    const { sid } = JSON.parse((await webSocket.nextText()).slice(1)) as { sid: string };
    const path = `/engine.io/?EIO=4&transport=polling&sid=${sid}`;
    const answer = await new RawPolling(running.port).request({ path });
    expect(answer.status).toBe(400);
    expect(reported(running)).toEqual([
      {
        ...BAD_REQUEST,
        context: { name: "TRANSPORT_MISMATCH", transport: "polling", previousTransport: "websocket" },
      },
    ]);
    webSocket.sendText("4still here");
    expect(await (await running.clients.next()).messages.next()).toBe("still here");
    webSocket.end();
  });

  it("must keep to the revision of its session", async () => {
    const running = await startEngine({ allowEIO3: true });
    const client = running.polling();
    await client.handshake();
    expect((await client.request({ path: client.target("polling", 3) })).status).toBe(400);
    expect((await running.webSocket(`&sid=${client.sid}&EIO=3`)).status).toBe(400);
    const context = { name: "PROTOCOL_MISMATCH", protocol: 3, previousProtocol: 4 };
    expect(reported(running)).toEqual([
      { ...BAD_REQUEST, context },
      { ...BAD_REQUEST, context },
    ]);
    expect(await client.push("4a")).toBe("200 ok");
  });
});

describe("allowRequest", () => {
  it("refuses with its message, or with the general one", async () => {
    const running = await startEngine({
      allowRequest: (request, done) => done(request.headers["x-why"] as string, false),
    });
    const withMessage = await running.polling().request({ headers: { "x-why": "nope" } });
    expect([withMessage.status, withMessage.body.toString()]).toEqual([403, '{"code":4,"message":"nope"}']);
    const without = await running.polling().request({});
    expect([without.status, without.body.toString()]).toEqual([403, '{"code":4,"message":"Forbidden"}']);
    expect(reported(running)).toEqual([
      { ...FORBIDDEN, context: { message: "nope" } },
      { ...FORBIDDEN, context: { message: undefined } },
    ]);
  });

  it("refuses a WebSocket before the 101, as plain text with status 400", async () => {
    const running = await startEngine({ allowRequest: (_request, done) => done("nope", false) });
    const webSocket = await running.webSocket();
    expect(webSocket.head.split("\r\n")).toEqual([
      "HTTP/1.1 400 Bad Request",
      "Connection: close",
      "Content-type: text/html",
      "Content-Length: 4",
    ]);
    await webSocket.closed;
  });

  it("may take its time", async () => {
    const running = await startEngine({
      allowRequest: (_request, done) => void setImmediate(done, null, true),
    });
    await running.polling().handshake();
    const webSocket = await running.webSocket();
    expect(await webSocket.nextText()).toMatch(/^0\{/);
    webSocket.end();
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("broken");
      },
    ],
    ["rejects", async () => Promise.reject(new Error("broken"))],
  ])("refuses when it %s", async (_title, allowRequest) => {
    const running = await startEngine({ allowRequest });
    const { status, body } = await running.polling().request({});
    expect([status, body.toString()]).toEqual([403, '{"code":4,"message":"Forbidden"}']);
    expect(running.refusals[0]?.context).toEqual({ message: undefined, error: new Error("broken") });
    await (await running.webSocket()).closed;
  });

  it("refuses with the message of an error that says itself that clients may see it", async () => {
    const allowRequest = () => Promise.reject(Object.assign(new Error("pay first"), { expose: true }));
    const running = await startEngine({ allowRequest });
    const { body } = await running.polling().request({});
    expect(JSON.parse(body.toString())).toEqual({ code: 4, message: "pay first" });
  });

  it("is asked before the revision, and for handshakes only", async () => {
    let asked = 0;
    const running = await startEngine({
      allowRequest: (_request, done) => {
        asked += 1;
        done(null, true);
      },
    });
    expect((await running.polling().request({ path: "/engine.io/?transport=polling" })).status).toBe(400);
    const client = running.polling();
    await client.handshake();
    await client.push("4a");
    expect(asked).toBe(2);
  });

  it("opens no session for a peer that left meanwhile", async () => {
    const decisions = new Arrivals<() => void>();
    const running = await startEngine({
      allowRequest: (_request, done) => decisions.push(() => done(null, true)),
    });
    const gone = new Arrivals<true>();
    running.http.on("connection", (socket) => socket.on("close", () => gone.push(true)));
    const poll = networkClient(running.port).request({ path: "/engine.io/?EIO=4&transport=polling" });
    const decidePoll = await decisions.next();
    poll.abort();
    await gone.next();
    decidePoll();
    const upgrade = connect(running.port, "127.0.0.1");
    upgrade.write(
      "GET /engine.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    );
    const decideUpgrade = await decisions.next();
    upgrade.resetAndDestroy();
    await gone.next();
    decideUpgrade();
    await new Promise((resolve) => setImmediate(resolve));
    expect(running.clients.pending).toEqual([]);
    expect(running.engine.clientsCount).toBe(0);
  });
});

describe("generateId", () => {
  it("may be replaced, and be asynchronous", async () => {
    const running = await startEngine();
    running.engine.generateId = (request) => Promise.resolve(`id-of-${String(request.headers["x-user"])}`);
    const { body } = await running.polling().request({ headers: { "x-user": "ann" } });
    expect(body.toString()).toContain('"sid":"id-of-ann"');
    expect(running.engine.clients["id-of-ann"]?.id).toBe("id-of-ann");
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("broken");
      },
    ],
    ["rejects", () => Promise.reject(new Error("broken"))],
    ["gives no text", () => 7 as unknown as string],
  ])("refuses the handshake when it %s", async (_title, generateId) => {
    const running = await startEngine();
    running.engine.generateId = generateId;
    expect((await running.polling().request({})).status).toBe(400);
    const webSocket = await running.webSocket();
    expect(webSocket.status).toBe(400);
    expect(reported(running)).toMatchObject([
      { ...BAD_REQUEST, context: { name: "ID_GENERATION_ERROR" } },
      { ...BAD_REQUEST, context: { name: "ID_GENERATION_ERROR" } },
    ]);
  });

  it("refuses an id that is in use", async () => {
    const running = await startEngine();
    running.engine.generateId = () => "twice";
    await running.polling().handshake();
    expect((await running.polling().request({})).status).toBe(400);
    expect((await running.webSocket()).status).toBe(400);
    expect(running.engine.clientsCount).toBe(1);
  });
});

describe("a cookie that can't be written", () => {
  it("for its session's id refuses the handshake, and ends nothing else", async () => {
    const running = await startEngine({ cookie: true });
    const { generateId } = running.engine;
    running.engine.generateId = () => "a lone surrogate: \ud800";
    expect((await running.polling().request({})).status).toBe(400);
    expect(running.refusals).toMatchObject([{ code: 3, context: { name: "ID_GENERATION_ERROR" } }]);
    expect(running.engine.clientsCount).toBe(0);
    running.engine.generateId = generateId;
    await running.polling().handshake();
  });
});

describe("hostile upgrades", () => {
  it.each([
    ["an unknown transport", "/engine.io/?EIO=4&transport=abc", "Transport unknown"],
    ["__proto__ as transport", "/engine.io/?EIO=4&transport=__proto__", "Transport unknown"],
    ["polling as transport", "/engine.io/?EIO=4&transport=polling", "Bad request"],
    ["an unknown session", "/engine.io/?EIO=4&transport=websocket&sid=abc", "Session ID unknown"],
    ["__proto__ as session", "/engine.io/?EIO=4&transport=websocket&sid=__proto__", "Session ID unknown"],
    ["an old revision", "/engine.io/?EIO=3&transport=websocket", "Unsupported protocol version"],
  ])("are refused as plain HTTP for %s", async (_title, target, message) => {
    const { port } = await startEngine();
    const text = await exchangeBytes(
      port,
      [`GET ${target} HTTP/1.1`, "Host: a", "Connection: Upgrade", "Upgrade: websocket", "", ""].join("\r\n"),
    );
    expect(text.split("\r\n")).toEqual([
      "HTTP/1.1 400 Bad Request",
      "Connection: close",
      "Content-type: text/html",
      `Content-Length: ${message.length}`,
      "",
      message,
    ]);
  });

  it("are answered by the WebSocket library when the handshake itself is wrong", async () => {
    const { port, clients } = await startEngine();
    const lines = [
      "GET /engine.io/?EIO=4&transport=websocket HTTP/1.1",
      "Host: a",
      "Connection: Upgrade",
      "Upgrade: h2c",
      "",
      "",
    ];
    expect(await exchangeBytes(port, lines.join("\r\n"))).toMatch(/^HTTP\/1\.1 4/);
    expect(clients.pending).toEqual([]);
  });

  it("neither at the path nor elsewhere end the process with a reset", async () => {
    const running = await startEngine({ destroyUpgradeTimeout: 20 });
    for (const target of ["/engine.io/?EIO=4&transport=websocket", "/other", "/engine.io/?transport=abc"]) {
      const opening = RawWebSocket.open(running.port, target);
      const webSocket = await opening;
      webSocket.reset();
      await webSocket.closed;
    }
    await running.polling().handshake();
  });

  it("with reserved bits right behind the request end only their own connection", async () => {
    const running = await startEngine({ echo: true });
    running.engine.generateId = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return Math.random().toString();
    };
    const healthy = await running.webSocket();
    const hostile = await running.webSocket("", Buffer.of(0xf1, 0x80, 0, 0, 0, 0));
    await hostile.closed;
    await healthy.nextText();
    healthy.sendText("4alive");
    expect(await healthy.nextText()).toBe("4alive");
    healthy.end();
  });

  it("are ended after a while when nobody takes them, unless they are to be left alone", async () => {
    const strict = await startEngine({ destroyUpgradeTimeout: 20 });
    await (await RawWebSocket.open(strict.port, "/other")).closed;
    const lenient = await startEngine({ destroyUpgrade: false });
    const taken = new Promise<void>((resolve) => {
      lenient.http.on("upgrade", (request, socket) => {
        if (request.url === "/other") setImmediate(() => socket.end("HTTP/1.1 299 Late\r\n\r\n", resolve));
      });
    });
    const late = await RawWebSocket.open(lenient.port, "/other");
    expect(late.status).toBe(299);
    await taken;
  });

  it("reach the engine as plain requests when it serves no WebSocket", async () => {
    const running = await startEngine({ transports: ["polling"] });
    const webSocket = await running.webSocket();
    expect(webSocket.status).toBe(400);
    expect(reported(running)).toEqual([{ ...UNKNOWN_TRANSPORT, context: { transport: "websocket" } }]);
    webSocket.end();
  });
});

describe("malformed requests", () => {
  it.each(["//", "/engine.io/?%", "/engine.io/?transport=polling&EIO=4&a=%zz", "/engine.io/?&&==&", "*"])(
    "are survived: %s",
    async (target) => {
      const running = await startEngine();
      const text = await exchangeBytes(running.port, `GET ${target} HTTP/1.0\r\n\r\n`);
      expect(text).toMatch(/^HTTP\/1\.1 [24]0/);
      await running.polling().handshake();
    },
  );
});
