import type { Packet } from "@skein/parser";

/** A set of sockets that messages can be sent to. Every socket is alone in the room named by its id. */
export type Room = string;
export type SocketId = string;

/** Delivery flags of one broadcast. */
export interface BroadcastFlags {
  /** Skip receivers that can't take the packet at once, instead of queueing it. */
  readonly volatile?: boolean;
  /** False asks transports not to compress. Default: true. */
  readonly compress?: boolean;
  /** Only this node's sockets. */
  readonly local?: boolean;
  /** How long to wait for acknowledgements, in milliseconds. */
  readonly timeout?: number;
  /** The sender wants the one answer of one socket, not a list. */
  readonly expectSingleResponse?: boolean;
}

/**
 * Whom an operation means: the members of any of `rooms`, or everybody when it is empty, less the members of any of
 * `except`. Each socket is meant at most once.
 */
export interface BroadcastOptions {
  readonly rooms: ReadonlySet<Room>;
  readonly except: ReadonlySet<Room>;
  readonly flags: BroadcastFlags;
}

/** What other nodes may know of a socket. */
export interface SocketDetails {
  readonly id: SocketId;
  readonly handshake: unknown;
  readonly rooms: Iterable<Room>;
  readonly data: unknown;
}

/** Called with the arguments of an acknowledgement. */
export type AckCallback = (...args: unknown[]) => void;

/** A socket of this node, as an adapter uses it. `Encoded` is whatever the namespace's `encode` returns. */
export interface LocalSocket<Encoded = unknown> extends SocketDetails {
  join(rooms: Room | readonly Room[]): void | Promise<void>;
  leave(room: Room): void | Promise<void>;
  disconnect(close?: boolean): unknown;
  /** Sends a packet that was encoded for many; `packet` is for those who watch outgoing packets and must not be changed. */
  deliverPacket(packet: Packet, encoded: Encoded, flags: BroadcastFlags): void;
  /** Registers who is called when the peer acknowledges packet `id`; undefined forgets it. */
  expectAck(id: number, callback: AckCallback | undefined): void;
}

/**
 * What an adapter needs of the namespace it serves: the reverse interface.
 *
 * Contract:
 * - `sockets` holds the connected sockets of this node and only them; sockets that are still in middlewares may already
 *   be in rooms, but are nobody's receivers.
 * - `encode` fills in the namespace and turns the packet into a form that any number of `deliverPacket` calls share.
 * - `nextAckId` gives an id that is unused by every socket of the namespace on this node.
 * - `onServerSideEmit` dispatches an event of another node to this namespace's own listeners; `ack` is set if the
 *   sender waits for an answer, and takes effect once.
 * - `publish` is an optional capability: sending to everybody that `options` means at once, where that says the same as
 *   `deliverPacket` to each. `atMost` is how many that can be at most. False means that nothing was sent: deliver to each. It
 *   may throw only what `encode` throws. An adapter that uses it emits its room events, which tell who is in a room.
 * - `surrenderSession` ends the connection that holds a session on this node, connected or still in middlewares, because
 *   another node claims the session. `persistSession` or `release` is called for it before this returns.
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
 * Who is in which room, on this node. `rooms` and `sids` mirror each other and are live; their keys are only changed
 * through the methods. Emits `create-room(room)`, `join-room(room, id)`, `leave-room(room, id)` and `delete-room(room)`
 * synchronously. A promise is returned only by adapters that must tell others.
 */
export interface RoomRegistry {
  readonly rooms: ReadonlyMap<Room, ReadonlySet<SocketId>>;
  readonly sids: ReadonlyMap<SocketId, ReadonlySet<Room>>;
  addAll(id: SocketId, rooms: ReadonlySet<Room>): void | Promise<void>;
  del(id: SocketId, room: Room): void | Promise<void>;
  delAll(id: SocketId): void;
  socketRooms(id: SocketId): ReadonlySet<Room> | undefined;
  /** The same as `rooms.get(room)`, for adapters to which reading all of `rooms` has a price. */
  roomMembers?(room: Room): ReadonlySet<SocketId> | undefined;
  on(event: RoomEvent, listener: (room: Room, id?: SocketId) => void): unknown;
  off(event: RoomEvent, listener: (room: Room, id?: SocketId) => void): unknown;
}

