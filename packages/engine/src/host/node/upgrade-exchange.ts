import {
  type IncomingMessage,
  type OutgoingHttpHeaders,
  ServerResponse,
  STATUS_CODES,
  validateHeaderName,
  validateHeaderValue,
} from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type {
  HostRequest,
  HostResponse,
  UpgradeExchange,
  WebSocketListener,
  WebSocketPort,
} from "../host.ts";
import { NodeRequest } from "./node-request.ts";
import type { WebSocketAcceptor } from "./websocket/acceptor.ts";

/** Ignores the error of a peer that resets its connection; `close` reports it. */
function ignoreError(): void {}

type HeaderValue = OutgoingHttpHeaders[string];

function headerLines(name: string, value: HeaderValue): string[] {
  if (value === undefined) return [];
  validateHeaderName(name);
  return (Array.isArray(value) ? value : [value]).map((single) => {
    validateHeaderValue(name, String(single));
    return `${name}: ${single}`;
  });
}

/** Returns the raw text of a response, for a connection without an HTTP parser. */
export function responseText({ status, headers = {}, body = "" }: HostResponse): string {
  const fields = { Connection: "close", ...headers, "Content-Length": Buffer.byteLength(body) };
  const lines = Object.entries(fields).flatMap(([name, value]) => headerLines(name, value));
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`, ...lines, "", String(body)].join("\r\n");
}

/** One `upgrade` event of a Node server, from the event to the 101 or the refusal. */
export class NodeUpgradeExchange implements UpgradeExchange {
  readonly request: HostRequest;
  readonly #incoming: IncomingMessage;
  readonly #socket: Duplex;
  readonly #acceptor: WebSocketAcceptor;
  #head: Buffer;
  #outgoing: ServerResponse | undefined;
  #settled = false;

  constructor(incoming: IncomingMessage, socket: Duplex, head: Buffer, acceptor: WebSocketAcceptor) {
    this.request = new NodeRequest(incoming);
    this.#incoming = incoming;
    this.#socket = socket;
    this.#head = head;
    this.#acceptor = acceptor;
    socket.on("error", ignoreError);
  }

  /** A real response on the raw socket, so that a middleware can answer the upgrade request. */
  get outgoing(): ServerResponse {
    this.#outgoing ??= this.#createOutgoing();
    return this.#outgoing;
  }

  get ended(): boolean {
    const answered = this.#outgoing?.writableEnded ?? false;
    return this.#settled || answered || this.#socket.destroyed || !this.#socket.writable;
  }

  accept(headers: OutgoingHttpHeaders, opened: (port: WebSocketPort) => WebSocketListener): void {
    if (this.ended) return;
    let lines: string[];
    try {
      lines = this.#handshakeLines(headers);
    } catch {
      // Headers that can't be written, set by a user's listener or middleware.
      this.#releaseOutgoing();
      this.refuse({ status: 500 });
      return;
    }
    this.#settled = true;
    this.#releaseOutgoing();
    const head = this.#head;
    this.#head = Buffer.alloc(0);
    this.#acceptor.accept({ incoming: this.#incoming, socket: this.#socket, head, lines }, opened);
  }

  refuse(response: HostResponse): void {
    if (this.ended) return;
    this.#settled = true;
    const socket = this.#socket;
    socket.once("finish", () => socket.destroy());
    if (this.#outgoing === undefined) socket.end(responseText(response));
    else this.#answer(this.#outgoing, response);
  }

  destroy(): void {
    this.#settled = true;
    this.#socket.destroy();
  }

  /**
   * Responds through the response that middlewares saw, so that their headers are sent and they are
   * notified of its end.
   */
  #answer(outgoing: ServerResponse, { status, headers, body = "" }: HostResponse): void {
    try {
      // A middleware started a response and then failed; it can't be changed any more.
      if (outgoing.headersSent) outgoing.end();
      else outgoing.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(body) }).end(body);
    } catch {
      // Headers that can't be written, set by a user's listener or middleware.
      this.destroy();
    }
  }

  #createOutgoing(): ServerResponse {
    const outgoing = new ServerResponse(this.#incoming);
    outgoing.shouldKeepAlive = false;
    outgoing.assignSocket(this.#socket as Socket);
    outgoing.once("finish", () => this.#socket.end());
    return outgoing;
  }

  /** Returns header lines for the 101: `headers`, and those of middlewares that `headers` lacks. */
  #handshakeLines(headers: OutgoingHttpHeaders): string[] {
    const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
    names.delete("set-cookie");
    const outgoing = this.#outgoing;
    // Session middlewares and others hook `writeHead` to set their cookie at the last moment.
    const collected = outgoing === undefined ? [] : outgoing.writeHead(101).getHeaderNames();
    return [
      ...Object.entries(headers).flatMap(([name, value]) => headerLines(name, value)),
      ...collected
        .filter((name) => !names.has(name.toLowerCase()))
        .flatMap((name) => headerLines(name, outgoing?.getHeader(name))),
    ];
  }

  #releaseOutgoing(): void {
    const outgoing = this.#outgoing;
    if (outgoing === undefined) return;
    const socket = this.#socket;
    outgoing.detachSocket(socket as Socket);
    if (outgoing.listenerCount("close") > 0) socket.once("close", () => outgoing.emit("close"));
    this.#outgoing = undefined;
  }
}
