import { type IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from "node:http";
import { Http2ServerResponse } from "node:http2";
import type { BodyOutcome, HostRequest, HostResponse, HttpExchange } from "../host.ts";
import { NodeRequest } from "./node-request.ts";
import { RequestBody } from "./request-body.ts";

const COOKIE = "set-cookie";

/** Ignores errors of the peer's connection; they end the exchange through `close`. */
function ignoreError(): void {}

/**
 * Returns the headers with `Content-Length` where readers of the protocol expect it: after
 * `Content-Type`.
 */
function withLength({ headers = {}, body = "" }: HostResponse): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = {};
  if (headers["Content-Type"] !== undefined) fields["Content-Type"] = headers["Content-Type"];
  fields["Content-Length"] = Buffer.byteLength(body);
  // A loop: spreading into an object that already has members is slow, and this runs for every
  // poll.
  for (const name in headers) fields[name] = headers[name];
  return fields;
}

function isCookie(name: string): boolean {
  return name.length === COOKIE.length && name.toLowerCase() === COOKIE;
}

/** Whether a header sets a cookie. Most responses set none, so this check allocates nothing. */
function setsCookie(headers: OutgoingHttpHeaders): boolean {
  for (const name in headers) if (isCookie(name)) return true;
  return false;
}

/**
 * Merges cookies from all sources, whatever the header's case; `writeHead` alone keeps those of one
 * source.
 */
function joinCookies(outgoing: ServerResponse, headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const fields = Object.entries(headers);
  const own = fields.filter(([name]) => isCookie(name));
  const earlier = outgoing.getHeader("Set-Cookie") ?? [];
  if (own.length === 1 && !outgoing.hasHeader("Set-Cookie")) return headers;
  outgoing.setHeader("Set-Cookie", [earlier, ...own.map(([, value]) => value ?? [])].flat().map(String));
  return Object.fromEntries(fields.filter(([name]) => !isCookie(name)));
}

/** Node's own methods, read before they can be replaced. */
const WRITE: unknown = Reflect.get(ServerResponse.prototype, "write");
const END: unknown = Reflect.get(ServerResponse.prototype, "end");

/**
 * Whether `write` and `end` are Node's own. Middlewares that replace them must get the whole body
 * in one call.
 */
function isPlain(outgoing: ServerResponse): boolean {
  return outgoing.write === WRITE && outgoing.end === END;
}

/**
 * Sends the body and ends the response. `end` alone writes a text as a list of two, the second
 * empty, which Node copies into one. Uncorked before the end, the text is written by itself, with
 * the head in one string.
 */
function endWith(outgoing: ServerResponse, body: HostResponse["body"]): void {
  if (typeof body !== "string" || !isPlain(outgoing)) {
    outgoing.end(body);
    return;
  }
  outgoing.cork();
  outgoing.write(body);
  outgoing.uncork();
  outgoing.end();
}

/**
 * Ends the stream of an HTTP/2 response after what was written, because the client may still send
 * on it.
 */
function closeStream(outgoing: ServerResponse): void {
  const response: unknown = outgoing;
  if (response instanceof Http2ServerResponse) response.stream.close();
}

/**
 * One request and response of `node:http`, `node:https` or the compatibility API of `node:http2`.
 */
export class NodeHttpExchange implements HttpExchange {
  readonly request: HostRequest;
  readonly outgoing: ServerResponse;
  readonly #incoming: IncomingMessage;

  constructor(incoming: IncomingMessage, outgoing: ServerResponse) {
    this.request = new NodeRequest(incoming);
    this.outgoing = outgoing;
    this.#incoming = incoming;
    incoming.on("error", ignoreError);
    outgoing.on("error", ignoreError);
  }

  get ended(): boolean {
    return this.outgoing.writableEnded || this.outgoing.destroyed;
  }

  onAborted(listener: () => void): void {
    const { outgoing } = this;
    outgoing.on("close", () => {
      if (!outgoing.writableEnded) listener();
    });
  }

  readBody(limit: number, done: (outcome: BodyOutcome) => void): void {
    new RequestBody(this.#incoming, limit, done).start();
  }

  respond(response: HostResponse): void {
    if (this.ended) return;
    try {
      this.#write(response);
    } catch {
      // Headers that can't be written, set by a user's listener or middleware.
      this.destroy();
    }
  }

  destroy(): void {
    this.outgoing.destroy();
  }

  #write(response: HostResponse): void {
    // A middleware started a response and then failed; it can't be changed any more.
    if (this.outgoing.headersSent) this.outgoing.end();
    else {
      const headers = withLength(response);
      const joined = setsCookie(headers) ? joinCookies(this.outgoing, headers) : headers;
      if (response.closesConnection === true) this.outgoing.shouldKeepAlive = false;
      endWith(this.outgoing.writeHead(response.status, joined), response.body);
    }
    if (response.closesConnection === true) closeStream(this.outgoing);
  }
}
