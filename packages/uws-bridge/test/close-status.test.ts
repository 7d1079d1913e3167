import type { Connection, EngineOptions, Server } from "@skein/engine";
import { networkClient } from "@skein/testkit";
import { describe, expect, it } from "vitest";
import { startEngine } from "./support.ts";

async function openWebSocket(port: number, query = "") {
  const path = `/engine.io/?EIO=4&transport=websocket${query}`;
  const attempt = await networkClient(port).webSocket(path);
  if (attempt.kind !== "open") throw new Error(attempt.kind);
  return attempt.webSocket;
}

type WebSocket = Awaited<ReturnType<typeof openWebSocket>>;
type End = (webSocket: WebSocket, connection: Connection, engine: Server) => void;

describe("on µWebSockets.js, a client is told why it is closed", () => {
  it.each<[string, number, string, EngineOptions, End]>([
    ["by the application", 1000, "closed by the server", {}, (_client, connection) => connection.close()],
    [
      "by the application with a status of its own",
      4321,
      "no more cake",
      {},
      (_client, connection) => connection.close(true, { code: 4321, reason: "no more cake" }),
    ],
    ["with the engine", 1001, "server shutting down", {}, (_client, _connection, engine) => engine.close()],
    ["for what is no packet", 1002, "parse error", {}, (client) => client.send("x")],
    ["for its ping", 1002, "invalid heartbeat direction", {}, (client) => client.send("2")],
    ["for its silence", 4408, "ping timeout", { pingInterval: 10, pingTimeout: 10 }, () => {}],
  ])("%s", async (_title, code, reason, options, end) => {
    const { engine, port } = await startEngine(options);
    const opened = new Promise<Connection>((resolve) => engine.once("connection", resolve));
    const webSocket = await openWebSocket(port);
    await webSocket.messages.next();
    end(webSocket, await opened, engine);
    expect(await webSocket.closed).toEqual({ code, reason });
  });

  it.each<[string, number, string, EngineOptions, string]>([
    ["does not probe", 1002, "invalid probe", {}, "4hello"],
    ["does not go on", 4408, "upgrade timeout", { upgradeTimeout: 20 }, "2probe"],
  ])("and so is a candidate that %s", async (_title, code, reason, options, says) => {
    const { engine, port } = await startEngine(options);
    const opened = new Promise<Connection>((resolve) => engine.once("connection", resolve));
    await networkClient(port).request({ path: "/engine.io/?EIO=4&transport=polling" }).response;
    const candidate = await openWebSocket(port, `&sid=${(await opened).id}`);
    candidate.send(says);
    expect(await candidate.closed).toEqual({ code, reason });
  });
});
