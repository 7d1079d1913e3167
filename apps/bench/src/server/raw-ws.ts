import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { answer, FRAME, OPEN } from "./raw.ts";
import type { Subject } from "./subject.ts";

/** A bare `ws` server. */
export async function rawWs(): Promise<Subject> {
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  server.on("connection", (socket) => {
    socket.send(OPEN);
    socket.on("message", (data, isBinary) => {
      if (isBinary || !Buffer.isBuffer(data)) socket.send(data, { binary: true });
      else socket.send(answer(data.toString()));
    });
  });
  await new Promise<void>((resolve) => {
    http.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (http.address() as AddressInfo).port,
    broadcast(times) {
      for (let index = 0; index < times; index++) {
        for (const client of server.clients) if (client.readyState === WebSocket.OPEN) client.send(FRAME);
      }
    },
    place() {},
    close: () => process.exit(0),
  };
}
