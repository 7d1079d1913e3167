import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import * as reference from "engine.io";
import { Server } from "@skein/engine";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket, WebSocketServer } from "ws";

interface Engine {
  on(event: "connection", listener: (connection: Talker) => void): unknown;
  on(event: "connection_error", listener: (error: { req: IncomingMessage; code: number }) => void): unknown;
  prepare(request: IncomingMessage): void;
  onWebSocket(request: IncomingMessage, socket: unknown, webSocket: WebSocket): void;
  close(): unknown;
}

interface Talker {
  on(event: "message", listener: (data: string | Buffer) => void): unknown;
  send(data: string | Buffer): unknown;
}

/** A framework that completes the handshakes of WebSockets, and hands them to an engine. */
async function framework(engine: Engine, seen: unknown[] = []): Promise<string> {
  const webSockets = new WebSocketServer({ noServer: true });
  const http = createServer();
  http.on("upgrade", (request, socket, head) => {
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      engine.prepare(request);
      seen.push({ ...Reflect.get(request, "_query") });
      engine.onWebSocket(request, request.socket, webSocket);
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  onTestFinished(() => {
    engine.close();
    http.close();
    http.closeAllConnections();
  });
  return `ws://127.0.0.1:${(http.address() as AddressInfo).port}/engine.io/`;
}

const ENGINES: readonly { name: string; create: () => Engine }[] = [
  { name: "Skein", create: () => new Server() },
  { name: "engine.io", create: () => new reference.Server() as unknown as Engine },
];

describe.each(ENGINES)("a WebSocket that a framework has opened, on $name", ({ create }) => {
  it("is a session, and what goes over it arrives both ways", async () => {
    const engine = create();
    const seen: unknown[] = [];
    engine.on("connection", (connection) => connection.on("message", (data) => connection.send(data)));
    const client = new WebSocket(`${await framework(engine, seen)}?EIO=4&transport=websocket&room=1`);
    expect(String((await once(client, "message"))[0])).toMatch(/^0\{"sid"/);
    client.send("4text");
    expect(String((await once(client, "message"))[0])).toBe("4text");
    client.send(Buffer.of(1, 2));
    expect(await once(client, "message")).toEqual([Buffer.of(1, 2), true]);
    expect(seen).toEqual([{ EIO: "4", transport: "websocket", room: "1" }]);
    client.terminate();
  });
});

describe("a WebSocket that a framework has opened", () => {
  it.each([
    ["of an unknown session", "EIO=4&transport=websocket&sid=unknown", 1],
    ["of an unknown transport", "EIO=4&transport=carrier-pigeon", 0],
  ])("is closed with 1008 and reported when it is one %s", async (_title, query, expected) => {
    const engine = new Server();
    const refused = once(engine, "connection_error") as Promise<[{ code: number }]>;
    const client = new WebSocket(`${await framework(engine)}?${query}`);
    const [code] = (await once(client, "close")) as [number];
    expect([code, (await refused)[0].code]).toEqual([1008, expected]);
  });

  it("is given to nobody while a middleware decides, and loses nothing meanwhile", async () => {
    const engine = new Server();
    let letIn: () => void = () => {};
    const asked = new Promise<void>((resolve) => {
      engine.use((_request, _response, next) => {
        letIn = next;
        resolve();
      });
    });
    const client = new WebSocket(`${await framework(engine)}?EIO=4&transport=websocket`);
    await once(client, "open");
    client.send("4early");
    await asked;
    expect(engine.clientsCount).toBe(0);
    const received = new Promise((resolve) => {
      engine.on("connection", (connection) => connection.on("message", resolve));
    });
    letIn();
    expect(await received).toBe("early");
    client.terminate();
  });
});
