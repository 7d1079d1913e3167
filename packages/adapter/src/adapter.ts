import type { Packet } from "@skein/parser";

/** Name of a set of sockets. Every socket is the only member of the room named by its id. */
export type Room = string;
export type SocketId = string;

/** Delivery flags of one broadcast. */
export interface BroadcastFlags {
  /** Skips receivers that can't take the packet at once, instead of queueing it. */
  readonly volatile?: boolean;
  /** False asks transports not to compress. Default: true. */
  readonly compress?: boolean;
  /** Restricts the operation to this node's sockets. */
  readonly local?: boolean;
  /** Timeout for acknowledgements, in milliseconds. */
  readonly timeout?: number;
  /** The sender expects the single response of one socket, not a list. */
  readonly expectSingleResponse?: boolean;
}

/**
 * The selection of an operation: members of any of `rooms`, or all sockets if it is empty, except
 * members of any of `except`. Each socket is selected at most once.
 */
export interface BroadcastOptions {
  readonly rooms: ReadonlySet<Room>;
  readonly except: ReadonlySet<Room>;
  readonly flags: BroadcastFlags;
}

/** Details of a socket that are shared with other nodes. */
export interface SocketDetails {
  readonly id: SocketId;
  readonly handshake: unknown;
  readonly rooms: Iterable<Room>;
  readonly data: unknown;
}

/** Called with the arguments of an acknowledgement. */
export type AckCallback = (...args: unknown[]) => void;

/** A socket of this node, as an adapter uses it. `encode` of its namespace returns `Encoded`. */
export interface LocalSocket<Encoded = unknown> extends SocketDetails {
  join(rooms: Room | readonly Room[]): void | Promise<void>;
  leave(room: Room): void | Promise<void>;
  disconnect(close?: boolean): unknown;
  /**
   * Sends a packet that was encoded once for many receivers. `packet` is for listeners of outgoing
   * packets and must not be changed.
   */
  deliverPacket(packet: Packet, encoded: Encoded, flags: BroadcastFlags): void;
  /** Registers the callback for the peer's acknowledgement of packet `id`; undefined removes it. */
  expectAck(id: number, callback: AckCallback | undefined): void;
}

/**
 * The interface that a namespace provides to its adapter.
 *
 * Contract:
 * - `sockets` holds exactly the connected sockets of this node; sockets that are still in
 *   middlewares may already be in rooms, but are not receivers.
 * - `encode` sets the namespace and converts the packet to a form that any number of
 *   `deliverPacket` calls share.
 * - `nextAckId` returns an id that is unused by every socket of the namespace on this node.
 * - `onServerSideEmit` dispatches an event of another node to this namespace's own listeners; `ack`
 *   is set if the sender expects a response, and only its first call counts.
 * - `publish` is an optional capability: it sends to the whole selection of `options` at once, if
 *   that is equivalent to `deliverPacket` to each receiver. `atMost` is the maximum number of
 *   receivers. False means that nothing was sent: deliver to each receiver. It may throw only what
 *   `encode` throws. An adapter that uses it must emit its room events, from which the namespace
 *   derives the members of rooms.
 * - `surrenderSession` ends the connection that holds a session on this node, connected or still in
 *   middlewares, because another node claims the session. `persistSession` or `release` is called
 *   for it before this returns.
 */
export interface LocalSockets<Encoded = unknown> {
  readonly name: string;
  readonly sockets: ReadonlyMap<SocketId, LocalSocket<Encoded>>;
  encode(packet: Packet): Encoded;
  publish?(packet: Packet, options: BroadcastOptions, atMost: number): boolean;
  nextAckId(): number;
  onServerSideEmit(args: readonly unknown[], ack?: (response: unknown) => void): void;
  surrenderSession(pid: string): void;
}

export type RoomEvent = "create-room" | "join-room" | "leave-room" | "delete-room";

/**
 * Room membership on this node. `rooms` and `sids` mirror each other and are live; only the methods
 * change their keys. Emits `create-room(room)`, `join-room(room, id)`, `leave-room(room, id)` and
 * `delete-room(room)` synchronously. Only adapters that must notify other nodes return a promise.
 */
export interface RoomRegistry {
  readonly rooms: ReadonlyMap<Room, ReadonlySet<SocketId>>;
  readonly sids: ReadonlyMap<SocketId, ReadonlySet<Room>>;
  addAll(id: SocketId, rooms: ReadonlySet<Room>): void | Promise<void>;
  del(id: SocketId, room: Room): void | Promise<void>;
  delAll(id: SocketId): void;
  socketRooms(id: SocketId): ReadonlySet<Room> | undefined;
  /** Equivalent to `rooms.get(room)`, for adapters in which reading `rooms` is costly. */
  roomMembers?(room: Room): ReadonlySet<SocketId> | undefined;
  on(event: RoomEvent, listener: (room: Room, id?: SocketId) => void): unknown;
  off(event: RoomEvent, listener: (room: Room, id?: SocketId) => void): unknown;
}

/**
 * Broadcasts.
 *
 * Contract: delivery to this node's sockets never depends on the other nodes being reachable, and
 * `broadcast` reports nothing; each receiver gets the packet at most once, and packets of one node
 * to one socket keep their order. The adapter owns the packet and may change it, `packet.data`
 * included. `broadcastWithAck` gives the packet one id for all local receivers, calls `clientCount`
 * once for each node that took it, with the number of its receivers, and `ack` with the arguments
 * of each acknowledgement. After `flags.timeout` milliseconds no registration remains.
 */
