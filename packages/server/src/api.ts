import type { Adapter, Room, RoomEvent, SocketId } from "@skein/adapter";
import type { IncomingMessage } from "node:http";
import type {
  CatchAllListener,
  Client,
  ClientConnection,
  Handshake,
  NamespaceMiddleware,
  SocketMiddleware,
  SocketReservedEvents,
} from "./api-types.ts";
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
} from "./events/event-maps.ts";
import type { TypedEmitter } from "./events/typed-emitter.ts";

// The public interfaces of namespaces and sockets. They are interfaces so that sockets and
// namespaces can refer to each other without import cycles. The constants merge with them so that
// applications can augment the types; `index.ts` exports the values.
/* oxlint-disable typescript/no-explicit-any */

export type * from "./api-types.ts";

/** Selects receivers; each step returns a new operator (server-api, "BroadcastOperator"). */
export interface Targeting<EmitEvents extends EventsMap, SocketData> {
  /** Adds the sockets in these rooms. Without any room, all sockets are selected. */
  to(room: Room | readonly Room[]): BroadcastOperator<WithResponses<EmitEvents>, SocketData>;
  /** Same as `to`. */
  in(room: Room | readonly Room[]): BroadcastOperator<WithResponses<EmitEvents>, SocketData>;
  /** Excludes the sockets in these rooms. */
  except(room: Room | readonly Room[]): BroadcastOperator<WithResponses<EmitEvents>, SocketData>;
  /** Selects sockets of this server only. */
  readonly local: BroadcastOperator<WithResponses<EmitEvents>, SocketData>;
}

/** Operations on sockets of all servers of the cluster. */
export interface SocketOperations<EmitEvents extends EventsMap, SocketData> {
  /** Returns sockets, remote ones as `RemoteSocket`. Rejects if a server does not answer. */
  fetchSockets(): Promise<RemoteSocket<EmitEvents, SocketData>[]>;
  /** Adds the matching sockets to rooms. */
  socketsJoin(room: Room | readonly Room[]): void;
  /** Removes the matching sockets from rooms. */
  socketsLeave(room: Room | readonly Room[]): void;
  /** Disconnects the matching sockets; `close` closes their connections with all namespaces. */
  disconnectSockets(close?: boolean): void;
  /** @deprecated Returns the ids of matching sockets of this server: use `fetchSockets`. */
  allSockets(): Promise<Set<SocketId>>;
}

/** A broadcast under construction. Immutable, so it can be kept and reused. */
export interface BroadcastOperator<EmitEvents extends EventsMap = DefaultEventsMap, SocketData = any>
  extends SocketOperations<EmitEvents, SocketData> {
  to(room: Room | readonly Room[]): BroadcastOperator<EmitEvents, SocketData>;
  in(room: Room | readonly Room[]): BroadcastOperator<EmitEvents, SocketData>;
  except(room: Room | readonly Room[]): BroadcastOperator<EmitEvents, SocketData>;
  compress(compress: boolean): BroadcastOperator<EmitEvents, SocketData>;
  /** Skips receivers that are not ready to receive the event immediately. */
  readonly volatile: BroadcastOperator<EmitEvents, SocketData>;
  readonly local: BroadcastOperator<EmitEvents, SocketData>;
  /** Sets the acknowledgement timeout (ms). Default: the option `ackTimeout`, or else 1. */
  timeout(milliseconds: number): BroadcastOperator<WithTimeout<EmitEvents>, SocketData>;
  /** Sends. A callback gets `(error, responses)`. Throws on reserved names, unserialisable data. */
  emit<Name extends EventNames<EmitEvents>>(event: Name, ...args: EventParams<EmitEvents, Name>): boolean;
  /** Sends; resolves to all responses. Rejects with `ACK_TIMEOUT` and the partial `responses`. */
  emitWithAck<Name extends EventNamesWithFailingAck<EmitEvents>>(
    event: Name,
    ...args: ParamsWithoutAck<EmitEvents, Name>
  ): Promise<AckValue<EmitEvents, Name>>;
}

/** The class of broadcasts, which are created by servers, namespaces and sockets. */
export declare const BroadcastOperator: {
  readonly prototype: BroadcastOperator<any>;
  new <EmitEvents extends EventsMap = DefaultEventsMap, SocketData = any>(
    ...made: never
  ): BroadcastOperator<EmitEvents, SocketData>;
};

