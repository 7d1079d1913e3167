import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { PreparedMessage } from "../protocol/prepared-message.ts";

/**
 * A request as the engine reads it, whatever HTTP server it came from. It stays readable for as long as the session
 * keeps it, also on hosts whose own request object dies with the handler.
 */
export interface HostRequest {
  /** Upper case. */
  readonly method: string;
  /** Path and query, as on the request line. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Textual address of the peer; IPv4 may come as IPv4-mapped IPv6. Undefined when the peer is already gone. */
  readonly remoteAddress: string | undefined;
  /** True when the connection is encrypted up to this process. */
  readonly secure: boolean;
  /** What users and middlewares see as the request. On hosts other than `node:http`, an object with the same readable surface. */
  readonly incoming: IncomingMessage;
  /** False while `incoming` was not asked for, on hosts that make it when it is: so nobody can have changed it. */
  readonly shown?: boolean;
}

/** A finished response. Header names keep their case; `Content-Length` is the host's to add. */
export interface HostResponse {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
  /** True: the connection ends with this response; on HTTP/2 its stream does. */
  readonly closesConnection?: boolean;
}

/** How the reading of a body ended. `bytes` may be kept by the receiver. */
export type BodyOutcome =
  | { readonly kind: "complete"; readonly bytes: Uint8Array }
  | { readonly kind: "too-large" }
  | { readonly kind: "aborted" };

/**
 * One HTTP request and its response.
 *
 * Contract:
 * - `respond` ends the exchange, at most once; after an abort or an earlier end it does nothing. Headers that
 *   middlewares set on `outgoing` are kept and sent with it.
 * - `onAborted` registers the one listener that is called, once, if the peer goes away before the response was handed over.
 * - `readBody` counts bytes as they come and stops at the first byte over `limit`; it never holds more than `limit` bytes.
 *   It is called at most once, and calls `done` exactly once.
 * - `destroy` drops the underlying connection without an answer.
 * - `ended` is true once the response was ended by anyone, middlewares included, or the peer went away.
 */
export interface HttpExchange {
  readonly request: HostRequest;
  /** What middlewares write to. On hosts other than `node:http`, an object with the same writable surface. */
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
 * - Exactly one of `accept`, `refuse` and `destroy` ends it; later calls, and calls after the peer went away, do nothing.
 * - `refuse` answers before the 101, as plain HTTP, and ends the connection.
 * - `accept` completes the WebSocket handshake with `headers` and those that middlewares set on `outgoing`. `opened`
 *   gets the port and returns its listener; it is not called when the handshake fails (bad key or version: the host
 *   answers that itself) or the peer is gone. Nothing that the peer sent early is lost, and an error of the peer never
 *   goes unheard, from the first byte on.
 */
export interface UpgradeExchange {
  readonly request: HostRequest;
  readonly outgoing: ServerResponse;
  readonly ended: boolean;
  accept(headers: OutgoingHttpHeaders, opened: (port: WebSocketPort) => WebSocketListener): void;
  refuse(response: HostResponse): void;
  destroy(): void;
}

/** One WebSocket message as it goes to a port: text, bytes, or a message prepared once for many ports. */
export type WireMessage = string | Uint8Array | PreparedMessage;

/**
 * One open WebSocket.
 *
 * Contract:
 * - `send` writes whole messages in their order, as one write where the host can, and never partly: after a dropped
 *   message the port closes. A string is sent as a text message and bytes as a binary one, verbatim; a prepared message
 *   is sent in its revision 4 WebSocket form. It returns true while the port takes more, false once its buffer is above
 *   the host's mark: then `onDrain` follows when it is below again. `compress` false asks for no compression.
 * - `close` starts the closing handshake after what was sent; `terminate` drops the connection. Both may be called more
 *   than once; after `terminate` the listener is not called.
 * - `bufferedAmount` counts the bytes not yet handed to the operating system.
 */
export interface WebSocketPort {
  readonly bufferedAmount: number;
  send(messages: readonly WireMessage[], compress: boolean): boolean;
  close(code?: number, reason?: string): void;
  terminate(): void;
}

/** What a port tells the transport that uses it. Binary data may be kept by the receiver. `onClose` is called once and last. */
export interface WebSocketListener {
  onMessage(data: string | Uint8Array): void;
  onDrain(): void;
  /** The connection is gone. `error` is set if it broke or the peer broke the WebSocket protocol or a limit. */
  onClose(error?: Error): void;
}

/**
 * Native publish and subscribe of a host, where it has it. An optional capability: whoever uses it decides when a
 * publish says the same as sending to each port (socket-by-socket delivery is always right).
 *
 * Contract:
 * - A port's subscriptions end with the port. Publishing reaches every subscribed port of this host once, in order with
 *   what `send` wrote to the same port.
 * - Topic strings are opaque. A port that is above its host's limit is closed, never skipped in silence.
 * - No port comes near that limit if whoever publishes unsubscribes those for which more than `maxLag` bytes wait, and
 *   publishes no more than `maxLag` bytes between two looks at them, which are in turns of their own.
 */
export interface TopicBus {
  readonly maxLag: number;
  subscribe(port: WebSocketPort, topic: string): void;
  unsubscribe(port: WebSocketPort, topic: string): void;
  publish(topic: string, messages: readonly PreparedMessage[]): void;
}

/** Which requests a host hands over, and how it takes WebSockets. */
export interface HostOptions {
  /** Normalised path: with its trailing slash when that is part of the match. */
  readonly path: string;
  /** False: WebSocket upgrades are not this engine's business at all. */
  readonly webSocket: boolean;
  /** Largest incoming message, in bytes. */
  readonly maxPayload: number;
  /**
   * How many bytes the engine lets wait for one peer; Infinity where the application watches that. What a host limits by
   * itself must have more room.
   */
  readonly maxBuffered: number;
  /** Milliseconds between two pings of the engine: a healthy WebSocket may be silent as long. */
  readonly pingInterval: number;
  /** End upgrade requests that nobody took, after this many milliseconds; undefined leaves them alone. */
  readonly destroyUpgradeTimeout: number | undefined;
  /** What errors call the server that is attached. Default: `an engine`. */
  readonly owner?: string | undefined;
}

/** What a host hands requests to. Implemented by the engine. Neither method throws. */
export interface HostHandler {
  onRequest(exchange: HttpExchange): void;
  onUpgrade(exchange: UpgradeExchange): void;
  /** The underlying server was closed by its owner: sessions on it can't go on. */
  onHostClosed(): void;
}

/**
 * A server that speaks HTTP and WebSocket, as the engine needs it. One host serves one handler.
 *
 * Contract:
 * - `serve` starts handing over the requests that match `options.path`; all others stay with whoever had them. It throws
 *   `ALREADY_ATTACHED` when another host on the same underlying server takes these requests. Where one path begins with
 *   another, the longer one has what it matches.
 * - `retire` lets another host have the path from now on. Requests come as before until one does, or until `close`.
 * - `close` stops that and frees what the host holds: the underlying server is as it was before, where it can be. It does
 *   not close that server, which is its owner's.
 * - `topics` is present only where the underlying server publishes natively.
 */
export interface Host {
  readonly topics?: TopicBus;
  serve(handler: HostHandler, options: HostOptions): void;
  retire(): void;
  close(): void;
}
