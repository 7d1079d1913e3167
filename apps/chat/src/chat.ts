import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { Server } from "@skein/server";
import sirv from "sirv";
import { LIMITS } from "./events.ts";
import { type ChatServer, openRooms } from "./rooms.ts";

const SITE = fileURLToPath(new URL("../dist/site/", import.meta.url));
const POLICY = "default-src 'self'; img-src 'self' blob: data:; connect-src 'self' ws: wss:";

export type Chat = Awaited<ReturnType<typeof startChat>>;

/** Starts the chat on `port`; zero selects a free one. Rejects when the port is not available. */
export async function startChat(port: number, site = SITE) {
  const setHeaders = (response: ServerResponse) => response.setHeader("content-security-policy", POLICY);
  // Serves the files of the page. Skein handles requests under /socket.io/, which are not passed to
  // this listener.
  const httpServer = createServer(sirv(site, { setHeaders }));
  // Long-polling sends binary as base64, which is a third longer.
  const io: ChatServer = new Server(httpServer, { maxHttpBufferSize: 2 * LIMITS.picture });
  openRooms(io);

  await once(httpServer.listen(port), "listening");
  const address = httpServer.address();
  const actualPort = typeof address === "object" ? address?.port : port;
  return { url: `http://localhost:${actualPort}/`, httpServer, close: () => io.close() };
}
