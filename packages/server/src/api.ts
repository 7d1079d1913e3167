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

// The whole public surface of namespaces and sockets: the classes beside this file implement it. Interfaces, so that a
// socket and its namespace can know each other without their files doing so. The constants declare the classes beside
// their interfaces, as TypeScript demands of what applications may augment; `index.ts` has the values.
/* oxlint-disable typescript/no-explicit-any */

export type * from "./api-types.ts";

/** Who is meant by an operation, and how to reach them: every step returns a new operator (server-api, "BroadcastOperator"). */
export interface Targeting<EmitEvents extends EventsMap, SocketData> {
  /** The members of these rooms too. No room at all means everybody. */
  to(room: Room | readonly Room[]): BroadcastOperator<WithResponses<EmitEvents>, SocketData>;
  /** Same as `to`. */
  in(room: Room | readonly Room[]): BroadcastOperator<WithResponses<EmitEvents>, SocketData>;
  /** Not the members of these rooms. */
  except(room: Room | readonly Room[]): BroadcastOperator<WithResponses<EmitEvents>, SocketData>;
  /** Only sockets of this server. */
  readonly local: BroadcastOperator<WithResponses<EmitEvents>, SocketData>;
}

/** Operations on sockets, wherever in the cluster they are. */
export interface SocketOperations<EmitEvents extends EventsMap, SocketData> {
  /** The matching sockets: those of this server as themselves, others as `RemoteSocket`. Rejects if a server does not answer. */
  fetchSockets(): Promise<RemoteSocket<EmitEvents, SocketData>[]>;
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
export interface BroadcastOperator<EmitEvents extends EventsMap = DefaultEventsMap, SocketData = any>
  extends SocketOperations<EmitEvents, SocketData> {
  to(room: Room | readonly Room[]): BroadcastOperator<EmitEvents, SocketData>;
  in(room: Room | readonly Room[]): BroadcastOperator<EmitEvents, SocketData>;
  except(room: Room | readonly Room[]): BroadcastOperator<EmitEvents, SocketData>;
  compress(compress: boolean): BroadcastOperator<EmitEvents, SocketData>;
  /** Skip receivers that can't take the event at once. */
  readonly volatile: BroadcastOperator<EmitEvents, SocketData>;
  readonly local: BroadcastOperator<EmitEvents, SocketData>;
  /** How long to wait for acknowledgements, in milliseconds. Without it: the option `ackTimeout`, or one. */
  timeout(milliseconds: number): BroadcastOperator<WithTimeout<EmitEvents>, SocketData>;
  /** Sends; a last argument that is a function gets `(error, responses)`. Throws for reserved names and unserialisable data. */
  emit<Name extends EventNames<EmitEvents>>(event: Name, ...args: EventParams<EmitEvents, Name>): boolean;
  /** Sends, and resolves to all answers; rejects with `ACK_TIMEOUT`, the answers so far in `responses`. */
  emitWithAck<Name extends EventNamesWithFailingAck<EmitEvents>>(
    event: Name,
    ...args: ParamsWithoutAck<EmitEvents, Name>
  ): Promise<AckValue<EmitEvents, Name>>;
}

/** The class of broadcasts, which servers, namespaces and sockets make. */
export declare const BroadcastOperator: {
  readonly prototype: BroadcastOperator<any>;
  new <EmitEvents extends EventsMap = DefaultEventsMap, SocketData = any>(
    ...made: never
  ): BroadcastOperator<EmitEvents, SocketData>;
};

/** A socket of any server of the cluster, as it was when it was fetched. Its methods reach it wherever it is. */
export interface RemoteSocket<EmitEvents extends EventsMap = DefaultEventsMap, SocketData = any> {
  readonly id: SocketId;
  readonly handshake: Handshake;
  readonly rooms: Set<Room>;
  readonly data: SocketData;
  emit<Name extends EventNames<EmitEvents>>(event: Name, ...args: EventParams<EmitEvents, Name>): boolean;
  join(room: Room | readonly Room[]): void | Promise<void>;
  leave(room: Room): void | Promise<void>;
  disconnect(close?: boolean): this;
  /** With an acknowledgement, the one answer of this socket: `(error, value)`. */
  timeout(milliseconds: number): BroadcastOperator<WithTimeout<EmitEvents>, SocketData>;
}

/** The class of the sockets of other servers, which `fetchSockets` makes. */
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
  /** 20 characters, public: not the id of the connection. */
  readonly id: SocketId;
  readonly nsp: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>;
  readonly client: Client;
  readonly conn: ClientConnection;
  /** The request that opened the connection: see `ClientConnection`. */
  readonly request: IncomingMessage;
  /** Built when first read: read it before dropping `conn.request`. */
  readonly handshake: Handshake;
  /** Live; empty once disconnected. */
  readonly rooms: Set<Room>;
  /** Yours. */
  data: SocketData;
  /** True when the client came back with its former id, rooms and data. */
  readonly recovered: boolean;
  readonly connected: boolean;
  readonly disconnected: boolean;
  /** Everybody but this socket. */
  readonly broadcast: BroadcastOperator<WithResponses<EmitEvents>, SocketData>;
  /** The next event is dropped when it can't leave at once. */
  readonly volatile: this;
  /** Whether the next event may be compressed. */
  compress(compress: boolean): this;
  /** The acknowledgement of the next event fails with `ACK_TIMEOUT` after so many milliseconds. */
  timeout(milliseconds: number): Socket<ListenEvents, WithTimeout<EmitEvents>, ServerSideEvents, SocketData>;
  /**
   * Sends and waits for the answer. With a time-out, of `timeout()` or of the option `ackTimeout`, rejects with
   * `ACK_TIMEOUT` when it is over, and with `ACK_DISCONNECTED` as soon as the client has left. Without one it never
   * settles when the client leaves, unless the option `rejectOnDisconnect` is set.
   */
  emitWithAck<Name extends EventNamesWithAck<EmitEvents>>(
    event: Name,
    ...args: ParamsWithoutAck<EmitEvents, Name>
  ): Promise<AckValue<EmitEvents, Name>>;
  /** Emits `message`. */
  send(...args: EventParams<EmitEvents, "message" & EventNames<EmitEvents>>): this;
  write(...args: EventParams<EmitEvents, "message" & EventNames<EmitEvents>>): this;
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

/** The class of sockets, for `instanceof` and for methods that are replaced. Namespaces make the sockets. */
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

/** Events that a namespace raises itself. `new_namespace` is raised on the main namespace only. */
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

/** What a namespace and the server, for its main namespace, have in common. */
export interface Broadcasting<EmitEvents extends EventsMap, ServerSideEvents extends EventsMap, SocketData>
  extends Targeting<EmitEvents, SocketData>,
    SocketOperations<EmitEvents, SocketData> {
  readonly volatile: BroadcastOperator<WithResponses<EmitEvents>, SocketData>;
  compress(compress: boolean): BroadcastOperator<WithResponses<EmitEvents>, SocketData>;
  timeout(milliseconds: number): BroadcastOperator<WithTimeout<WithResponses<EmitEvents>>, SocketData>;
  /** Emits `message` to everybody. */
  send(...args: EventParams<EmitEvents, "message" & EventNamesWithoutAck<EmitEvents>>): this;
  write(...args: EventParams<EmitEvents, "message" & EventNamesWithoutAck<EmitEvents>>): this;
  /** Use `timeout(…).emitWithAck`: without a time it fails unless there is nobody to answer. */
  emitWithAck<Name extends EventNamesWithAck<EmitEvents>>(
    event: Name,
    ...args: ParamsWithoutAck<EmitEvents, Name>
  ): Promise<AckValue<EmitEvents, Name>[]>;
  /** Sends an event to the listeners of the other servers. A last argument that is a function gets `(error, responses)`. */
  serverSideEmit<Name extends EventNames<ServerSideEvents>>(
    event: Name,
    ...args: EventParams<WithTimeout<WithResponses<ServerSideEvents>>, Name>
  ): boolean;
  serverSideEmitWithAck<Name extends EventNamesWithAck<ServerSideEvents>>(
    event: Name,
    ...args: ParamsWithoutAck<ServerSideEvents, Name>
  ): Promise<AckValue<ServerSideEvents, Name>[]>;
}

/** A namespace's adapter as programs see it. Its maps are only changed through its methods. */
export interface NamespaceAdapter extends Omit<Adapter, "rooms" | "sids" | "socketRooms" | "on" | "off"> {
  readonly rooms: Map<Room, Set<SocketId>>;
  readonly sids: Map<SocketId, Set<Room>>;
  socketRooms(id: SocketId): Set<Room> | undefined;
  on(event: RoomEvent, listener: (room: Room, id: SocketId) => void): unknown;
  on(event: string, listener: (...args: any[]) => void): unknown;
  off(event: string, listener: (...args: any[]) => void): unknown;
}

/** A communication channel of its own on shared connections (server-api, "Namespace"). */
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
  /** With its leading slash. */
  readonly name: string;
  /** The connected sockets of this server. */
  readonly sockets: Map<SocketId, Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>>;
  /** Who is in which room, on this server; an adapter written for Socket.IO with all of its own members. */
  readonly adapter: NamespaceAdapter;
  /** The server that it belongs to: a `Server`, of which this file may know nothing. */
  readonly server: any;
  /** Adds a middleware, which runs for sockets that ask to join from now on. */
  use(middleware: NamespaceMiddleware<Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>>): this;
}

/** The class of namespaces, for `instanceof` and for methods that are replaced. `server.of` makes the namespaces. */
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

/** How a client that lost its connection can come back as the same one (socketio-protocol, "Connection state recovery"). */
export interface RecoveryOptions {
  /** How long sessions and events are kept, in milliseconds. Default: 120000. */
  maxDisconnectionDuration?: number;
  /** Whether a recovered socket goes past the middlewares. Default: true. */
  skipMiddlewares?: boolean;
}
