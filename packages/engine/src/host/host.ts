import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { PreparedMessage } from "../protocol/prepared-message.ts";

/**
 * A request, independent of its HTTP server. It stays readable as long as the session keeps it,
 * also on hosts whose own request object is only valid in the handler.
 */
export interface HostRequest {
  /** Upper case. */
  readonly method: string;
  /** Path and query, as on the request line. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /**
   * Textual address of the peer; IPv4 may be given as IPv4-mapped IPv6. Undefined when the peer is
   * already gone.
   */
  readonly remoteAddress: string | undefined;
  /** True when the connection is encrypted up to this process. */
  readonly secure: boolean;
  /**
   * The request as users and middlewares see it. On hosts other than `node:http`, an object with
   * the same readable surface.
   */
  readonly incoming: IncomingMessage;
  /**
   * False until `incoming` is read, on hosts that create it on demand; until then it can't have
   * been changed.
   */
  readonly shown?: boolean;
}

/** A complete response. Header names keep their case; the host adds `Content-Length`. */
export interface HostResponse {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
  /** `true` ends the connection after this response; on HTTP/2, its stream. */
  readonly closesConnection?: boolean;
}

/** The outcome of reading a body. The receiver may keep `bytes`. */
export type BodyOutcome =
  | { readonly kind: "complete"; readonly bytes: Uint8Array }
  | { readonly kind: "too-large" }
  | { readonly kind: "aborted" };

/**
 * One HTTP request and its response.
 *
 * Contract:
 * - `respond` ends the exchange, at most once; after an abort or an earlier end it has no effect.
 * Headers that middlewares set on `outgoing` are kept and sent with it.
 * - `onAborted` registers the one listener, called once if the peer disconnects before the response
 * was handed over.
 * - `readBody` counts bytes as they arrive and stops at the first byte over `limit`; it never holds
 * more than `limit` bytes. It is called at most once, and calls `done` exactly once.
 * - `destroy` drops the underlying connection without a response.
 * - `ended` is true after the response was ended, also by a middleware, or the peer disconnected.
 */
export interface HttpExchange {
  readonly request: HostRequest;
  /**
   * The response for middlewares. On hosts other than `node:http`, an object with the same writable
   * surface.
   */
  readonly outgoing: ServerResponse;
  readonly ended: boolean;
  onAborted(listener: () => void): void;
  readBody(limit: number, done: (outcome: BodyOutcome) => void): void;
  respond(response: HostResponse): void;
  destroy(): void;
}

/**
 * One request to switch to WebSocket.
 *
 * Contract:
 * - Exactly one of `accept`, `refuse` and `destroy` ends it; later calls, and calls after the peer
 * disconnected, have no effect.
 * - `refuse` answers before the 101, as plain HTTP, and ends the connection.
 * - `accept` completes the WebSocket handshake with `headers` and the headers that middlewares set
 * on `outgoing`. `opened` gets the port and returns its listener; it is not called when the
 * handshake fails (bad key or version: the host itself responds) or the peer is gone. Data that the
 * peer sent early is not lost, and errors of the peer are handled from the first byte on.
 */
export interface UpgradeExchange {
  readonly request: HostRequest;
  readonly outgoing: ServerResponse;
  readonly ended: boolean;
  accept(headers: OutgoingHttpHeaders, opened: (port: WebSocketPort) => WebSocketListener): void;
  refuse(response: HostResponse): void;
  destroy(): void;
}

/** One WebSocket message to send: text, bytes, or a message prepared once for many ports. */
export type WireMessage = string | Uint8Array | PreparedMessage;

/**
 * One open WebSocket.
 *
 * Contract:
 * - `send` writes whole messages in order, as one write where the host can, and never partly: after
 * a dropped message the port closes. A string is sent as a text message and bytes as a binary one,
 * verbatim; a prepared message is sent in its revision 4 WebSocket form. It returns false when the
 * buffer is above the host's high-water mark; `onDrain` follows when it is below again. `compress`
 * false asks for no compression.
 * - `close` starts the closing handshake after what was sent; `terminate` drops the connection.
 * Both may be called more than once; after `terminate` the listener is not called.
 * - `bufferedAmount` counts the bytes not yet handed to the operating system.
 */
export interface WebSocketPort {
  readonly bufferedAmount: number;
  send(messages: readonly WireMessage[], compress: boolean): boolean;
  close(code?: number, reason?: string): void;
  terminate(): void;
}

/** The listener of a port. It may keep binary data. `onClose` is called once and last. */
export interface WebSocketListener {
  onMessage(data: string | Uint8Array): void;
  onDrain(): void;
  /**
   * The connection is closed. `error` is set if it failed, or the peer broke the WebSocket protocol
   * or a limit.
   */
  onClose(error?: Error): void;
}

/**
 * Native publish and subscribe, an optional capability of a host. The caller decides when a publish
 * is equivalent to sending to each port; socket-by-socket delivery is always correct.
 *
 * Contract:
 * - A port's subscriptions end with the port. A publish reaches every subscribed port of this host
 * once, in order with what `send` wrote to the same port.
 * - Topic strings are opaque. A port above its host's limit is closed, never skipped silently.
 * - No port reaches that limit if the caller unsubscribes ports with more than `maxLag` buffered
 * bytes, and publishes at most `maxLag` bytes between two checks, which are in turns of their own.
 */
export interface TopicBus {
  readonly maxLag: number;
  subscribe(port: WebSocketPort, topic: string): void;
  unsubscribe(port: WebSocketPort, topic: string): void;
  publish(topic: string, messages: readonly PreparedMessage[]): void;
}

/** The requests that a host hands over, and its WebSocket settings. */
export interface HostOptions {
  /** Normalised path, with its trailing slash if the slash is part of the match. */
  readonly path: string;
  /** `false` leaves WebSocket upgrades to other listeners. */
  readonly webSocket: boolean;
  /** Largest incoming message, in bytes. */
  readonly maxPayload: number;
  /**
   * Bytes that the engine buffers for one peer; Infinity if the application limits that. The host's
   * own limit must be higher.
   */
  readonly maxBuffered: number;
  /** Milliseconds between two pings of the engine; a healthy WebSocket may be idle that long. */
  readonly pingInterval: number;
  /** Milliseconds after which an unclaimed upgrade request is ended; undefined leaves it alone. */
  readonly destroyUpgradeTimeout: number | undefined;
  /** The name of the attached server in error messages. Default: `an engine`. */
  readonly owner?: string | undefined;
}

/** The receiver of a host's requests, implemented by the engine. Neither method throws. */
export interface HostHandler {
  onRequest(exchange: HttpExchange): void;
  onUpgrade(exchange: UpgradeExchange): void;
  /** The underlying server was closed by its owner; sessions on it can't continue. */
  onHostClosed(): void;
}

/**
 * A server that speaks HTTP and WebSocket. One host serves one handler.
 *
 * Contract:
 * - `serve` starts handing over the requests that match `options.path`; all others stay with the
 * listeners that had them. It throws `ALREADY_ATTACHED` when another host on the same underlying
 * server takes these requests. Where one path begins with another, the longer one gets the requests
 * it matches.
 * - `retire` lets another host take the path from now on. Requests arrive as before until it does,
 * or until `close`.
 * - `close` stops that, frees the host's resources and restores the underlying server as far as
 * possible. It does not close that server, which belongs to its owner.
 * - `topics` is present only if the underlying server has native publishing.
 */
export interface Host {
  readonly topics?: TopicBus;
  serve(handler: HostHandler, options: HostOptions): void;
  retire(): void;
  close(): void;
}
