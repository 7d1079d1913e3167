import type { Packet } from "@skein/parser";
import type {
  AckCallback,
  Adapter,
  AdapterFactory,
  BroadcastOptions,
  LocalSocket,
  LocalSockets,
  Room,
  RoomEvent,
  SessionReservation,
  SessionToPersist,
  SocketDetails,
  SocketId,
} from "./adapter.ts";
import { RoomTable } from "./rooms/rooms.ts";
import { countAtMost, forEachReceiver, membersOf, receivers } from "./rooms/selection.ts";
import { nextTick, systemTiming, type Timing } from "./timing.ts";

/**
 * The adapter of a single server: rooms in memory, and synchronous delivery to this node's sockets.
 * It keeps no sessions.
 */
export class InMemoryAdapter implements Adapter {
  readonly #local: LocalSockets;
  readonly #timing: Timing;
  readonly #table = new RoomTable();

  /** `timing` is replaced in tests. */
  constructor(local: LocalSockets, timing: Timing = systemTiming) {
    this.#local = local;
    this.#timing = timing;
  }

  /**
   * A live map from rooms to socket ids. After the first read, rooms take the memory of native maps
   * and sets.
   */
  get rooms(): ReadonlyMap<Room, ReadonlySet<SocketId>> {
    return this.#table.rooms.expose();
  }

  /**
   * A live map from socket ids to rooms. After the first read, it takes the memory of native maps
   * and sets.
   */
  get sids(): ReadonlyMap<SocketId, ReadonlySet<Room>> {
    return this.#table.sids.expose();
  }

  init(): void | Promise<void> {}

  close(): void | Promise<void> {}

  addAll(id: SocketId, rooms: ReadonlySet<Room>): void | Promise<void> {
    this.#table.addAll(id, rooms);
  }

  del(id: SocketId, room: Room): void | Promise<void> {
    this.#table.del(id, room);
  }

  delAll(id: SocketId): void {
    this.#table.delAll(id);
  }

  socketRooms(id: SocketId): ReadonlySet<Room> | undefined {
    return this.#table.socketRooms(id);
  }

  roomMembers(room: Room): ReadonlySet<SocketId> | undefined {
    return this.#table.rooms.get(room);
  }

  on(event: RoomEvent, listener: (room: Room, id?: SocketId) => void): this {
    this.#table.on(event, listener);
    return this;
  }

  once(event: RoomEvent, listener: (room: Room, id?: SocketId) => void): this {
    this.#table.once(event, listener);
    return this;
  }

  off(event: RoomEvent, listener: (room: Room, id?: SocketId) => void): this {
    this.#table.off(event, listener);
    return this;
  }

  /**
   * Encodes at most once, and not at all without receivers. Throws errors of the encoder before
   * anything was delivered.
   */
  broadcast(packet: Packet, options: BroadcastOptions): void {
    const atMost = countAtMost(this.#table, this.#local.sockets, options);
    if (this.#local.publish?.(packet, options, atMost) === true) return;
    let encoded: { readonly value: unknown } | undefined;
    forEachReceiver(this.#table, this.#local.sockets, options, (socket) => {
      encoded ??= { value: this.#local.encode(packet) };
      socket.deliverPacket(packet, encoded.value, options.flags);
    });
  }

  /** Calls `clientCount` before the packet is sent, so that no acknowledgement can precede it. */
  broadcastWithAck(
    packet: Packet,
    options: BroadcastOptions,
    clientCount: (count: number) => void,
    ack: AckCallback,
  ): void {
    const id = this.#local.nextAckId();
    packet.id = id;
    const encoded = this.#local.encode(packet);
    const waited = receivers(this.#table, this.#local.sockets, options);
    const answered = this.#expectAcks(id, waited, options.flags.timeout ?? 0, ack);
    clientCount(waited.length);
    for (const socket of waited) {
      socket.expectAck(id, answered);
      socket.deliverPacket(packet, encoded, options.flags);
    }
  }

  fetchSockets(options: BroadcastOptions): Promise<readonly SocketDetails[]> {
    return Promise.resolve(receivers(this.#table, this.#local.sockets, options));
  }

  addSockets(options: BroadcastOptions, rooms: readonly Room[]): void {
    for (const socket of this.#receivers(options)) void socket.join(rooms);
  }

  delSockets(options: BroadcastOptions, rooms: readonly Room[]): void {
    for (const socket of this.#receivers(options)) {
      for (const room of rooms) void socket.leave(room);
    }
  }

  disconnectSockets(options: BroadcastOptions, close: boolean): void {
    for (const socket of this.#receivers(options)) socket.disconnect(close);
  }

  sockets(rooms: ReadonlySet<Room>): Promise<Set<SocketId>> {
    const found = receivers(this.#table, this.#local.sockets, membersOf(rooms));
    return Promise.resolve(new Set(found.map((socket) => socket.id)));
  }

  serverCount(): Promise<number> {
    return Promise.resolve(1);
  }

  /**
   * Calls an acknowledgement with an empty list of responses on a later tick: there are no other
   * nodes.
   */
  serverSideEmit(args: readonly unknown[]): void {
    const ack = args.at(-1);
    if (!isAck(ack)) return;
    nextTick(() => {
      ack(null, []);
    });
  }

  persistSession(_session: SessionToPersist): void {}

  restoreSession(
    _pid: string,
    _offset: string | undefined,
  ): SessionReservation | null | Promise<SessionReservation | null> {
    return null;
  }

  #receivers(options: BroadcastOptions): LocalSocket[] {
    return receivers(this.#table, this.#local.sockets, options);
  }

  /**
   * Removes the registrations after `timeout` milliseconds, and the timer once all sockets have
   * responded.
   */
  #expectAcks(id: number, waited: readonly LocalSocket[], timeout: number, ack: AckCallback): AckCallback {
    let missing = waited.length;
    if (missing === 0) return ack;
    const cancel = this.#timing.after(timeout, () => {
      for (const socket of waited) socket.expectAck(id, undefined);
    });
    return (...args) => {
      missing -= 1;
      if (missing === 0) cancel();
      ack(...args);
    };
  }
}

function isAck(value: unknown): value is AckCallback {
  return typeof value === "function";
}

/** Returns a factory of adapters for a single server, one per namespace. */
export function inMemoryAdapter(): AdapterFactory {
  return (local) => new InMemoryAdapter(local);
}
