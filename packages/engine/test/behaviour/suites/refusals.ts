import { exchangeText, type WebSocketAttempt } from "@skein/testkit";
import type { Options } from "../implementation.ts";
import { expect, suite } from "../suite.ts";
import { inTime } from "../waiting.ts";
import type { Refused, World } from "../world.ts";

const sentences = [
  "Transport unknown",
  "Session ID unknown",
  "Bad handshake method",
  "Bad request",
  "Forbidden",
  "Unsupported protocol version",
];

interface Expected {
  readonly code: number;
  readonly context?: Readonly<Record<string, unknown>>;
  /** The text for the client, where it is not that of the code. */
  readonly text?: string;
}

function isReported(refused: Refused, { code, context = {} }: Expected): void {
  expect(refused).toMatchObject({ code, message: sentences[code], context });
  expect(refused.req.url).toContain("/engine.io/");
}

/** A plain request is refused with JSON. */
async function isRefused(world: World, path: string, expected: Expected, method = "GET"): Promise<void> {
  const { status, headers, body } = await world.request(path, { method });
  const { code, text = sentences[code] } = expected;
  expect(status).toBe(code === 4 ? 403 : 400);
  expect(headers["content-type"]).toBe("application/json");
  if (method !== "HEAD") expect(body.toString()).toBe(JSON.stringify({ code, message: text }));
  isReported(await world.refusal(), expected);
}

/** A refused upgrade is always a 400 with plain text, and the connection ends. */
async function isRefusedUpgrade(world: World, path: string, expected: Expected): Promise<void> {
  const attempt = await world.attempt(path);
  if (attempt.kind !== "refused") throw new Error(`the WebSocket was ${attempt.kind}`);
  const { status, headers, body } = attempt.response;
  expect(status).toBe(400);
  expect(headers["content-type"]).toBe("text/html");
  expect(headers["connection"]).toBe("close");
  expect(body.toString()).toBe(expected.text ?? sentences[expected.code]);
  isReported(await world.refusal(), expected);
}

async function isTurnedAway(attempt: WebSocketAttempt): Promise<void> {
  if (attempt.kind === "open") await inTime(attempt.webSocket.closed, "the WebSocket to be closed");
}

const forbidding: Options = { allowRequest: (_request, callback) => callback("not you", false) };
const forbiddingSilently: Options = { allowRequest: (_request, callback) => callback(null, false) };

