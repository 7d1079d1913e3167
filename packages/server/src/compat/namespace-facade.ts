import type { AckCallback, BroadcastFlags, LocalSocket, LocalSockets, Room, SocketId } from "@skein/adapter";
import { PreparedMessage } from "@skein/engine";
import { type EncodedPart, type Packet, type PacketEncoder, PacketType } from "@skein/parser";
import type { EncodedPacket } from "../broadcast/topics/encoded-packet.ts";
import type { RecoveryOptions } from "../api.ts";

/** The server as third-party adapters access it (adapter-contract, "Host contract"). */
export interface ServerFacade {
  readonly encoder: PacketEncoder;
  readonly opts: { readonly connectionStateRecovery: Required<RecoveryOptions> | undefined };
}

/** A registered acknowledgement callback. */
interface AwaitedAck {
  readonly socket: LocalSocket;
  readonly id: number;
}

/** Context shared by the facades of one namespace. */
interface Surroundings {
  readonly server: ServerFacade;
  prepare(parts: readonly EncodedPart[]): EncodedPacket;
  awaited(ack: AwaitedAck): void;
}

/** Placeholder packet for parts that were not announced: it has no event to watch. */
const UNANNOUNCED: Packet = { type: PacketType.EVENT, nsp: "" };

/** `socket.acks`: the map methods that adapters use. */
class AckRegistry {
  readonly #socket: LocalSocket;
  readonly #awaited: (ack: AwaitedAck) => void;

  constructor(socket: LocalSocket, awaited: (ack: AwaitedAck) => void) {
    this.#socket = socket;
    this.#awaited = awaited;
  }

  set(id: number, callback: AckCallback): this {
    this.#socket.expectAck(id, callback);
    this.#awaited({ socket: this.#socket, id });
    return this;
  }

  delete(id: number): void {
    this.#socket.expectAck(id, undefined);
  }
}

/**
 * A socket under the names that third-party adapters use. It is its own `client`, with one method.
 */
export class SocketFacade implements LocalSocket<EncodedPacket> {
  readonly #socket: LocalSocket;
  readonly #around: Surroundings;
  #acks: AckRegistry | undefined;
  #announced = UNANNOUNCED;

  constructor(socket: LocalSocket, around: Surroundings) {
    this.#socket = socket;
    this.#around = around;
  }

  /** Returns the socket behind a facade; undefined for anything else. */
  static socketOf(value: object): LocalSocket | undefined {
    return #socket in value ? value.#socket : undefined;
  }

  get id(): SocketId {
    return this.#socket.id;
  }

  get handshake(): unknown {
    return this.#socket.handshake;
  }

  get rooms(): Iterable<Room> {
    return this.#socket.rooms;
  }

  get data(): unknown {
    return this.#socket.data;
  }

  get server(): ServerFacade {
    return this.#around.server;
  }

  get client(): this {
    return this;
  }

  get acks(): AckRegistry {
    this.#acks ??= new AckRegistry(this.#socket, (ack) => this.#around.awaited(ack));
    return this.#acks;
  }

  join(rooms: Room | readonly Room[]): void | Promise<void> {
    return this.#socket.join(rooms);
  }

  leave(room: Room): void | Promise<void> {
    return this.#socket.leave(room);
  }

  disconnect(close?: boolean): this {
    this.#socket.disconnect(close);
    return this;
  }

  /** First half of a delivery: listeners for outgoing packets are called when the parts follow. */
  notifyOutgoingListeners(packet: Packet): void {
    this.#announced = packet;
  }

  /** Second half. A broadcast passes the same array to every socket, so it is prepared once. */
  writeToEngine(parts: readonly EncodedPart[], flags: BroadcastFlags): void {
    const packet = this.#announced;
    this.#announced = UNANNOUNCED;
    this.#socket.deliverPacket(packet, this.#around.prepare(parts), flags);
  }

  /** Delivery for adapters of Socket.IO before 4.5, which announce nothing. */
  packet(parts: readonly EncodedPart[], flags: BroadcastFlags): void {
    this.#socket.deliverPacket(UNANNOUNCED, this.#around.prepare(parts), flags);
  }

  deliverPacket(packet: Packet, encoded: EncodedPacket, flags: BroadcastFlags): void {
    this.#socket.deliverPacket(packet, encoded, flags);
  }

