import {
  createBareServer,
  expectation,
  isPort,
  isServer,
  listenWithAdvice,
  SERVER_ADVICE,
} from "@skein/engine";
import type { Server as HttpServer } from "node:http";
import type { Http2SecureServer, Http2Server } from "node:http2";
import type { Server as HttpsServer } from "node:https";
import { ServerError } from "../errors.ts";

/** Node.js servers that a Socket.IO server can be attached to. */
export type TServerInstance = HttpServer | HttpsServer | Http2Server | Http2SecureServer;

function listenOn(port: number | string): HttpServer {
  return listenWithAdvice(createBareServer(404), Number(port));
}

function adviceFor(value: unknown): string {
  if (typeof value !== "string") return SERVER_ADVICE;
  return "A port is a number. For a host name, let an HTTP server listen on it and pass that server.";
}

/**
 * Returns the server itself, or a new one that listens on this port. Throws `NOT_AN_HTTP_SERVER`
 * for a function, and `INVALID_ARGUMENT` for anything else.
 */
export function httpServerOf(server: TServerInstance | number): TServerInstance {
  if (typeof server === "function") throw new ServerError("NOT_AN_HTTP_SERVER");
  if (isPort(server)) return listenOn(server);
  if (isServer(server)) return server;
  const subject = "The server given to new Server(), attach() or listen()";
  const message = expectation(subject, "an HTTP server of Node or a port", server, adviceFor(server));
  throw new ServerError("INVALID_ARGUMENT", message);
}

/** Resolves when the server has closed, to Node.js's error if it was not listening. */
export async function closeHttpServer(server: TServerInstance | undefined): Promise<Error | undefined> {
  if (server === undefined) return undefined;
  return new Promise((resolve) => {
    server.close(resolve);
  });
}
