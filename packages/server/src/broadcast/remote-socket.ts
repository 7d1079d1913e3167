import type { Room, SocketDetails, SocketId } from "@skein/adapter";
import type { BroadcastOperator, Handshake, RemoteSocket as RemoteSocketApi } from "../api.ts";

/**
 * Implementation of the public interface of the same name, by an operator on the socket's own room.
 */
export class RemoteSocket implements RemoteSocketApi {
  readonly id: SocketId;
  readonly handshake: Handshake;
  readonly rooms: Set<Room>;
  readonly data: unknown;
  readonly #alone: BroadcastOperator;

  constructor(details: SocketDetails, alone: BroadcastOperator) {
    this.id = details.id;
    this.handshake = details.handshake as Handshake;
    this.rooms = new Set(details.rooms);
    this.data = details.data;
    this.#alone = alone;
  }

  emit(event: string, ...args: unknown[]): boolean {
    return this.#alone.emit(event, ...args);
  }

  join(room: Room | readonly Room[]): void {
    this.#alone.socketsJoin(room);
  }

  leave(room: Room): void {
    this.#alone.socketsLeave(room);
  }

  disconnect(close = false): this {
    this.#alone.disconnectSockets(close);
    return this;
  }

  timeout(milliseconds: number): BroadcastOperator {
    return this.#alone.timeout(milliseconds);
  }
}
