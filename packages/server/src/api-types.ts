import type { CloseReason, Connection, ConnectionEventListener, ConnectionEvents } from "@skein/engine";
import type { EventEmitter } from "node:events";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { ParsedUrlQuery } from "node:querystring";

// Public API types that need neither the socket class nor the namespace class; see `api.ts`.
/* oxlint-disable typescript/no-explicit-any */

/** Reason why a socket left its namespace (server-api, "Socket": events). */
export type DisconnectReason =
  | CloseReason
  | "forced server close"
  | "client namespace disconnect"
  | "server namespace disconnect"
  | "server shutting down";

/** An error whose `data` is sent to the refused client, as `data` of its `connect_error`. */
export interface ExtendedError extends Error {
  data?: any;
}

/**
 * An event passed to socket middlewares: name, arguments, and the acknowledgement callback if any.
 */
export type Event = [eventName: string, ...args: any[]];

/** Properties of the request that opened the connection, and of the client's CONNECT packet. */
export interface Handshake {
  headers: IncomingHttpHeaders;
  /** Time of the CONNECT as text. */
  time: string;
  /** Address of the peer. */
  address: string;
  /** True if the request had an `Origin` header. */
  xdomain: boolean;
  /** True if the connection uses TLS. */
  secure: boolean;
  /** Time of the CONNECT, in milliseconds since the epoch. */
  issued: number;
  /** Path and query of the request. */
  url: string;
  /** Query of the request; for a repeated key the last value. */
  query: ParsedUrlQuery;
  /** Payload of the client's CONNECT packet. */
  auth: Record<string, any>;
}

/**
 * The engine's connection, as a complete event emitter. Its types omit `null` and `undefined` where
 * the reference's types do.
 */
export interface ClientConnection extends Connection, EventEmitter {
  /**
   * Request that opened the session. `null` on WebTransport, or once set to `null` to free memory.
   */
  get request(): IncomingMessage;
  set request(request: IncomingMessage | null);
  /** Address of the peer. `undefined` on WebTransport. */
  readonly remoteAddress: string;
  /** True while an upgrade to a second transport is being probed. */
  readonly upgrading: boolean;
  /** True after an upgrade to a second transport. */
  readonly upgraded: boolean;
  on<Event extends keyof ConnectionEvents>(event: Event, listener: ConnectionEventListener<Event>): this;
  on(event: string | symbol, listener: (...values: any[]) => void): this;
  once<Event extends keyof ConnectionEvents>(event: Event, listener: ConnectionEventListener<Event>): this;
  once(event: string | symbol, listener: (...values: any[]) => void): this;
  off<Event extends keyof ConnectionEvents>(event: Event, listener: ConnectionEventListener<Event>): this;
  off(event: string | symbol, listener: (...values: any[]) => void): this;
  removeListener<Event extends keyof ConnectionEvents>(
    event: Event,
    listener: ConnectionEventListener<Event>,
  ): this;
  removeListener(event: string | symbol, listener: (...values: any[]) => void): this;
}

/** A client's connection, shared by its sockets: one for each namespace that it joined. */
export interface Client {
  /** Id of the connection. A secret of the client, unlike `socket.id`. */
  readonly id: string;
  /** The engine's connection. */
  readonly conn: ClientConnection;
  /** Request that opened the connection: see `ClientConnection`. */
  readonly request: IncomingMessage;
}

/**
 * A function that runs for every socket that asks to join: `next()` continues; `next(error)`, a
 * throw or a rejection refuses the socket.
 */
export type NamespaceMiddleware<S> = (
  socket: S,
  next: (error?: ExtendedError) => void,
) => void | Promise<void>;

/**
 * A function that runs for every event from a client: `next()` continues; `next(error)`, a throw or
 * a rejection drops the event.
 */
export type SocketMiddleware = (event: Event, next: (error?: Error) => void) => void | Promise<void>;

/** A listener called with the name and the arguments of every event. */
export type CatchAllListener = (event: string, ...args: any[]) => void;

/** Events that the socket itself raises. */
export interface SocketReservedEvents {
  /** Raised before the socket leaves its rooms. */
  disconnecting: (reason: DisconnectReason, description?: any) => void;
  disconnect: (reason: DisconnectReason, description?: any) => void;
  error: (error: Error) => void;
}