/**
 * Sending to many.
 *
 * Contract: delivery to this node's sockets never depends on the other nodes being reachable, and `broadcast` reports
 * nothing; each receiver gets the packet at most once, and packets of one node to one socket keep their order. The packet
 * is the adapter's to keep and to change, `packet.data` included.
 * `broadcastWithAck` gives the packet one id for all local receivers, calls `clientCount` once for each node that took
 * it, with the number of its receivers, and `ack` with the arguments of each answer. After `flags.timeout` milliseconds
 * no registration is left behind.
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

/** Operations on the sockets that `options` means, on every node unless `flags.local` is set. */
export interface SocketSelection {
  /** Local sockets come as themselves, those of other nodes as plain details. Rejects when a node does not answer. */
  fetchSockets(options: BroadcastOptions): Promise<readonly SocketDetails[]>;
  addSockets(options: BroadcastOptions, rooms: readonly Room[]): void;
  delSockets(options: BroadcastOptions, rooms: readonly Room[]): void;
  disconnectSockets(options: BroadcastOptions, close: boolean): void;
  /** Ids of the sockets of this node that are in any of `rooms`; of all if it is empty. */
  sockets(rooms: ReadonlySet<Room>): Promise<Set<SocketId>>;
}

/** Being one node among several. */
export interface ClusterMember {
  /** How many nodes serve this namespace, this one included. */
  serverCount(): Promise<number>;
  /** Sends an event to the listeners of the other nodes. A last argument that is a function is called with `(error, responses)`. */
  serverSideEmit(args: readonly unknown[]): void;
}

/** What must be kept of a socket so that its client can come back as the same one. `pid` is secret to that client. */
export interface SessionToPersist {
  readonly sid: SocketId;
  readonly pid: string;
  readonly rooms: readonly Room[];
  readonly data: unknown;
  /** The offsets of the first and of the last event that went out to it; absent if none did. */
  readonly sent?: SentOffsets | undefined;
}

/** Offsets of events, as the client reads them: the last argument, if it is a string. */
export interface SentOffsets {
  readonly first: string;
  readonly last: string;
}

/**
 * A session that is kept for one returning client until it is admitted, and the position in the log up to which that client has
 * had everything. It holds no events and keeps none from being dropped.
 *
 * Contract:
 * - It ends once: with `take`, after which the session is used up until it is persisted again, or with `release`, after
 *   which it is as it was, no younger, and can be reserved again.
 * - A session has one holder, the newest: a later `restoreSession` with the same `pid`, on any node, voids this reservation.
 *   So does `persistSession`, and so does `close`. A void reservation gives null, and its `release` does nothing.
 * - The limits hold at `take`: what is over, or may have missed an event that was dropped, gives null.
 */
export interface SessionReservation {
  /** The session as it was persisted. The client's attempts to come back don't change it. */
  readonly session: SessionToPersist;
  /**
   * Whatever `take` would have to wait for: an adapter whose log and sessions are elsewhere confirms its claim here, and reads
   * the events that are older than what this node keeps of the log. Called at most once, when the client is about to be
   * admitted; `take` follows in the same tick as its end. Must settle in bounded time; a rejection means the
   * same as null from `take`. Absent where there is nothing to wait for.
   */
  fetch?(): Promise<void>;
  /**
   * All events from the position up to this moment that are meant for the session, in order, each with its offset as the last
   * item; null if they can't be had any more. No event is between them and those that a socket receives which is added to
   * `LocalSockets.sockets` in the same tick, and none is in both.
   *
   * `rooms`: those that the socket is in now. Of the session's rooms, those that it has left meanwhile bring it nothing;
   * rooms that it has joined meanwhile bring it events only after this call.
   */
  take(rooms: ReadonlySet<Room>): readonly (readonly unknown[])[] | null;
  /** Gives the session back: the client is not admitted. */
  release(): void;
}

/**
 * Connection state recovery. An adapter that can't do it answers null.
 *
 * Contract:
 * - Events that are neither volatile nor wait for an answer are logged, those for a single socket included, in the order in
 *   which they are delivered here. Only an adapter that logs makes offsets; where the log is shared, the log makes them.
 * - `restoreSession` answers null, and uses the session up, if the client may have missed an event that is not
 *   kept any more. A rejection means the same as null: a new session.
 * - The server asks for a session once at a time on each node, and ends whoever held it on that node first. Where a session
 *   may be held by another node, one claim wins there: by compare-and-set, after `surrenderSession` on the former holder.
 */
export interface SessionStore {
  persistSession(session: SessionToPersist): void;
  /** `offset`: of the last event that the client had; undefined if it had none. */
  restoreSession(
    pid: string,
    offset: string | undefined,
  ): SessionReservation | null | Promise<SessionReservation | null>;
}

/** Beginning and end. `close` frees what the adapter holds, and is called once. */
export interface AdapterLifecycle {
  init(): void | Promise<void>;
  close(): void | Promise<void>;
}

/**
 * Rooms, broadcasts and cluster operations of one namespace on one node. Made by an `AdapterFactory` before the
 * namespace has any socket; `init` is called right after.
 */
export interface Adapter
  extends RoomRegistry,
    Broadcaster,
    SocketSelection,
    ClusterMember,
    SessionStore,
    AdapterLifecycle {}

export type AdapterFactory = (local: LocalSockets) => Adapter;