export interface Broadcaster {
  broadcast(packet: Packet, options: BroadcastOptions): void;
  broadcastWithAck(
    packet: Packet,
    options: BroadcastOptions,
    clientCount: (count: number) => void,
    ack: AckCallback,
  ): void;
}

/** Operations on the sockets selected by `options`, on every node unless `flags.local` is set. */
export interface SocketSelection {
  /** Returns local sockets themselves, others as details. Rejects when a node does not respond. */
  fetchSockets(options: BroadcastOptions): Promise<readonly SocketDetails[]>;
  addSockets(options: BroadcastOptions, rooms: readonly Room[]): void;
  delSockets(options: BroadcastOptions, rooms: readonly Room[]): void;
  disconnectSockets(options: BroadcastOptions, close: boolean): void;
  /** Ids of this node's sockets that are in any of `rooms`; of all if `rooms` is empty. */
  sockets(rooms: ReadonlySet<Room>): Promise<Set<SocketId>>;
}

/** Operations of one node in a cluster. */
export interface ClusterMember {
  /** Number of nodes that serve this namespace, including this one. */
  serverCount(): Promise<number>;
  /**
   * Sends an event to the listeners of the other nodes. A final function argument is called with
   * `(error, responses)`.
   */
  serverSideEmit(args: readonly unknown[]): void;
}

/** State of a socket from which its client can resume. `pid` is secret to that client. */
export interface SessionToPersist {
  readonly sid: SocketId;
  readonly pid: string;
  readonly rooms: readonly Room[];
  readonly data: unknown;
  /** Offsets of the first and the last event sent to the socket; absent if none was. */
  readonly sent?: SentOffsets | undefined;
}

/** Offsets as the client reads them: an event's last argument, if it is a string. */
export interface SentOffsets {
  readonly first: string;
  readonly last: string;
}

/**
 * A session reserved for a returning client until it is admitted, with the log position up to which
 * that client has received everything. It holds no events and keeps none from being dropped.
 *
 * Contract:
 * - It ends once: with `take`, after which the session is used up until it is persisted again, or
 *   with `release`, after which it is unchanged, with its original age, and can be reserved again.
 * - A session has one holder, the newest: a later `restoreSession` with the same `pid`, on any
 *   node, voids this reservation, as do `persistSession` and `close`. `take` of a void reservation
 *   returns null, and its `release` does nothing.
 * - The limits apply at `take`: it returns null for a session that has expired or may have missed a
 *   dropped event.
 */
export interface SessionReservation {
  /** The session as it was persisted. Reconnection attempts of the client don't change it. */
  readonly session: SessionToPersist;
  /**
   * Performs all asynchronous work of `take`: an adapter with a remote log and remote sessions
   * confirms its claim here, and reads the events that are older than this node's part of the log.
   * Called at most once, when the client is about to be admitted; `take` follows in the tick in
   * which it settles. Must settle in bounded time; a rejection is equivalent to null from `take`.
   * Absent if no asynchronous work is needed.
   */
  fetch?(): Promise<void>;
  /**
   * Returns all events for the session from the position up to now, in order, each with its offset
   * as the last item; null if they are no longer available. For a socket added to
   * `LocalSockets.sockets` in the same tick, no event is missing between these and the events
   * delivered to it, and none is in both.
   *
   * `rooms`: the socket's current rooms. Rooms of the session that the socket has left since
   * contribute nothing; rooms that it has joined since contribute events only after this call.
   */
  take(rooms: ReadonlySet<Room>): readonly (readonly unknown[])[] | null;
  /** Returns the session unchanged: the client is not admitted. */
  release(): void;
}

/**
 * Connection state recovery. An adapter without support for it returns null.
 *
 * Contract:
 * - Events that are neither volatile nor require an acknowledgement are logged, including those for
 *   a single socket, in the order of their delivery here. Only an adapter that logs creates
 *   offsets; a shared log creates them itself.
 * - `restoreSession` returns null, and uses the session up, if the client may have missed an event
 *   that is no longer kept. A rejection is equivalent to null: a new session.
 * - The server requests a session at most once at a time on each node, and first ends its holder on
 *   that node. If another node may hold a session, one claim wins there: by compare-and-set, after
 *   `surrenderSession` on the former holder.
 */
export interface SessionStore {
  persistSession(session: SessionToPersist): void;
  /** `offset`: of the last event that the client received; undefined if it received none. */
  restoreSession(
    pid: string,
    offset: string | undefined,
  ): SessionReservation | null | Promise<SessionReservation | null>;
}

/** Lifecycle of an adapter. `close` frees its resources and is called once. */
export interface AdapterLifecycle {
  init(): void | Promise<void>;
  close(): void | Promise<void>;
}

/**
 * Rooms, broadcasts and cluster operations of one namespace on one node. Created by an
 * `AdapterFactory` before the namespace has any socket; `init` is called right after.
 */
export interface Adapter
  extends RoomRegistry,
    Broadcaster,
    SocketSelection,
    ClusterMember,
    SessionStore,
    AdapterLifecycle {}

export type AdapterFactory = (local: LocalSockets) => Adapter;
