import type { SocketId } from "@skein/adapter";
import { inspect } from "node:util";

/** Emptied when its socket leaves. */
interface Entry<Socket> {
  socket: Socket | undefined;
}

/**
 * The connected sockets of a namespace: a map like any other to whoever looks at it.
 *
 * What it keeps is one step away from the native map. That one moves to a new table every so often, and leaves the former to
 * the collector with all entries in it and a link to the next: once one of them is old, those that follow survive every
 * collection of the young generation, and so would each socket that was in them, with its connection and all that belongs to
 * it, where many come and go.
 */
export class ConnectedSockets<Socket> extends Map<SocketId, Socket> {
  readonly #entries = new Map<SocketId, Entry<Socket>>();

  override get size(): number {
    return this.#entries.size;
  }

  override has(id: SocketId): boolean {
    return this.#entries.has(id);
  }

  override get(id: SocketId): Socket | undefined {
    return this.#entries.get(id)?.socket;
  }

  override set(id: SocketId, socket: Socket): this {
    const entry = this.#entries.get(id);
    if (entry === undefined) this.#entries.set(id, { socket });
    else entry.socket = socket;
    return this;
  }

  override delete(id: SocketId): boolean {
    const entry = this.#entries.get(id);
    if (entry === undefined) return false;
    entry.socket = undefined;
    return this.#entries.delete(id);
  }

  override clear(): void {
    for (const id of this.#entries.keys()) this.delete(id);
  }

  override keys(): MapIterator<SocketId> {
    return this.#entries.keys();
  }

  override *values(): MapIterator<Socket> {
    for (const entry of this.#entries.values()) yield entry.socket as Socket;
  }

  override *entries(): MapIterator<[SocketId, Socket]> {
    for (const [id, entry] of this.#entries) yield [id, entry.socket as Socket];
  }

  override [Symbol.iterator](): MapIterator<[SocketId, Socket]> {
    return this.entries();
  }

  override forEach(
    visit: (socket: Socket, id: SocketId, map: Map<SocketId, Socket>) => void,
    that?: unknown,
  ): void {
    for (const [id, entry] of this.#entries) visit.call(that, entry.socket as Socket, id, this);
  }

  /** What tools print looks into the native map, which is empty. */
  [inspect.custom](): Map<SocketId, Socket> {
    return new Map(this);
  }
}