/** A snapshot of a socket on any server of the cluster. Its methods act on the live socket. */
export interface RemoteSocket<EmitEvents extends EventsMap = DefaultEventsMap, SocketData = any> {
  readonly id: SocketId;
  readonly handshake: Handshake;
  readonly rooms: Set<Room>;
  readonly data: SocketData;
  emit<Name extends EventNames<EmitEvents>>(event: Name, ...args: EventParams<EmitEvents, Name>): boolean;
  join(room: Room | readonly Room[]): void | Promise<void>;
  leave(room: Room): void | Promise<void>;
  disconnect(close?: boolean): this;
  /** With an acknowledgement, passes this socket's single response: `(error, value)`. */
  timeout(milliseconds: number): BroadcastOperator<WithTimeout<EmitEvents>, SocketData>;
}

/** The class of sockets on other servers, which are created by `fetchSockets`. */
export declare const RemoteSocket: {
  readonly prototype: RemoteSocket<any>;
  new <EmitEvents extends EventsMap = DefaultEventsMap, SocketData = any>(
    ...made: never
  ): RemoteSocket<EmitEvents, SocketData>;
};

/** One client in one namespace (server-api, "Socket"). */
export interface Socket<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
  ServerSideEvents extends EventsMap = DefaultEventsMap,
  SocketData = any,
> extends TypedEmitter<ListenEvents, EmitEvents, SocketReservedEvents>,
    Targeting<EmitEvents, SocketData> {
  /** A public id of 20 characters, different from the id of the connection. */
  readonly id: SocketId;
  readonly nsp: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>;
  readonly client: Client;
  readonly conn: ClientConnection;
  /** Request that opened the connection: see `ClientConnection`. */
  readonly request: IncomingMessage;
  /** Built when first read: read it before setting `conn.request` to `null`. */
  readonly handshake: Handshake;
  /** A live set; empty after disconnection. */
  readonly rooms: Set<Room>;
  /** Arbitrary data of the application. */
  data: SocketData;
  /** True if the client reconnected with its previous id, rooms and data. */
  readonly recovered: boolean;
  readonly connected: boolean;
  readonly disconnected: boolean;
  /** Selects all sockets except this one. */
  readonly broadcast: BroadcastOperator<WithResponses<EmitEvents>, SocketData>;
  /** Drops the next event if it can't be sent immediately. */
  readonly volatile: this;
  /** Sets whether the next event may be compressed. */
  compress(compress: boolean): this;
  /** Sets the acknowledgement timeout (ms) of the next event; it fails with `ACK_TIMEOUT`. */
  timeout(milliseconds: number): Socket<ListenEvents, WithTimeout<EmitEvents>, ServerSideEvents, SocketData>;
  /**
   * Sends an event and resolves to the response. With a timeout, from `timeout()` or the option
   * `ackTimeout`, rejects with `ACK_TIMEOUT` after it, or with `ACK_DISCONNECTED` when the client
   * leaves. Without one it never settles if the client leaves, unless `rejectOnDisconnect` is set.
   */
  emitWithAck<Name extends EventNamesWithAck<EmitEvents>>(
    event: Name,
    ...args: ParamsWithoutAck<EmitEvents, Name>
  ): Promise<AckValue<EmitEvents, Name>>;
  /** Emits the event `message`. */
  send(...args: EventParams<EmitEvents, "message" & EventNames<EmitEvents>>): this;
  write(...args: EventParams<EmitEvents, "message" & EventNames<EmitEvents>>): this;
  join(room: Room | readonly Room[]): void | Promise<void>;
  leave(room: Room): void | Promise<void>;
  /** Leaves the namespace; `close` closes the connection, and thus leaves all other namespaces. */
  disconnect(close?: boolean): this;
  use(middleware: SocketMiddleware): this;
  /** Adds a listener for every event from the client, called before the middlewares. */
  onAny(listener: CatchAllListener): this;
  prependAny(listener: CatchAllListener): this;
  offAny(listener?: CatchAllListener): this;
  listenersAny(): CatchAllListener[];
  /** Adds a listener for every event sent to the client, including broadcasts. */
  onAnyOutgoing(listener: CatchAllListener): this;
  prependAnyOutgoing(listener: CatchAllListener): this;
  offAnyOutgoing(listener?: CatchAllListener): this;
  listenersAnyOutgoing(): CatchAllListener[];
}

/** The class of sockets, for `instanceof` and for patching. Instances are created by namespaces. */
export declare const Socket: {
  readonly prototype: Socket<any, any, any>;
  new <
    ListenEvents extends EventsMap = DefaultEventsMap,
    EmitEvents extends EventsMap = ListenEvents,
    ServerSideEvents extends EventsMap = DefaultEventsMap,
    SocketData = any,
  >(
    ...made: never
  ): Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>;
};

