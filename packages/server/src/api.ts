import type { Adapter, Room, SocketId } from "@skein/adapter";
import type { CloseReason, Connection } from "@skein/engine";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type {
  AckValue,
  DefaultEventsMap,
  EventNames,
  EventNamesWithAck,
  EventNamesWithFailingAck,
  EventNamesWithoutAck,
  EventParams,
  EventsMap,
  ParamsWithoutAck,
  WithResponses,
  WithTimeout,
  WithoutAcks,
} from "./events.ts";
import type { TypedEmitter } from "./typed-emitter.ts";

// The whole public surface of namespaces and sockets: the classes beside this file implement it. Interfaces, so that a
// socket and its namespace can know each other without their files doing so.
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
  query: Record<string, string>;
  /** What the client sent with its CONNECT. */
  auth: Record<string, any>;
}

/** One client's connection: shared by its sockets, one for each namespace that it joined. */
export interface Client {
  /** Id of the connection; a secret of this client, unlike `socket.id`. */
  readonly id: string;
  /** The engine's connection. */
  readonly conn: Connection;
  /** The request that opened the connection; null once dropped. */
  readonly request: IncomingMessage | null;
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

/** Who is meant by an operation, and how to reach them: every step returns a new operator (server-api, "BroadcastOperator"). */
export interface Targeting<EE extends EventsMap, SD> {
  /** The members of these rooms too. No room at all means everybody. */
  to(room: Room | readonly Room[]): BroadcastOperator<WithResponses<EE>, SD>;
  /** Same as `to`. */
  in(room: Room | readonly Room[]): BroadcastOperator<WithResponses<EE>, SD>;
  /** Not the members of these rooms. */
  except(room: Room | readonly Room[]): BroadcastOperator<WithResponses<EE>, SD>;
  /** Only sockets of this server. */
  readonly local: BroadcastOperator<WithResponses<EE>, SD>;
}

/** Operations on sockets, wherever in the cluster they are. */
export interface SocketOperations<EE extends EventsMap, SD> {
  /** The matching sockets: those of this server as themselves, others as `RemoteSocket`. Rejects if a server does not answer. */
  fetchSockets(): Promise<RemoteSocket<EE, SD>[]>;
  /** Makes the matching sockets join. */
  socketsJoin(room: Room | readonly Room[]): void;
  /** Makes the matching sockets leave. */
  socketsLeave(room: Room | readonly Room[]): void;
  /** Disconnects the matching sockets; `close` ends their connections, hence their other namespaces too. */
  disconnectSockets(close?: boolean): void;
  /** @deprecated Ids of the matching sockets of this server: use `fetchSockets`. */
  allSockets(): Promise<Set<SocketId>>;
}

/** A broadcast in the making. Immutable: keep one and use it as often as you like. */
export interface BroadcastOperator<EE extends EventsMap = DefaultEventsMap, SD = any>
  extends SocketOperations<EE, SD> {
  to(room: Room | readonly Room[]): BroadcastOperator<EE, SD>;
  in(room: Room | readonly Room[]): BroadcastOperator<EE, SD>;
  except(room: Room | readonly Room[]): BroadcastOperator<EE, SD>;
  compress(compress: boolean): BroadcastOperator<EE, SD>;
  /** Skip receivers that can't take the event at once. */
  readonly volatile: BroadcastOperator<EE, SD>;
  readonly local: BroadcastOperator<EE, SD>;
  /** How long to wait for acknowledgements, in milliseconds. Without it: one. */
  timeout(milliseconds: number): BroadcastOperator<WithTimeout<EE>, SD>;
  /** Sends; a last argument that is a function gets `(error, responses)`. Throws for reserved names and unserialisable data. */
  emit<Name extends EventNames<EE>>(event: Name, ...args: EventParams<EE, Name>): boolean;
  /** Sends, and resolves to all answers; rejects with `ACK_TIMEOUT`, the answers so far in `responses`. */
  emitWithAck<Name extends EventNamesWithFailingAck<EE>>(
    event: Name,
    ...args: ParamsWithoutAck<EE, Name>
  ): Promise<AckValue<EE, Name>>;
}

/** A socket of any server of the cluster, as it was when it was fetched. Its methods reach it wherever it is. */
export interface RemoteSocket<EE extends EventsMap = DefaultEventsMap, SD = any> {
  readonly id: SocketId;
  readonly handshake: Handshake;
  readonly rooms: Set<Room>;
  readonly data: SD;
  emit<Name extends EventNames<EE>>(event: Name, ...args: EventParams<EE, Name>): boolean;
  join(room: Room | readonly Room[]): void | Promise<void>;
  leave(room: Room): void | Promise<void>;
  disconnect(close?: boolean): this;
  /** With an acknowledgement, the one answer of this socket: `(error, value)`. */
  timeout(milliseconds: number): BroadcastOperator<WithTimeout<EE>, SD>;
}

/** Events that a socket raises itself. */
export interface SocketReservedEvents {
  /** The rooms are not left yet. */
  disconnecting: (reason: DisconnectReason, description?: any) => void;
  disconnect: (reason: DisconnectReason, description?: any) => void;
  error: (error: Error) => void;
}

/** One client in one namespace (server-api, "Socket"). */
export interface Socket<
  LE extends EventsMap = DefaultEventsMap,
  EE extends EventsMap = LE,
  SSE extends EventsMap = DefaultEventsMap,
  SD = any,
> extends TypedEmitter<LE, EE, SocketReservedEvents>,
    Targeting<EE, SD> {
  /** 20 characters, public: not the id of the connection. */
  readonly id: SocketId;
  readonly nsp: Namespace<LE, EE, SSE, SD>;
  readonly client: Client;
  readonly conn: Connection;
  readonly request: IncomingMessage | null;
  /** Built when first read: read it before dropping `conn.request`. */
  readonly handshake: Handshake;
  /** Live; empty once disconnected. */
  readonly rooms: Set<Room>;
  /** Yours. */
  data: SD;
  /** True when the client came back with its former id, rooms and data. */
  readonly recovered: boolean;
  readonly connected: boolean;
  readonly disconnected: boolean;
  /** Everybody but this socket. */
  readonly broadcast: BroadcastOperator<WithResponses<EE>, SD>;
  /** The next event is dropped when it can't leave at once. */
  readonly volatile: this;
  /** Whether the next event may be compressed. */
  compress(compress: boolean): this;
  /** The acknowledgement of the next event fails with `ACK_TIMEOUT` after so many milliseconds. */
  timeout(milliseconds: number): Socket<LE, WithTimeout<EE>, SSE, SD>;
  /**
   * Sends and waits for the answer. Rejects with `ACK_DISCONNECTED` when the client goes away first, and with
   * `ACK_TIMEOUT` after `timeout()`.
   */
  emitWithAck<Name extends EventNamesWithAck<EE>>(
    event: Name,
    ...args: ParamsWithoutAck<EE, Name>
  ): Promise<AckValue<EE, Name>>;
  /** Emits `message`. */
  send(...args: EventParams<EE, "message" & EventNames<EE>>): this;
  write(...args: EventParams<EE, "message" & EventNames<EE>>): this;
  join(room: Room | readonly Room[]): void | Promise<void>;
  leave(room: Room): void | Promise<void>;
  /** Leaves the namespace; `close` ends the connection, hence the client's other namespaces too. */
  disconnect(close?: boolean): this;
  use(middleware: SocketMiddleware): this;
  /** Every event from the client, before middlewares. */
  onAny(listener: CatchAllListener): this;
  prependAny(listener: CatchAllListener): this;
  offAny(listener?: CatchAllListener): this;
  listenersAny(): CatchAllListener[];
  /** Every event to the client, broadcasts included. */
  onAnyOutgoing(listener: CatchAllListener): this;
  prependAnyOutgoing(listener: CatchAllListener): this;
  offAnyOutgoing(listener?: CatchAllListener): this;
  listenersAnyOutgoing(): CatchAllListener[];
}

/** Events that a namespace raises itself. `new_namespace` is raised on the main namespace only. */
export interface NamespaceReservedEvents<
  LE extends EventsMap,
  EE extends EventsMap,
  SSE extends EventsMap,
  SD,
> {
  connect: (socket: Socket<LE, EE, SSE, SD>) => void;
  connection: (socket: Socket<LE, EE, SSE, SD>) => void;
  new_namespace: (namespace: Namespace<LE, EE, SSE, SD>) => void;
}

/** What a namespace and the server, for its main namespace, have in common. */
export interface Broadcasting<EE extends EventsMap, SSE extends EventsMap, SD>
  extends Targeting<EE, SD>,
    SocketOperations<EE, SD> {
  readonly volatile: BroadcastOperator<WithResponses<EE>, SD>;
  compress(compress: boolean): BroadcastOperator<WithResponses<EE>, SD>;
  timeout(milliseconds: number): BroadcastOperator<WithTimeout<WithResponses<EE>>, SD>;
  /** Emits `message` to everybody. */
  send(...args: EventParams<EE, "message" & EventNamesWithoutAck<EE>>): this;
  write(...args: EventParams<EE, "message" & EventNamesWithoutAck<EE>>): this;
  /** Use `timeout(…).emitWithAck`: without a time it fails unless there is nobody to answer. */
  emitWithAck<Name extends EventNamesWithAck<EE>>(
    event: Name,
    ...args: ParamsWithoutAck<EE, Name>
  ): Promise<AckValue<EE, Name>[]>;
  /** Sends an event to the listeners of the other servers. A last argument that is a function gets `(error, responses)`. */
  serverSideEmit<Name extends EventNames<SSE>>(
    event: Name,
    ...args: EventParams<WithTimeout<WithResponses<SSE>>, Name>
  ): boolean;
  serverSideEmitWithAck<Name extends EventNamesWithAck<SSE>>(
    event: Name,
    ...args: ParamsWithoutAck<SSE, Name>
  ): Promise<AckValue<SSE, Name>[]>;
}

/** A communication channel of its own on shared connections (server-api, "Namespace"). */
export interface Namespace<
  LE extends EventsMap = DefaultEventsMap,
  EE extends EventsMap = LE,
  SSE extends EventsMap = DefaultEventsMap,
  SD = any,
> extends TypedEmitter<SSE, WithoutAcks<EE>, NamespaceReservedEvents<LE, EE, SSE, SD>>,
    Broadcasting<EE, SSE, SD> {
  /** With its leading slash. */
  readonly name: string;
  /** The connected sockets of this server. */
  readonly sockets: Map<SocketId, Socket<LE, EE, SSE, SD>>;
  /** Who is in which room, on this server; an adapter written for Socket.IO with all of its own members. */
  readonly adapter: Adapter;
  /** Adds a middleware, which runs for sockets that ask to join from now on. */
  use(middleware: NamespaceMiddleware<Socket<LE, EE, SSE, SD>>): this;
}
