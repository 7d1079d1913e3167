import { type IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from "node:http";
import { Http2ServerResponse } from "node:http2";
import type { BodyOutcome, HostRequest, HostResponse, HttpExchange } from "../host.ts";
import { NodeRequest } from "./node-request.ts";
import { RequestBody } from "./request-body.ts";

const COOKIE = "set-cookie";

/** An error of the peer's connection ends the exchange through `close`; there is nothing else to do about it. */
function ignoreError(): void {}

/** The headers with `Content-Length` where readers of the protocol expect it: after `Content-Type`. */
function withLength({ headers = {}, body = "" }: HostResponse): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = {};
  if (headers["Content-Type"] !== undefined) fields["Content-Type"] = headers["Content-Type"];
  fields["Content-Length"] = Buffer.byteLength(body);
  // A loop, because spreading into an object that has members already is slow, and this runs for every poll.
  for (const name in headers) fields[name] = headers[name];
  return fields;
}

function isCookie(name: string): boolean {
  return name.length === COOKIE.length && name.toLowerCase() === COOKIE;
}

/** Most responses set none: to find that out makes no garbage. */
function setsCookie(headers: OutgoingHttpHeaders): boolean {
  for (const name in headers) if (isCookie(name)) return true;
  return false;
}

/** Cookies add up, whoever set them and in whatever case; `writeHead` alone would keep those of one. */
function joinCookies(outgoing: ServerResponse, headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const fields = Object.entries(headers);
  const own = fields.filter(([name]) => isCookie(name));
  const earlier = outgoing.getHeader("Set-Cookie") ?? [];
  if (own.length === 1 && !outgoing.hasHeader("Set-Cookie")) return headers;
  outgoing.setHeader("Set-Cookie", [earlier, ...own.map(([, value]) => value ?? [])].flat().map(String));
  return Object.fromEntries(fields.filter(([name]) => !isCookie(name)));
}

/** Node's own methods, taken before anybody can replace them. */
const WRITE: unknown = Reflect.get(ServerResponse.prototype, "write");
const END: unknown = Reflect.get(ServerResponse.prototype, "end");

/** Who replaces these methods may do with the body what he likes, and must get it as a whole. */
function isPlain(outgoing: ServerResponse): boolean {
  return outgoing.write === WRITE && outgoing.end === END;
}

/**
 * Sends the body and ends the response. `end` alone would have a text written as a list of two, the second of them empty, which
 * are copied into one before the system gets them. Uncorked before the end it leaves by itself, with the head in one string.
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

/** Ends the stream of an HTTP/2 response, after what was written: the client may still send on it. */
function closeStream(outgoing: ServerResponse): void {
  const response: unknown = outgoing;
  if (response instanceof Http2ServerResponse) response.stream.close();
}

/** One request and response of `node:http`, `node:https` or the compatibility layer of `node:http2`. */
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
      // Headers that can't be written: a user's listener or middleware set them.
      this.destroy();
    }
  }

  destroy(): void {
    this.outgoing.destroy();
  }

  #write(response: HostResponse): void {
    // A middleware that has begun an answer and then failed: there is nothing to add to it.
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
