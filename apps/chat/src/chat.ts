import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import { Server } from "@skein/server";
import { LIMITS } from "./events.ts";
import { type ChatServer, openRooms } from "./rooms.ts";
import { openSite } from "./site.ts";

export interface ChatOptions {
  /** Zero asks the system for a free one. */
  port: number;
  /** The page's script, once built. */
  pageScript?: URL;
}

export interface Chat {
  readonly url: string;
  readonly httpServer: HttpServer;
  close(): Promise<void>;
}

/** Starts the chat. Rejects when the port can't be had. */
export async function startChat({ port, pageScript }: ChatOptions): Promise<Chat> {
  const httpServer = createServer(await openSite(pageScript));
  // Over long-polling binary is sent as base64, a third longer than it is.
  const io: ChatServer = new Server(httpServer, { maxHttpBufferSize: 2 * LIMITS.picture });
  openRooms(io);

  httpServer.listen(port);
  await once(httpServer, "listening");
  const address = httpServer.address();
  const actualPort = typeof address === "object" && address !== null ? address.port : port;
  return { url: `http://localhost:${actualPort}/`, httpServer, close: () => io.close() };
}
