import type { Room } from "../adapter.ts";
import { approximateSize } from "./approximate-size.ts";

/** The logged part of a broadcast. `data` ends with the offset. */
export interface LoggedPacket {
  readonly data: readonly unknown[];
  readonly rooms: ReadonlySet<Room>;
  readonly except: ReadonlySet<Room>;
}

interface Entry extends LoggedPacket {
  readonly offset: string;
  readonly at: number;
  readonly size: number;
}

/** Limits of a log: `maxAge` in milliseconds and `maxBytes`, which is approximate. */
export interface LogLimits {
  readonly maxAge: number;
  readonly maxBytes: number;
}

/**
 * The most recent packets in the order of sending. Each has a place, an increasing number, and is
 * found by its offset. The oldest are dropped first, by age and by size; the newest is always kept,
 * so one packet may exceed the limit of bytes.
 */
export class PacketLog {
  readonly #limits: LogLimits;
  readonly #entries = new Map<number, Entry>();
  readonly #places = new Map<string, number>();
  #oldest = 0;
  #end = 0;
  /**
   * The place before which packets were dropped that had not expired: a client may have missed
   * them.
   */
  #lost = 0;
  #bytes = 0;

  constructor(limits: LogLimits) {
    this.#limits = limits;
  }

  get length(): number {
    return this.#entries.size;
  }

  /** The place of the next packet. */
  get end(): number {
    return this.#end;
  }

  /**
   * Returns the place of the packet with this offset; undefined if it is unknown or was dropped.
   */
  placeOf(offset: string): number | undefined {
    return this.#places.get(offset);
  }

  append(offset: string, { data, rooms, except }: LoggedPacket, now: number): void {
    const entry: Entry = { data, rooms, except, offset, at: now, size: approximateSize(data) };
    this.#entries.set(this.#end, entry);
    this.#places.set(offset, this.#end);
    this.#end += 1;
    this.#bytes += entry.size;
    this.prune(now);
  }

  /**
   * Returns where to start reading for a client that has everything before `place`; undefined if a
   * packet it needs may have been dropped. `place` must not be older than the log's age limit:
   * expired packets before it were not missed.
   */
  startFrom(place: number): number | undefined {
    return place < this.#lost ? undefined : Math.max(place, this.#oldest);
  }

  /**
   * Returns the packets from `start` on for a session in `rooms`; null if any was dropped since
   * `start` was requested. Rooms that are not in `stillIn` contribute nothing.
   */
  from(start: number, rooms: readonly Room[], stillIn: ReadonlySet<Room>): (readonly unknown[])[] | null {
    if (start < this.#oldest) return null;
    const missed: (readonly unknown[])[] = [];
    for (let at = start; at < this.#end; at++) {
      const entry = this.#entries.get(at);
      if (entry !== undefined && isMeantFor(entry, rooms, stillIn)) missed.push(entry.data);
    }
    return missed;
  }

  /** Drops the packets that exceed the limits. */
  prune(now: number): void {
    for (let entry = this.#entries.get(this.#oldest); entry !== undefined; ) {
      const isTooOld = entry.at + this.#limits.maxAge < now;
      const isTooMuch = this.#bytes > this.#limits.maxBytes && this.length > 1;
      if (!isTooOld && !isTooMuch) return;
      this.#dropOldest(entry);
      if (!isTooOld) this.#lost = this.#oldest;
      entry = this.#entries.get(this.#oldest);
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#places.clear();
    this.#oldest = this.#end;
    this.#lost = this.#end;
    this.#bytes = 0;
  }

  #dropOldest(entry: Entry): void {
    this.#entries.delete(this.#oldest);
    this.#places.delete(entry.offset);
    this.#bytes -= entry.size;
    this.#oldest += 1;
  }
}

function isMeantFor(packet: LoggedPacket, rooms: readonly Room[], stillIn: ReadonlySet<Room>): boolean {
  const isTargeted =
    packet.rooms.size === 0 || rooms.some((room) => packet.rooms.has(room) && stillIn.has(room));
  return isTargeted && !rooms.some((room) => packet.except.has(room));
}
