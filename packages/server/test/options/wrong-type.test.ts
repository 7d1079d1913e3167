import { createServer } from "node:http";
import { Server as Reference } from "socket.io";
import { expect, describe, test } from "vitest";
import { Server } from "../../src/index.ts";
import { newApp } from "../uws/support/app.ts";
import { type AnyOptions, profileOf, reference } from "./profile.ts";

const LONG = `two\nlines ${"x".repeat(1000)}`;

const SWITCHES = [
  "serveClient",
  "cleanupEmptyChildNamespaces",
  "rejectOnDisconnect",
  "strict",
  "allowUpgrades",
  "allowEIO3",
  "addTrailingSlash",
  "destroyUpgrade",
];
const TIMES = [
  "connectTimeout",
  "attachmentTimeout",
  "ackTimeout",
  "pingInterval",
  "pingTimeout",
  "upgradeTimeout",
  "closeTimeout",
  "handshakeTimeout",
  "bodyTimeout",
  "destroyUpgradeTimeout",
];
const AMOUNTS = [
  "maxHttpBufferSize",
  "maxOutboxBytes",
  "maxUrlLength",
  "maxSessions",
  "maxSessionsPerAddress",
  "maxPendingHandshakes",
  "maxPacketsPerPayload",
  "maxNamespacesPerConnection",
  "maxNamespaceLength",
];
const OBJECTS = ["connectionStateRecovery", "cookie", "cors", "httpCompression", "perMessageDeflate"];
const OTHERS = ["path", "adapter", "parser", "transports", "allowRequest", "wsEngine", "outboxPolicy"];

/** Every option with values that no server can work with. */
const REFUSED: AnyOptions[] = [
  ...SWITCHES.flatMap((name) => ["false", "1", {}, []].map((value) => ({ [name]: value }))),
  ...TIMES.flatMap((name) =>
    ["5s", "1000", LONG, {}, [], -1, 2 ** 31, Infinity].map((value) => ({ [name]: value })),
  ),
  ...AMOUNTS.flatMap((name) => ["1e6", LONG, {}, [], -1, Number.NaN].map((value) => ({ [name]: value }))),
  ...OBJECTS.flatMap((name) => [LONG, "7", 7, []].map((value) => ({ [name]: value }))),
  ...OTHERS.flatMap((name) => [7, {}, [7]].map((value) => ({ [name]: value }))),
  { path: "/a path" },
  { path: "/rt?x" },
  { initialPacket: 7 },
  { initialPacket: {} },
  { transports: [] },
  { transports: "websocket" },
  { transports: ["websocket", "smoke"] },
  { pingInterval: 2 ** 30, pingTimeout: 2 ** 30 },
  { cookie: { sameSite: "sometimes" } },
  { cookie: { name: "a b" } },
  { cors: { origin: 7 } },
  { cors: { origin: "a\nb" } },
  { cors: { methods: 7 } },
  { cors: { exposedHeaders: "a\nb" } },
  { cors: { optionsSuccessStatus: false } },
  { httpCompression: { level: 99 } },
  { httpCompression: { threshold: "1024" } },
  { perMessageDeflate: { zlibDeflateOptions: { level: "9" } } },
  { perMessageDeflate: { serverMaxWindowBits: 99 } },
  { connectionStateRecovery: { maxDisconnectionDuration: "120000" } },
  { connectionStateRecovery: { skipMiddlewares: "false" } },
];

function nameOf(options: AnyOptions): string {
  return Object.keys(options)[0] ?? "";
}

/** What a call throws; undefined if it doesn't. */
function thrownBy(call: () => unknown): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    return error;
  }
}

function expectRefusal(thrown: unknown, name: string): void {
  expect(thrown).toMatchObject({ code: "INVALID_OPTION", message: expect.stringContaining(name) });
  const { message } = thrown as Error;
  expect(message).toMatch(/ must be .+, not .+\./);
  expect(message).not.toContain("\n");
  expect(message.length).toBeLessThan(600);
}

describe("an option of a wrong type, or out of bounds", () => {
  test.each(REFUSED)("is refused when the server is made: %j", (options) => {
    expectRefusal(
      thrownBy(() => new Server(options)),
      nameOf(options),
    );
    expectRefusal(
      thrownBy(() => new Server(createServer(), options)),
      nameOf(options),
    );
  });

  test.each([
    ...["5s", {}, [], -1, 1.5].flatMap((value) =>
      ["compression", "idleTimeout", "maxBackpressure", "maxLifetime"].map((name) => ({ [name]: value })),
    ),
    { maxBackpressure: 0 },
    { ssl: "true" },
    { proxyProtocol: "false" },
    { pingInterval: "x" },
  ])("is refused by attachApp, which leaves the path free: %j", (options) => {
    const app = newApp();
    const io = new Server();
    expectRefusal(
      thrownBy(() => io.attachApp(app, options)),
      nameOf(options),
    );
    io.attachApp(app);
    app.close();
  });

  test("is refused by attach, where it is given there", () => {
    expectRefusal(
      thrownBy(() => new Server().attach(createServer(), { pingInterval: "x" as never })),
      "pingInterval",
    );
  });

  test.each([
    ["connectTimeout", -1],
    ["path", 7],
  ] as const)("is refused by the method %s too", (name, value) => {
    const io = new Server();
    expectRefusal(
      thrownBy(() => (io[name] as (value: unknown) => unknown)(value)),
      name,
    );
  });
});

/** Falsy values with which the reference throws, or serves no client. */
const FALSY_REFUSED = ["transports", "wsEngine", "maxHttpBufferSize"].flatMap((name) =>
  [null, false, 0, ""].map((value): AnyOptions => ({ [name]: value })),
);

describe("a falsy value that the reference can't work with", () => {
  test.each(FALSY_REFUSED)("is refused when the server is made: %j", async (options) => {
    expectRefusal(
      thrownBy(() => new Server(options)),
      nameOf(options),
    );
    const thrown = thrownBy(() => new Reference(createServer(), { ...options }));
    if (thrown !== undefined) return;
    const { clients } = await profileOf(await reference(options));
    expect(clients).not.toEqual(["hello", "hello"]);
  });
});
