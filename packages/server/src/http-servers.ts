import { createBareServer } from "@skein/engine";
import type { Server as HttpServer } from "node:http";
import type { Http2SecureServer, Http2Server } from "node:http2";
import type { Server as HttpsServer } from "node:https";
import { SkeinError } from "./errors.ts";

/** The servers of Node that a Socket.IO server can be attached to. */
export type TServerInstance = HttpServer | HttpsServer | Http2Server | Http2SecureServer;

function isPort(value: unknown): value is number | string {
  return typeof value === "number" || (typeof value === "string" && /^\d+$/.test(value));
}

function listenOn(port: number | string): HttpServer {
  return createBareServer(404).listen(Number(port));
}

/** The server itself, or a new one that listens on this port. Throws `NOT_AN_HTTP_SERVER` for a function. */
export function httpServerOf(server: TServerInstance | number): TServerInstance {
  if (typeof server === "function") throw new SkeinError("NOT_AN_HTTP_SERVER");
  return isPort(server) ? listenOn(server) : server;
}

/** Resolves when the server has closed, to Node's error if it was not listening. */
export async function closeHttpServer(server: TServerInstance | undefined): Promise<Error | undefined> {
  if (server === undefined) return undefined;
  return new Promise((resolve) => {
    server.close(resolve);
  });
}
