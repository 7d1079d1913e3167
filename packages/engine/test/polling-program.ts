import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { Server } from "@skein/engine";
import { memoryHeld } from "@skein/testkit";

// An engine in a process of its own. It sends its port to its parent, and answers every message
// with a memory report.

/** What the process has read, and what it takes. In bytes. */
export interface Census {
  readonly bytesRead: number;
  readonly rss: number;
  /** Undefined unless it was asked for: it takes a collection of all garbage. */
  readonly held: number | undefined;
}

const sockets: Socket[] = [];
const http = createServer().on("connection", (socket) => sockets.push(socket));
new Server({ pingInterval: 600_000, bodyTimeout: 600_000 }).attach(http);

process.on("message", (thorough) => {
  const bytesRead = sockets.reduce((sum, socket) => sum + socket.bytesRead, 0);
  const tell = (held: number | undefined): void =>
    void process.send?.({ bytesRead, held, rss: process.memoryUsage().rss } satisfies Census);
  if (thorough === true) void memoryHeld().then(tell);
  else tell(undefined);
});
process.on("disconnect", () => process.exit());
http.listen(0, "127.0.0.1", () => process.send?.((http.address() as AddressInfo).port));