  expectAck(id: number, callback: AckCallback | undefined): void {
    this.#socket.expectAck(id, callback);
  }
}

/** Connected sockets as facades, each created on first access and then cached. */
class SocketTable implements ReadonlyMap<SocketId, SocketFacade> {
  readonly #sockets: ReadonlyMap<SocketId, LocalSocket>;
  readonly #around: Surroundings;
  readonly #facades = new WeakMap<LocalSocket, SocketFacade>();

  constructor(sockets: ReadonlyMap<SocketId, LocalSocket>, around: Surroundings) {
    this.#sockets = sockets;
    this.#around = around;
  }

  get size(): number {
    return this.#sockets.size;
  }

  has(id: SocketId): boolean {
    return this.#sockets.has(id);
  }

  get(id: SocketId): SocketFacade | undefined {
    const socket = this.#sockets.get(id);
    return socket === undefined ? undefined : this.#facadeOf(socket);
  }

  keys(): MapIterator<SocketId> {
    return this.#sockets.keys();
  }

  values(): MapIterator<SocketFacade> {
    return this.#copy().values();
  }

  entries(): MapIterator<[SocketId, SocketFacade]> {
    return this.#copy().entries();
  }

  [Symbol.iterator](): MapIterator<[SocketId, SocketFacade]> {
    return this.entries();
  }

  forEach(visit: (socket: SocketFacade, id: SocketId, table: this) => void): void {
    for (const [id, socket] of this.#sockets) visit(this.#facadeOf(socket), id, this);
  }

  #copy(): Map<SocketId, SocketFacade> {
    return new Map(Array.from(this.#sockets, ([id, socket]) => [id, this.#facadeOf(socket)]));
  }

  #facadeOf(socket: LocalSocket): SocketFacade {
    const known = this.#facades.get(socket);
    if (known !== undefined) return known;
    const made = new SocketFacade(socket, this.#around);
    this.#facades.set(socket, made);
    return made;
  }
}

/**
 * A namespace under the names that third-party adapters use (adapter-contract, "Host contract") and
 * under Skein's own, so that adapters of both kinds can be created on it.
 */
export class NamespaceFacade implements LocalSockets<EncodedPacket>, Surroundings {
  readonly name: string;
  readonly server: ServerFacade;
  readonly sockets: SocketTable;
  readonly #local: LocalSockets;
  readonly #prepared = new WeakMap<readonly EncodedPart[], EncodedPacket>();
  #collected: AwaitedAck[] | undefined;

  constructor(local: LocalSockets, server: ServerFacade) {
    this.#local = local;
    this.name = local.name;
    this.server = server;
    this.sockets = new SocketTable(local.sockets, this);
  }

  /** Returns a new id at each read, because adapters read and increment it. */
  get _ids(): number {
    return this.#local.nextAckId();
  }

  set _ids(_next: number) {}

  _onServerSideEmit(args: readonly unknown[]): void {
    this.#local.onServerSideEmit(args);
  }

  nextAckId(): number {
    return this.#local.nextAckId();
  }

  onServerSideEmit(args: readonly unknown[], ack?: (response: unknown) => void): void {
    this.#local.onServerSideEmit(args, ack);
  }

  surrenderSession(pid: string): void {
    this.#local.surrenderSession(pid);
  }

  encode(packet: Packet): EncodedPacket {
    return this.prepare(this.server.encoder.encode({ ...packet, nsp: this.name }));
  }

  prepare(parts: readonly EncodedPart[]): EncodedPacket {
    const known = this.#prepared.get(parts);
    if (known !== undefined) return known;
    const made = parts.map((part) => new PreparedMessage(part));
    this.#prepared.set(parts, made);
    return made;
  }

  awaited(ack: AwaitedAck): void {
    this.#collected?.push(ack);
  }

  /** Runs code that registers acknowledgement callbacks; returns a function that removes them. */
  registering(run: () => void): () => void {
    const collected: AwaitedAck[] = [];
    // Listeners for outgoing packets may themselves send during `run`.
    const outer = this.#collected;
    this.#collected = collected;
    try {
      run();
    } finally {
      this.#collected = outer;
    }
    return () => {
      for (const { socket, id } of collected) socket.expectAck(id, undefined);
    };
  }
}
