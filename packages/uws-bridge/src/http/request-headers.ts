import type { IncomingHttpHeaders } from "node:http";
import type { UwsRequest } from "../uws-types.ts";

/** Fields that mean one value: of several, Node keeps the first, and so does this. */
const SINGLE = new Set([
  "age",
  "authorization",
  "content-length",
  "content-type",
  "etag",
  "expires",
  "from",
  "host",
  "if-modified-since",
  "if-unmodified-since",
  "last-modified",
  "location",
  "max-forwards",
  "proxy-authorization",
  "referer",
  "retry-after",
  "server",
  "user-agent",
]);

/** Values that most clients send: shared by all requests, because idle sessions keep theirs. */
const COMMON = new Map(
  [
    "13",
    "*/*",
    "Upgrade",
    "websocket",
    "no-cache",
    "keep-alive",
    "keep-alive, Upgrade",
    "gzip, deflate, br",
    "gzip, deflate, br, zstd",
    "permessage-deflate; client_max_window_bits",
  ].map((value) => [value, value]),
);

function joined(name: string, earlier: string, later: string): string {
  if (SINGLE.has(name)) return earlier;
  return name === "cookie" ? `${earlier}; ${later}` : `${earlier}, ${later}`;
}

/**
 * Copies the header fields of requests, repeated ones combined as `node:http` combines them. Names, and values that come again,
 * are taken from the request before: to compare two short texts costs less than to look one up as a key, and sessions that
 * keep their requests share them.
 */
class HeaderCopier {
  readonly #names: string[] = [];
  readonly #values: string[] = [];
  #at = 0;
  #headers: IncomingHttpHeaders = {};

  copy(req: UwsRequest): IncomingHttpHeaders {
    this.#at = 0;
    this.#headers = {};
    req.forEach(this.#take);
    return this.#headers;
  }

  readonly #take = (name: string, value: string): void => {
    const at = this.#at++;
    if (this.#names[at] !== name) this.#names[at] = name;
    if (this.#values[at] !== value) this.#values[at] = COMMON.get(value) ?? value;
    add(this.#headers, this.#names[at] ?? name, this.#values[at] ?? value);
  };
}

/** The names of a prototype's own properties may stand in a request as well: what is found there is no text. */
function add(headers: IncomingHttpHeaders, name: string, value: string): void {
  const earlier: unknown = headers[name];
  if (name === "set-cookie") headers[name] = [...(headers[name] ?? []), value];
  else headers[name] = typeof earlier === "string" ? joined(name, earlier, value) : value;
}

const copier = new HeaderCopier();

/** Copies the header fields of a request, repeated ones combined as `node:http` combines them. */
export function copyHeaders(req: UwsRequest): IncomingHttpHeaders {
  return copier.copy(req);
}

/** True when the message has a body (RFC 9112, section 6.3): it is announced by a length or by a transfer coding. */
export function announcesBody(headers: IncomingHttpHeaders): boolean {
  return headers["transfer-encoding"] !== undefined || announcedLength(headers) !== 0;
}

/** The announced length of the body in bytes; 0 without one, undefined when it is only known at its end. */
export function announcedLength(headers: IncomingHttpHeaders): number | undefined {
  if (headers["transfer-encoding"] !== undefined) return undefined;
  const length = Number(headers["content-length"] ?? 0);
  return Number.isNaN(length) ? undefined : length;
}
