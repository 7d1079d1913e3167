import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { createAdapter } from "@socket.io/redis-adapter";
import { io as connect } from "socket.io-client";
import { Server as Engine } from "@skein/engine";
import { describe, expect, onTestFinished, test } from "vitest";
import { Server } from "../../src/index.ts";
import { hostNames, next, World } from "../support/world.ts";

const any = (value: unknown): never => value as never;

function refusing(code: string, ...parts: string[]): unknown {
  const message = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*");
  return expect.objectContaining({ code, message: expect.stringMatching(new RegExp(message)) });
}

/** The warnings of the process with this code while `call` runs, and in the turn after it. */
async function warningsOf(code: string, call: () => unknown): Promise<string[]> {
  const messages: string[] = [];
  const listener = (warning: Error & { code?: string }): void => {
    if (warning.code === code) messages.push(warning.message);
  };
  process.on("warning", listener);
  try {
    await call();
    await turn();
    return messages;
  } finally {
    process.off("warning", listener);
  }
}

describe("a server that is made of", () => {
  test.each([
    [
      "a host and a port",
      () => new Server(any("localhost:3000")),
      'the text "localhost:3000"',
      "A port is a number",
    ],
    ["a list", () => new Server(any([])), "a list", ".server"],
    ["an object with a method listen", () => new Server(any({ listen() {} })), "an object", ".server"],
    ["true", () => new Server(any(true)), "true", "createServer()"],
    [
      "another emitter",
      () => new Server(any(new EventEmitter())),
      'an object of the class "EventEmitter"',
      "",
    ],
    ["null as options", () => new Server(createServer(), any(null)), "null", "Leave them out"],
    ["a number as options", () => new Server(createServer(), any(5)), "5", "Leave them out"],
    ["options twice", () => new Server(any({}), { path: "/x" }), "an object", "give the options alone"],
  ])("%s says what is expected", (_, make, came, advice) => {
    expect(make).toThrow(refusing("INVALID_ARGUMENT", "must be", `not ${came}`, advice));
  });

  test.each([undefined, null, false, ""])("%j is attached to nothing, as with the reference", (first) => {
    expect(new Server(any(first), { path: "/x" }).path()).toBe("/x");
    expect(new Server(any(first)).httpServer).toBeUndefined();
  });

  test("an Express application is told to be none", () => {
    expect(() => new Server(any(() => {}))).toThrow(refusing("NOT_AN_HTTP_SERVER", "http.Server"));
  });
});

describe("a call is refused that is given", () => {
  test.each([null, undefined, {}, "localhost", false])("no server to attach to: %j", (server) => {
    expect(() => new Server().attach(any(server))).toThrow(
      refusing("INVALID_ARGUMENT", "attach()", "must be an HTTP server of Node or a port, not"),
    );
  });

  test.each([null, 5, "x"])("no options: %j", (options) => {
    expect(() => new Server().attach(createServer(), any(options))).toThrow(
      refusing("INVALID_ARGUMENT", "attach()", "must be an object"),
    );
  });

  test.each([undefined, null, {}, 3000, createServer()])("no app: %o", (app) => {
    expect(() => new Server().attachApp(any(app))).toThrow(
      refusing("INVALID_ARGUMENT", "attachApp()", "an app of µWebSockets.js, not", "App()"),
    );
  });

  test.each([undefined, null, {}, "auth"])("no middleware: %j", (middleware) => {
    const refusal = refusing("INVALID_ARGUMENT", "use()", "must be a function, not");
    const io = new Server();
    expect(() => io.use(any(middleware))).toThrow(refusal);
    expect(() => io.of("/x").use(any(middleware))).toThrow(refusal);
    expect(() => io.of(/^\/y/).use(any(middleware))).toThrow(refusal);
    expect(() => new Engine().use(any(middleware))).toThrow(refusal);
  });

  test.each(["5s", {}, Number.NaN, () => {}])("no time: %o", (time) => {
    const refusal = refusing(
      "INVALID_ARGUMENT",
      "timeout()",
      "must be a number of milliseconds, not",
      "5000",
    );
    const io = new Server();
    expect(() => io.timeout(any(time))).toThrow(refusal);
    expect(() => io.of("/x").timeout(any(time))).toThrow(refusal);
    expect(() => io.to("room").timeout(any(time))).toThrow(refusal);
  });

  test("no permission function, as an option", () => {
    expect(() => new Server({ allowRequest: any("yes") })).toThrow(
      refusing("INVALID_OPTION", "allowRequest must be a function (request, callback)", '"yes"'),
    );
  });
});

describe.each(hostNames)("a socket on %s", (host) => {
  test("refuses a middleware and a time that are none, and takes all other times", async () => {
    const world = await World.start({}, host);
    const client = await world.client();
    client.on("ask", (answer: (value: string) => void) => answer("here"));
    const [socket] = world.io.sockets.sockets.values();
    expect(() => socket?.use(any(null))).toThrow(refusing("INVALID_ARGUMENT", "socket.use()", "null"));
    expect(() => socket?.timeout(any("5s"))).toThrow(refusing("INVALID_ARGUMENT", '"5s"'));
    for (const time of ["5000", Infinity, 2 ** 40, undefined])
      expect(await socket?.timeout(any(time)).emitWithAck("ask")).toBe("here");
  });

  test("is reached by a path that is given without a slash at its beginning", async () => {
    const world = await World.start({ path: "rt" }, host);
    expect(world.io.path()).toBe("/rt");
    expect((await world.client("/", { path: "/rt" })).connected).toBe(true);
  });
});

