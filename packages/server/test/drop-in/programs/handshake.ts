import type { IncomingHttpHeaders } from "node:http";
import type { ParsedUrlQuery } from "node:querystring";
import type { Socket } from "socket.io";

type Handshake = Socket["handshake"];

export function tokenOf({ auth, query, headers }: Handshake): string | undefined {
  const fromQuery = query["token"];
  const first = Array.isArray(fromQuery) ? fromQuery[0] : fromQuery;
  return auth["token"] ?? first ?? headers.authorization?.slice(7);
}

export function describe(socket: Socket): object {
  const { address, secure, issued, time, url, xdomain }: Handshake = socket.handshake;
  const query: ParsedUrlQuery = socket.handshake.query;
  const headers: IncomingHttpHeaders = socket.handshake.headers;
  const room = socket.handshake.query["room"] as string;
  const rooms = socket.handshake.query["rooms"] as string[];
  return { address, secure, issued: new Date(issued), time, url, xdomain, query, headers, room, rooms };
}

export const fake: Handshake = {
  headers: {},
  time: new Date().toString(),
  address: "127.0.0.1",
  xdomain: false,
  secure: false,
  issued: Date.now(),
  url: "/",
  query: { a: ["1", "2"], b: "3" },
  auth: { token: "x" },
};
