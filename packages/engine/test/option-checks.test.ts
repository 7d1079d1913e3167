import { createServer } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { attach, EngineError, Server } from "../src/index.ts";
import { startEngine } from "./running-engine.ts";

const any = (value: unknown): never => value as never;

function refusing(code: string, message: RegExp): unknown {
  return expect.objectContaining({ name: "EngineError", code, message: expect.stringMatching(message) });
}

describe("options of an engine", () => {
  it.each([
    [
      { pingTimeout: "5s" },
      /^pingTimeout must be a number from 0 to 2147483647 \(milliseconds\), not the text "5s"\.$/,
    ],
    [{ pingInterval: "25000" }, /the text "25000"\. Convert it with Number\(\)\.$/],
    [{ pingInterval: Infinity }, /from 0 to 2147483647 .* not Infinity/],
    [{ transports: ["smoke"] }, /"polling", "websocket", "webtransport", not a list\. .* the text "smoke"/],
    [{ cors: "https://a.example" }, /{ origin: "https:\/\/example\.com" }/],
    [{ cookie: "io" }, /{ name: "io" }/],
    [{ allowRequest: new Map() }, /a function \(request, callback\), not an object of the class "Map"/],
    [{ wsEngine: null }, /WebSocketServer of ws, not null/],
    [{ maxSessions: false }, /maxSessions must be a number of at least 0, not false/],
  ])("are refused with what is expected, what came and what to do: %j", (options, message) => {
    expect(() => new Server(any(options))).toThrow(refusing("INVALID_OPTION", message));
  });

  it.each([
    Map,
    class WebSocketServer {
      handleUpgrade = 5;
    },
  ])("are refused with a wsEngine that takes no upgrades", (wsEngine) => {
    expect(() => attach(createServer(), { wsEngine: any(wsEngine) })).toThrow(
      refusing("INVALID_OPTION", /wsEngine must be .* handleUpgrade/),
    );
  });

  it("of the engine's own mean the default where they are null", () => {
    const { opts } = new Server(any({ maxSessions: null, closeTimeout: null, outboxPolicy: null }));
    expect(opts).toMatchObject({ maxSessions: Infinity, closeTimeout: 30_000, outboxPolicy: "close" });
  });

  it.each([null, 5, "x", []])("that are no object are refused: %j", (options) => {
    const refusal = refusing("INVALID_ARGUMENT", /options must be an object, not .* defaults/);
    expect(() => new Server(any(options))).toThrow(refusal);
  });

  it("let any WebSocket message in where there is no limit", async () => {
    const running = await startEngine({ maxHttpBufferSize: Infinity, perMessageDeflate: true });
    const client = await running.webSocket();
    expect(client.status).toBe(101);
  });
});

describe("an engine refuses", () => {
  it.each([null, {}, "localhost", 3000])("to be attached to %j", (server) => {
    expect(() => new Server().attach(any(server))).toThrow(
      refusing(
        "INVALID_ARGUMENT",
        /engine\.attach\(\) must be an HTTP server of Node, not .*createServer\(\)/,
      ),
    );
  });

  it.each([undefined, null, {}])("the middleware %j", (middleware) => {
    expect(() => new Server().use(any(middleware))).toThrow(EngineError);
  });
});

it("an engine is reached by a path that is given without a slash at its beginning", async () => {
  const http = createServer();
  attach(http, { path: "rt" });
  await new Promise<void>((resolve) => {
    http.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  const address = http.address();
  const port = typeof address === "object" ? address?.port : 0;
  const response = await fetch(`http://127.0.0.1:${port}/rt/?EIO=4&transport=polling`);
  expect(response.status).toBe(200);
});
