import type { OutgoingHttpHeaders } from "node:http";
import type { HostResponse, UpgradeExchange, WebSocketListener, WebSocketPort } from "@skein/engine";
import { Exchange } from "../http/exchange.ts";
import type { HandshakeFields, HeaderLine, LiveResponse } from "../http/live-response.ts";
import { headerFields } from "../http/outgoing-headers.ts";
import type { RequestSnapshot } from "../http/request-snapshot.ts";
import type { UwsUpgradeContext } from "../uws-types.ts";
import { openFor, UwsWebSocketPort } from "./websocket-port.ts";

/** 16 bytes in base64 (RFC 6455, section 4.1). */
const KEY = /^[+/0-9A-Za-z]{22}==$/;
const BAD_KEY: HostResponse = { status: 400, body: "Invalid Sec-WebSocket-Key header" };
const BAD_VERSION: HostResponse = {
  status: 426,
  headers: { "Sec-WebSocket-Version": "13" },
  body: "Missing or unsupported Sec-WebSocket-Version header",
};

const NO_LINES: readonly HeaderLine[] = [];

function handshakeFields(request: RequestSnapshot, context: UwsUpgradeContext): HandshakeFields {
  return {
    key: request.headers["sec-websocket-key"] ?? "",
    protocol: request.headers["sec-websocket-protocol"] ?? "",
    extensions: request.headers["sec-websocket-extensions"] ?? "",
    context,
  };
}

/**
 * One WebSocket upgrade request on µWebSockets.js. Must be created before the upgrade handler
 * returns.
 */
export class UwsUpgradeExchange extends Exchange implements UpgradeExchange {
  readonly #context: UwsUpgradeContext;
  readonly #compressFrom: number;

  /**
   * `compressFrom`: minimum length of a compressed message; Infinity if the route does not
   * compress.
   */
  constructor(
    request: RequestSnapshot,
    response: LiveResponse,
    context: UwsUpgradeContext,
    compressFrom: number,
  ) {
    super(request, response);
    this.#context = context;
    this.#compressFrom = compressFrom;
  }

  accept(headers: OutgoingHttpHeaders, opened: (port: WebSocketPort) => WebSocketListener): void {
    if (this.ended) return;
    const { request } = this;
    if (request.headers["sec-websocket-version"] !== "13") return this.refuse(BAD_VERSION);
    const fields = handshakeFields(request, this.#context);
    if (!KEY.test(fields.key)) return this.refuse(BAD_KEY);
    const lines = this.#handshakeLines(headers);
    // A listener or middleware of the application has set headers that can't be written.
    if (lines === undefined) return this.sendOutgoing(500, undefined, headerFields(undefined), undefined);
    const port = new UwsWebSocketPort(this.#compressFrom, opened, this.#closeListener());
    openFor(port, (data) => this.response.upgrade(data, lines, fields));
    this.finished(false);
  }

  refuse(response: HostResponse): void {
    this.send(response);
  }

  protected override get closesConnection(): boolean {
    return true;
  }

  /**
   * Returns a callback that closes the response of an upgrade with its WebSocket; undefined without
   * `close` listeners, the usual case.
   */
  #closeListener(): (() => void) | undefined {
    const outgoing = this.touched;
    if (outgoing === undefined || outgoing.listenerCount("close") === 0) return undefined;
    return () => void outgoing.emit("close");
  }

  /**
   * Returns the lines added to the 101: those set by middlewares and `headers`, which replace
   * fields of the same name except cookies.
   */
  #handshakeLines(headers: OutgoingHttpHeaders): readonly HeaderLine[] | undefined {
    if (this.touched === undefined && Object.keys(headers).length === 0) return NO_LINES;
    try {
      const fields = this.touched?.takeHandshakeHeaders() ?? headerFields(undefined);
      fields.join(headers);
      return fields.lines();
    } catch {
      return undefined;
    }
  }
}
