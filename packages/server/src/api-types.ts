import type { CloseReason, Connection, ConnectionEventListener, ConnectionEvents } from "@skein/engine";
import type { EventEmitter } from "node:events";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { ParsedUrlQuery } from "node:querystring";

// The types of the public API that name neither a socket's class nor a namespace's: `api.ts` has those.
/* oxlint-disable typescript/no-explicit-any */

/** Why a socket left its namespace (server-api, "Socket": events). */
export type DisconnectReason =
  | CloseReason
  | "forced server close"
  | "client namespace disconnect"
  | "server namespace disconnect"
  | "server shutting down";

/** An error whose `data` goes to the client that it refuses, as `data` of its `connect_error`. */
export interface ExtendedError extends Error {
  data?: any;
}

/** An event as the middlewares of a socket see it: name, arguments, and the function that acknowledges it, if asked for. */
export type Event = [eventName: string, ...args: any[]];

/** How a client came in: of the request that opened its connection, and of its CONNECT packet. */
export interface Handshake {
  headers: IncomingHttpHeaders;
  /** When it came, as text. */
  time: string;
  /** Address of the peer. */
  address: string;
  /** True when the request carried an Origin. */
  xdomain: boolean;
  /** True over TLS. */
  secure: boolean;
  /** When it came, in milliseconds since the epoch. */
  issued: number;
  /** Path and query. */
  url: string;
  /** Query of the request; of a repeated key the last value. */
  query: ParsedUrlQuery;
  /** What the client sent with its CONNECT. */
  auth: Record<string, any>;
}

/**
 * The engine's connection, a complete event emitter. Its type leaves out `null` and `undefined` where the reference
 * does.
 */
export interface ClientConnection extends Connection, EventEmitter {
  /** The request that opened the session. `null` on WebTransport, and after it was set to `null` to free its memory. */
  get request(): IncomingMessage;
  set request(request: IncomingMessage | null);
  /** Address of the peer. `undefined` on WebTransport. */
  readonly remoteAddress: string;
  /** True while a second transport is being probed. */
  readonly upgrading: boolean;
  /** True after a second transport has taken over. */
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

/** One client's connection: shared by its sockets, one for each namespace that it joined. */
export interface Client {
  /** Id of the connection; a secret of this client, unlike `socket.id`. */
  readonly id: string;
  /** The engine's connection. */
  readonly conn: ClientConnection;
  /** The request that opened the connection: see `ClientConnection`. */
  readonly request: IncomingMessage;
}

/** Runs for every socket that asks to join; `next()` goes on, `next(error)`, a throw or a rejection refuses. */
export type NamespaceMiddleware<S> = (
  socket: S,
  next: (error?: ExtendedError) => void,
) => void | Promise<void>;

/** Runs for every event that a client sends; `next()` goes on, `next(error)`, a throw or a rejection drops the event. */
export type SocketMiddleware = (event: Event, next: (error?: Error) => void) => void | Promise<void>;

/** Called with the name and arguments of an event. */
export type CatchAllListener = (event: string, ...args: any[]) => void;

/** Events that a socket raises itself. */
export interface SocketReservedEvents {
  /** The rooms are not left yet. */
  disconnecting: (reason: DisconnectReason, description?: any) => void;
  disconnect: (reason: DisconnectReason, description?: any) => void;
  error: (error: Error) => void;
}
