import { type Connection, parseQuery, queryOf } from "@skein/engine";
import type { Handshake } from "../api.ts";

/**
 * Builds `socket.handshake` (server-api, "Socket": attributes); if the request was set to `null`,
 * with empty values.
 */
export function buildHandshake(
  connection: Connection,
  issued: number,
  auth: Record<string, unknown>,
): Handshake {
  const { request } = connection;
  const url = request?.url ?? "";
  const headers = request?.headers ?? {};
  return {
    headers,
    time: String(new Date(issued)),
    address: connection.remoteAddress ?? "",
    xdomain: headers.origin !== undefined,
    secure: connection.secure,
    issued,
    url,
    query: request === null ? parseQuery("") : queryOf(request),
    auth,
  };
}
