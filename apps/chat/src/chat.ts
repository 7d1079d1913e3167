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

/** Starts the chat on `port`; zero asks the system for a free one. Rejects when the port can't be had. */
export async function startChat(port: number, site = SITE) {
  const setHeaders = (response: ServerResponse) => response.setHeader("content-security-policy", POLICY);
  // The page's own files. Requests under /socket.io/ never come here: Skein answers them.
  const httpServer = createServer(sirv(site, { setHeaders }));
  // Over long-polling binary is sent as base64, a third longer than it is.
  const io: ChatServer = new Server(httpServer, { maxHttpBufferSize: 2 * LIMITS.picture });
  openRooms(io);

  await once(httpServer.listen(port), "listening");
  const address = httpServer.address();
  const actualPort = typeof address === "object" ? address?.port : port;
  return { url: `http://localhost:${actualPort}/`, httpServer, close: () => io.close() };
}