describe("an adapter that is none is refused at once:", () => {
  test.each([
    ["a module", { createAdapter }, "an object"],
    ["a function that makes another", createAdapter, 'the function "createAdapter"'],
    ["a class of something else", EventEmitter, 'the function "EventEmitter"'],
    ["an arrow function that makes nothing", () => undefined, "the function"],
    ["a text", "redis", 'the text "redis"'],
  ])("%s", (_, adapter, came) => {
    const refusal = refusing("INVALID_OPTION", "adapter must be", `not ${came}`, "createAdapter(…)");
    expect(() => new Server({ adapter: any(adapter) })).toThrow(refusal);
    const io = new Server();
    const former = io.adapter();
    expect(() => io.adapter(any(adapter))).toThrow(refusal);
    expect(io.adapter()).toBe(former);
  });
});

describe("an unknown option", () => {
  const UNKNOWN = "SKEIN_UNKNOWN_OPTION";

  test("is warned of, once, with the name that it resembles", async () => {
    const make = (): unknown => new Server(any({ pingIntervall: 5 }));
    expect(await warningsOf(UNKNOWN, make)).toEqual([
      "unknown option `pingIntervall`: did you mean `pingInterval`?",
    ]);
    expect(await warningsOf(UNKNOWN, make)).toEqual([]);
  });

  test("that is like none is warned of, escaped and cut", async () => {
    const [message = ""] = await warningsOf(UNKNOWN, () => new Server({ [`a\nb${"c".repeat(999)}`]: 1 }));
    expect(message).toMatch(/^unknown option `a\\nbc+`: it has no effect\.$/);
    expect(message.length).toBeLessThan(300);
  });

  test.each([
    [{ cors: { origins: "*" } }, "cors.origins", "cors.origin"],
    [{ cookie: { maxage: 1 } }, "cookie.maxage", "cookie.maxAge"],
    [{ httpCompression: { treshold: 1 } }, "httpCompression.treshold", "httpCompression.threshold"],
    [{ perMessageDeflate: { Threshold: 1 } }, "perMessageDeflate.Threshold", "perMessageDeflate.threshold"],
    [
      { connectionStateRecovery: { skipMiddleware: true } },
      "connectionStateRecovery.skipMiddleware",
      "connectionStateRecovery.skipMiddlewares",
    ],
  ])("within another is warned of: %j", async (options, name, better) => {
    expect(await warningsOf(UNKNOWN, () => new Server(any(options)))).toEqual([
      `unknown option \`${name}\`: did you mean \`${better}\`?`,
    ]);
  });

  test("given to attach is warned of", async () => {
    const attach = (): unknown => new Server().attach(createServer(), any({ pingTimeoutt: 5 }));
    expect(await warningsOf(UNKNOWN, attach)).toEqual([expect.stringContaining("`pingTimeout`")]);
  });

  test("of the value undefined, and all that are known, are not warned of", async () => {
    const options = {
      typo: undefined,
      path: "/x",
      serveClient: false,
      connectTimeout: 1000,
      cleanupEmptyChildNamespaces: true,
      connectionStateRecovery: { maxDisconnectionDuration: 1000, skipMiddlewares: true },
      allowEIO3: true,
      destroyUpgrade: false,
      destroyUpgradeTimeout: 5,
      addTrailingSlash: false,
      compression: 0,
      idleTimeout: 60,
      maxBackpressure: 1024,
      cookie: { name: "io", httpOnly: false, encode: String, partitioned: true },
      cors: { origin: "*", headers: "x", preflightContinue: true },
      httpCompression: { threshold: 1, level: 3, windowBits: 10 },
      perMessageDeflate: { zlibDeflateOptions: { level: 1 }, concurrencyLimit: 5 },
      strict: true,
      ackTimeout: 1000,
    };
    expect(await warningsOf(UNKNOWN, () => new Server(createServer(), any(options)))).toEqual([]);
  });
});

describe("a secure HTTP/2 server", () => {
  const CODE = "SKEIN_HTTP2_WITHOUT_HTTP1";

  test("that takes no HTTP/1.1 is warned of when it is attached", async () => {
    expect(await warningsOf(CODE, () => new Server(createSecureServer()))).toEqual([
      expect.stringMatching(/allowHTTP1.*WebSockets.*createSecureServer\({ allowHTTP1: true/),
    ]);
  });

  test("that takes HTTP/1.1 is not warned of, nor is one for long-polling only", async () => {
    const pollingOnly = (): unknown => new Server(createSecureServer(), { transports: ["polling"] });
    expect(await warningsOf(CODE, pollingOnly)).toEqual([]);
    expect(await warningsOf(CODE, () => new Server(createSecureServer({ allowHTTP1: true })))).toEqual([]);
  });
});

test("a port that is in use is an error event of the HTTP server, as always, with advice", async () => {
  const holder = createServer().listen(0);
  await once(holder, "listening");
  onTestFinished(() => void holder.close());
  const { port } = holder.address() as AddressInfo;
  const io = new Server(port);
  const [error] = (await once(io.httpServer, "error")) as [NodeJS.ErrnoException & { port: number }];
  expect(error).toMatchObject({ code: "EADDRINUSE", syscall: "listen", port });
  expect(error.message).toMatch(/^listen EADDRINUSE: address already in use .*choose another port/);
  expect(error.stack).toContain(error.message);
});

test.each(["3000x", any(undefined)])("an engine refuses to listen on what is no port: %j", async (port) => {
  const { listen } = await import("@skein/engine");
  expect(() => listen(any(port))).toThrow(refusing("INVALID_ARGUMENT", "listen()", "must be a number"));
});

test("a server of a port given as text listens on it", async () => {
  const io = new Server(any("0"));
  onTestFinished(() => io.close());
  await once(io.httpServer, "listening");
  const { port } = io.httpServer.address() as AddressInfo;
  const client = connect(`http://127.0.0.1:${port}`, { transports: ["websocket"] });
  await next(client, "connect");
  client.close();
});
