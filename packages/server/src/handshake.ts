import type { Connection } from "@skein/engine";
import type { Handshake } from "./api.ts";

/** The query of a request's URL: of a repeated key the last value; no key can reach a prototype. */
function queryOf(url: string): Record<string, string> {
  const query: Record<string, string> = Object.create(null) as Record<string, string>;
  const start = url.indexOf("?");
  if (start < 0) return query;
  for (const [key, value] of new URLSearchParams(url.slice(start + 1))) query[key] = value;
  return query;
}

/** What `socket.handshake` says (server-api, "Socket": attributes); with an empty request once that was dropped. */
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
    query: queryOf(url),
    auth,
  };
}