/** Events raised by a namespace; `new_namespace` is raised on the main namespace only. */
export interface NamespaceReservedEvents<
  ListenEvents extends EventsMap,
  EmitEvents extends EventsMap,
  ServerSideEvents extends EventsMap,
  SocketData,
> {
  connect: (socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>) => void;
  connection: (socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>) => void;
  new_namespace: (namespace: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>) => void;
}

/** Methods shared by namespaces and by the server, which applies them to its main namespace. */
export interface Broadcasting<EmitEvents extends EventsMap, ServerSideEvents extends EventsMap, SocketData>
  extends Targeting<EmitEvents, SocketData>,
    SocketOperations<EmitEvents, SocketData> {
  readonly volatile: BroadcastOperator<WithResponses<EmitEvents>, SocketData>;
  compress(compress: boolean): BroadcastOperator<WithResponses<EmitEvents>, SocketData>;
  timeout(milliseconds: number): BroadcastOperator<WithTimeout<WithResponses<EmitEvents>>, SocketData>;
  /** Emits the event `message` to all sockets. */
  send(...args: EventParams<EmitEvents, "message" & EventNamesWithoutAck<EmitEvents>>): this;
  write(...args: EventParams<EmitEvents, "message" & EventNamesWithoutAck<EmitEvents>>): this;
  /** Use `timeout(…).emitWithAck`: without a timeout it fails unless there is no receiver. */
  emitWithAck<Name extends EventNamesWithAck<EmitEvents>>(
    event: Name,
    ...args: ParamsWithoutAck<EmitEvents, Name>
  ): Promise<AckValue<EmitEvents, Name>[]>;
  /** Sends an event to the other servers' listeners. A final callback gets `(error, responses)`. */
  serverSideEmit<Name extends EventNames<ServerSideEvents>>(
    event: Name,
    ...args: EventParams<WithTimeout<WithResponses<ServerSideEvents>>, Name>
  ): boolean;
  serverSideEmitWithAck<Name extends EventNamesWithAck<ServerSideEvents>>(
    event: Name,
    ...args: ParamsWithoutAck<ServerSideEvents, Name>
  ): Promise<AckValue<ServerSideEvents, Name>[]>;
}

/** The public view of a namespace's adapter. Its maps are modified only through its methods. */
export interface NamespaceAdapter extends Omit<Adapter, "rooms" | "sids" | "socketRooms" | "on" | "off"> {
  readonly rooms: Map<Room, Set<SocketId>>;
  readonly sids: Map<SocketId, Set<Room>>;
  socketRooms(id: SocketId): Set<Room> | undefined;
  on(event: RoomEvent, listener: (room: Room, id: SocketId) => void): unknown;
  on(event: string, listener: (...args: any[]) => void): unknown;
  off(event: string, listener: (...args: any[]) => void): unknown;
}

/** A communication channel that shares the clients' connections (server-api, "Namespace"). */
export interface Namespace<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
  ServerSideEvents extends EventsMap = DefaultEventsMap,
  SocketData = any,
> extends TypedEmitter<
      ServerSideEvents,
      WithoutAcks<EmitEvents>,
      NamespaceReservedEvents<ListenEvents, EmitEvents, ServerSideEvents, SocketData>
    >,
    Broadcasting<EmitEvents, ServerSideEvents, SocketData> {
  /** Name with a leading slash. */
  readonly name: string;
  /** Connected sockets of this server. */
  readonly sockets: Map<SocketId, Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>>;
  /** Rooms of this server's sockets. A third-party adapter is exposed with all its own members. */
  readonly adapter: NamespaceAdapter;
  /** The `Server` of this namespace; untyped, as this file can't import it. */
  readonly server: any;
  /** Adds a middleware for sockets that ask to join from now on. */
  use(middleware: NamespaceMiddleware<Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>>): this;
}

/** The class of namespaces, for `instanceof` and patching. Instances are created by `server.of`. */
export declare const Namespace: {
  readonly prototype: Namespace<any, any, any>;
  new <
    ListenEvents extends EventsMap = DefaultEventsMap,
    EmitEvents extends EventsMap = ListenEvents,
    ServerSideEvents extends EventsMap = DefaultEventsMap,
    SocketData = any,
  >(
    ...made: never
  ): Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>;
};

/** Options of session recovery (socketio-protocol, "Connection state recovery"). */
export interface RecoveryOptions {
  /** Time (ms) for which sessions and events are kept. Default: 120000. */
  maxDisconnectionDuration?: number;
  /** Whether middlewares are skipped for recovered sockets. Default: true. */
  skipMiddlewares?: boolean;
}
