import type { AckCallback, Adapter, BroadcastOptions, Room, SocketDetails, SocketId } from "@skein/adapter";
import type { Packet } from "@skein/parser";
import { ServerError } from "../errors.ts";

const NOTHING: ReadonlyMap<string, ReadonlySet<string>> = new Map();

/** Adapters may retain and modify their arguments, so each child gets a copy. */
function copyOf(packet: Packet): Packet {
  return { ...packet, data: Array.isArray(packet.data) ? [...(packet.data as unknown[])] : packet.data };
}

/**
 * Adapter of a dynamic namespace. It has no rooms, and forwards every operation to the adapter of
 * each child.
 */
export class ChildrenAdapter implements Adapter {
  readonly rooms: ReadonlyMap<Room, ReadonlySet<SocketId>> = NOTHING;
  readonly sids: ReadonlyMap<SocketId, ReadonlySet<Room>> = NOTHING;
  readonly #adapters: () => readonly Adapter[];

  constructor(adapters: () => readonly Adapter[]) {
    this.#adapters = adapters;
  }

  init(): void {}

  close(): void {}

  addAll(): void {}

  del(): void {}

  delAll(): void {}

  socketRooms(): undefined {
    return undefined;
  }

  on(): this {
    return this;
  }

  off(): this {
    return this;
  }

  broadcast(packet: Packet, options: BroadcastOptions): void {
    for (const adapter of this.#adapters()) adapter.broadcast(copyOf(packet), options);
  }

  broadcastWithAck(
    packet: Packet,
    options: BroadcastOptions,
    clientCount: (count: number) => void,
    ack: AckCallback,
  ): void {
    for (const adapter of this.#adapters())
      adapter.broadcastWithAck(copyOf(packet), options, clientCount, ack);
  }

  /** Sums the counts of all children, each of which reports its client counts. */
  async serverCount(): Promise<number> {
    const counts = await Promise.all(this.#adapters().map((adapter) => adapter.serverCount()));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async fetchSockets(): Promise<readonly SocketDetails[]> {
    throw new ServerError("PARENT_FETCH");
  }

  addSockets(options: BroadcastOptions, rooms: readonly Room[]): void {
    for (const adapter of this.#adapters()) adapter.addSockets(options, rooms);
  }

  delSockets(options: BroadcastOptions, rooms: readonly Room[]): void {
    for (const adapter of this.#adapters()) adapter.delSockets(options, rooms);
  }

  disconnectSockets(options: BroadcastOptions, close: boolean): void {
    for (const adapter of this.#adapters()) adapter.disconnectSockets(options, close);
  }

  async sockets(rooms: ReadonlySet<Room>): Promise<Set<SocketId>> {
    const found = await Promise.all(this.#adapters().map((adapter) => adapter.sockets(rooms)));
    const all = new Set<SocketId>();
    for (const ids of found) for (const id of ids) all.add(id);
    return all;
  }

  serverSideEmit(args: readonly unknown[]): void {
    for (const adapter of this.#adapters()) adapter.serverSideEmit(args);
  }

  persistSession(): void {}

  restoreSession(): null {
    return null;
  }
}
