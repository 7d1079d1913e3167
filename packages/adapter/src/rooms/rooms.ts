import { EventEmitter } from "node:events";
import type { Room, RoomEvent, RoomRegistry, SocketId } from "../adapter.ts";
import { LazySets } from "./lazy-sets.ts";

type RoomListener = (room: Room, id?: SocketId) => void;

/**
 * Room membership of sockets (adapter-contract, "In-memory adapter").
 *
 * Order of events: a join emits `create-room` (the room exists and is empty), then `join-room`; a
 * leave emits `leave-room`, then `delete-room`; `delAll` leaves room by room in the order of
 * joining, and `sids` lists the socket until the last event. Listeners may join and leave sockets,
 * but the socket that `delAll` is removing can't join a room.
 */
export class RoomTable implements RoomRegistry {
  readonly rooms = new LazySets();
  readonly sids = new LazySets();
  /** Sockets that `delAll` is removing: one, unless a listener removes another meanwhile. */
  readonly #leaving: SocketId[] = [];
  #events: EventEmitter | undefined;

  addAll(id: SocketId, rooms: ReadonlySet<Room>): void {
    if (this.#leaving.includes(id)) return;
    if (rooms.size === 0) this.sids.open(id);
    for (const room of rooms) this.#join(id, room);
  }

  del(id: SocketId, room: Room): void {
    this.sids.remove(id, room);
    this.#leave(id, room);
  }

  delAll(id: SocketId): void {
    if (this.#leaving.includes(id)) return;
    this.#leaving.push(id);
    try {
      this.sids.forEachIn(id, (room) => {
        this.#leave(id, room);
      });
    } finally {
      this.sids.delete(id);
      this.#leaving.pop();
    }
  }

  socketRooms(id: SocketId): ReadonlySet<Room> | undefined {
    return this.sids.get(id);
  }

  on(event: RoomEvent, listener: RoomListener): this {
    this.#events ??= new EventEmitter();
    this.#events.on(event, listener);
    return this;
  }

  once(event: RoomEvent, listener: RoomListener): this {
    this.#events ??= new EventEmitter();
    this.#events.once(event, listener);
    return this;
  }

  off(event: RoomEvent, listener: RoomListener): this {
    this.#events?.off(event, listener);
    return this;
  }

  /** Visits the members of a room, with the guarantees of `LazySets.forEachIn`. */
  forEachMember(room: Room, visit: (id: SocketId) => void): void {
    this.rooms.forEachIn(room, visit);
  }

  memberCount(room: Room): number {
    return this.rooms.countIn(room);
  }

  #hears(event: RoomEvent): boolean {
    return this.#events !== undefined && this.#events.listenerCount(event) > 0;
  }

  #join(id: SocketId, room: Room): void {
    this.sids.add(id, room);
    if (this.#hears("create-room") && !this.rooms.has(room)) {
      this.rooms.open(room);
      this.#events?.emit("create-room", room);
      // The listener may have removed the socket, and with it the room.
      if (!this.sids.includes(id, room)) return;
    }
    if (this.rooms.add(room, id)) this.#events?.emit("join-room", room, id);
  }

  #leave(id: SocketId, room: Room): void {
    if (this.rooms.remove(room, id)) this.#events?.emit("leave-room", room, id);
    if (!this.rooms.isEmpty(room)) return;
    this.rooms.delete(room);
    this.#events?.emit("delete-room", room);
  }
}