/** Conformance (engine-protocol, "Errors"). */
export const refusals = suite("refusals", (behaves, { revision }) => {
  for (const name of ["tobi", "__proto__", "constructor", "webtransport", ""]) {
    behaves(`code 0: the transport ${JSON.stringify(name)}`, async (world) => {
      const expected = { code: 0, context: { transport: name } };
      await isRefused(world, world.target(`transport=${name}`), expected);
      await isRefusedUpgrade(world, world.target(`transport=${name}`), expected);
    });
  }

  behaves("code 0: no transport, whatever else is wrong", { allowEIO3: false }, async (world) => {
    await isRefused(world, "/engine.io/", { code: 0 });
    await isRefused(world, "/engine.io/?transport=tobi&EIO=3", { code: 0 });
    await isRefused(world, world.target("sid=x"), { code: 0 }, "POST");
  });

  behaves(
    "code 0: a transport that is not among the options",
    { transports: ["websocket"] },
    async (world) => {
      await isRefused(world, world.target("transport=polling"), {
        code: 0,
        context: { transport: "polling" },
      });
    },
  );

  for (const sid of ["unknown", "__proto__", "constructor", "hasOwnProperty", "%00"]) {
    behaves(`code 1: the session ${sid}`, async (world) => {
      const expected = { code: 1, context: { sid: decodeURIComponent(sid) } };
      await isRefused(world, world.target(`transport=polling&sid=${sid}`), expected);
      await isRefused(world, world.target(`transport=polling&sid=${sid}`), expected, "POST");
      await isRefusedUpgrade(world, world.target(`transport=websocket&sid=${sid}`), expected);
    });
  }

  for (const method of ["POST", "PUT", "HEAD", "OPTIONS", "DELETE"]) {
    behaves(`code 2: a handshake with ${method}`, async (world) => {
      await isRefused(world, world.target("transport=polling"), { code: 2, context: { method } }, method);
    });
  }

  behaves("code 3: an origin that could not be echoed", async (world) => {
    const line = `GET ${world.target("transport=polling")} HTTP/1.1`;
    const { status, body } = await exchangeText(world.port, [line, "Origin: http://a\u007fb"]);
    // Some versions of Node refuse it themselves.
    expect(status).toBe(400);
    if (body === "") return;
    expect(body).toContain('{"code":3,"message":"Bad request"}');
    isReported(await world.refusal(), { code: 3, context: { name: "INVALID_ORIGIN" } });
  });

  behaves("code 3: a poll of a session that has a WebSocket", async (world) => {
    const { opened } = await world.webSocket();
    const context = { name: "TRANSPORT_MISMATCH", transport: "polling", previousTransport: "websocket" };
    await isRefused(world, world.target(`transport=polling&sid=${opened.sid}`), { code: 3, context });
  });

  behaves("code 3: a WebSocket's name on a plain request of a polling session", async (world) => {
    const { opened } = await world.polling();
    const context = { name: "TRANSPORT_MISMATCH", transport: "websocket", previousTransport: "polling" };
    await isRefused(world, world.target(`transport=websocket&sid=${opened.sid}`), { code: 3, context });
  });

  behaves("code 3: a request of the other revision", { allowEIO3: true }, async (world) => {
    const { client, server, opened } = await world.polling();
    const other = revision === 4 ? 3 : 4;
    const context = { name: "PROTOCOL_MISMATCH", protocol: other, previousProtocol: revision };
    const path = `/engine.io/?EIO=${other}&transport=polling&sid=${opened.sid}`;
    await isRefused(world, path, { code: 3, context });
    await isRefused(world, path, { code: 3, context }, "POST");
    await client.send("4unharmed");
    expect(await server.next()).toBe("unharmed");
  });

  behaves("code 3: a WebSocket without an upgrade", async (world) => {
    const context = { name: "TRANSPORT_HANDSHAKE_ERROR" };
    await isRefused(world, world.target("transport=websocket"), { code: 3, context });
  });

  behaves("code 3: a middleware that fails", async (world) => {
    world.engine.use((_request, _response, next) => next(new Error("no")));
    const expected = { code: 3, context: { name: "MIDDLEWARE_FAILURE" } };
    await isRefused(world, world.target("transport=polling"), expected);
    await isRefusedUpgrade(world, world.target("transport=websocket"), expected);
  });

  behaves("code 3: an id that can't be made", async (world) => {
    const error = new Error("no id");
    world.engine.generateId = () => Promise.reject(error);
    const expected = { code: 3, context: { name: "ID_GENERATION_ERROR", error } };
    await isRefused(world, world.target("transport=polling"), expected);
    world.engine.generateId = () => {
      throw error;
    };
    await isRefused(world, world.target("transport=polling"), expected);
  });

  behaves("code 3: an id that can't be made, before the 101", async (world) => {
    world.engine.generateId = () => Promise.reject(new Error("no id"));
    const expected = { code: 3, context: { name: "ID_GENERATION_ERROR" } };
    await isRefusedUpgrade(world, world.target("transport=websocket"), expected);
  });

  behaves("code 4: a client that is not allowed, told why", forbidding, async (world) => {
    const expected = { code: 4, context: { message: "not you" }, text: "not you" };
    await isRefused(world, world.target("transport=polling"), expected);
    await isRefusedUpgrade(world, world.target("transport=websocket"), expected);
  });

  behaves("code 4: a client that is not allowed, told nothing", forbiddingSilently, async (world) => {
    await isRefused(world, world.target("transport=polling"), { code: 4 });
    await isRefusedUpgrade(world, world.target("transport=websocket"), { code: 4 });
  });

  behaves("code 4 comes before code 5", { ...forbidding, allowEIO3: false }, async (world) => {
    const expected = { code: 4, text: "not you" };
    await isRefused(world, "/engine.io/?EIO=3&transport=polling", expected);
  });

  for (const query of ["EIO=3&", "EIO=5&", "EIO=04&", "EIO=&", ""]) {
    behaves(`code 5: a revision given as "${query}"`, { allowEIO3: false }, async (world) => {
      const expected = { code: 5, context: { protocol: 3 } };
      await isRefused(world, `/engine.io/?${query}transport=polling`, expected);
    });
  }

  behaves("code 5 comes before the 101", { allowEIO3: false }, async (world) => {
    const expected = { code: 5, context: { protocol: 3 } };
    await isRefusedUpgrade(world, "/engine.io/?EIO=3&transport=websocket", expected);
  });

  behaves("an upgrade request for polling does not stay", async (world) => {
    await isTurnedAway(await world.attempt(world.target("transport=polling")));
    expect(world.engine.clientsCount).toBe(0);
  });

  behaves("an empty session id asks for a new session", async (world) => {
    const { opened } = await world.polling("&sid=");
    expect(opened.sid).toHaveLength(20);
  });

  behaves("the last of a repeated parameter counts", async (world) => {
    const { opened } = await world.polling("&transport=tobi&transport=polling");
    expect(opened.sid).toHaveLength(20);
  });

  behaves("what ends a session is no connection_error", async (world) => {
    const { client, server } = await world.polling();
    const [first, second] = await Promise.all([client.request(), client.request()]);
    expect([first.status, second.status].toSorted((a, b) => a - b)).toEqual([200, 400]);
    await server.ended;
    expect(world.refusals.pending).toEqual([]);
  });
});
