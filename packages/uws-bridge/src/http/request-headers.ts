import type { IncomingHttpHeaders } from "node:http";
import type { UwsRequest } from "../uws-types.ts";

/** Fields with a single value: the first of several is kept, as in Node.js. */
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

/**
 * Values that most clients send, shared by all requests because idle sessions keep their requests.
 */
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
 * Copies the header fields of requests; repeated fields are combined as in `node:http`. Names and
 * repeated values are taken from the previous request: comparing two short texts costs less than a
 * lookup by key, and sessions that keep their requests share them.
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

/**
 * Adds a field. A name may equal a property of the prototype, whose value is not text and is
 * ignored.
 */
function add(headers: IncomingHttpHeaders, name: string, value: string): void {
  const earlier: unknown = headers[name];
  if (name === "set-cookie") headers[name] = [...(headers[name] ?? []), value];
  else headers[name] = typeof earlier === "string" ? joined(name, earlier, value) : value;
}

const copier = new HeaderCopier();

/** Copies the header fields of a request; repeated fields are combined as in `node:http`. */
export function copyHeaders(req: UwsRequest): IncomingHttpHeaders {
  return copier.copy(req);
}

/**
 * True when the message has a body (RFC 9112, section 6.3), announced by a length or a transfer
 * coding.
 */
export function announcesBody(headers: IncomingHttpHeaders): boolean {
  return headers["transfer-encoding"] !== undefined || announcedLength(headers) !== 0;
}

/**
 * The announced length of the body in bytes; 0 without one, undefined if it is only known at the
 * end.
 */
export function announcedLength(headers: IncomingHttpHeaders): number | undefined {
  if (headers["transfer-encoding"] !== undefined) return undefined;
  const length = Number(headers["content-length"] ?? 0);
  return Number.isNaN(length) ? undefined : length;
}
