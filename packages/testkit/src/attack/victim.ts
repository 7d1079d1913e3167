import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "@skein/server";
import uWS from "uWebSockets.js";
import { WebSocketServer } from "ws";
import type { VictimOptions, VictimReport } from "./messages.ts";
import { serveWebTransport } from "./web-transport.ts";

// The attacked server in its own process. It reports its port and, on request, its memory; an
// uncaught error ends it, as it would end an application.

const options = JSON.parse(process.argv[2] ?? "{}") as VictimOptions;

/** The timeouts are short so that an attack soon sees their effect. */
const io = new Server({ upgradeTimeout: 200, destroyUpgradeTimeout: 200, serveClient: false });

io.on("connection", (socket) => {
  socket.on("echo", (value: unknown, answer: (value: unknown) => void) => answer(value));
  socket.on("detach", () => {
    const bytes = new Uint8Array(16);
    io.emit("bytes", bytes);
    structuredClone(bytes, { transfer: [bytes.buffer] });
  });
  socket.onAny((name: string) => {
    if (name.startsWith("forged")) throw new Error("no such event");
  });
});

function report(message: VictimReport): void {
  process.send?.(message);
}

process.on("message", () => {
  globalThis.gc?.();
  report({ kind: "memory", rss: process.memoryUsage.rss(), clients: io.engine.clientsCount });
});
process.on("disconnect", () => process.exit());

/**
 * A foreign WebSocket server, which responds to its upgrades before the attacked server receives
 * them.
 */
async function onNode(): Promise<number> {
  const http = createServer();
  const foreign = new WebSocketServer({ noServer: true });
  http.on("upgrade", (request, socket, head) => {
    if (request.url !== "/foreign") return;
    foreign.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on("message", (data) => webSocket.send(data));
    });
  });
  io.attach(http);
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return (http.address() as AddressInfo).port;
}

function onUws(): Promise<number> {
  const app = uWS.App();
  io.attachApp(app);
  return new Promise((resolve, reject) => {
    app.listen("127.0.0.1", 0, (token) => {
      if (token === false) reject(new Error("the app can't listen"));
      else resolve(uWS.us_socket_local_port(token));
    });
  });
}

const port = options.host === "node" ? await onNode() : await onUws();
report({
  kind: "ready",
  port,
  webTransport: options.webTransport === true ? await serveWebTransport(io) : undefined,
});
