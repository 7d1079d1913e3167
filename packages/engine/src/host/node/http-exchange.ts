import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { BodyOutcome, HostRequest, HostResponse, HttpExchange } from "../host.ts";
import { NodeRequest } from "./node-request.ts";
import { RequestBody } from "./request-body.ts";

/** An error of the peer's connection ends the exchange through `close`; there is nothing else to do about it. */
function ignoreError(): void {}

/** The headers with `Content-Length` where readers of the protocol expect it: after `Content-Type`. */
function withLength({ headers = {}, body = "" }: HostResponse): OutgoingHttpHeaders {
  const { "Content-Type": type, ...rest } = headers;
  const length = { "Content-Length": Buffer.byteLength(body) };
  return type === undefined ? { ...length, ...rest } : { "Content-Type": type, ...length, ...rest };
}

function isCookie([name]: readonly [string, unknown]): boolean {
  return name.toLowerCase() === "set-cookie";
}

/** Cookies add up, whoever set them and in whatever case; `writeHead` alone would keep those of one. */
function joinCookies(outgoing: ServerResponse, headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const fields = Object.entries(headers);
  const own = fields.filter(isCookie);
  const earlier = outgoing.getHeader("Set-Cookie") ?? [];
  if (own.length === 0 || (own.length === 1 && !outgoing.hasHeader("Set-Cookie"))) return headers;
  outgoing.setHeader("Set-Cookie", [earlier, ...own.map(([, value]) => value ?? [])].flat().map(String));
  return Object.fromEntries(fields.filter((field) => !isCookie(field)));
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
    outgoing.once("close", () => {
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
      const headers = joinCookies(this.outgoing, withLength(response));
      this.outgoing.writeHead(response.status, headers).end(response.body);
    }
  }
}
