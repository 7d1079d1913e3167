import type { Room } from "../adapter.ts";
import { approximateSize } from "./approximate-size.ts";

/** What is kept of a broadcast. `data` ends with the offset. */
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

/** How much a log holds: for how many milliseconds, and about how many bytes. */
export interface LogLimits {
  readonly maxAge: number;
  readonly maxBytes: number;
}

/**
 * The last packets in the order of their sending. Each has a place, a number that counts up, and is found by its offset.
 * The oldest go first, by age and by size; the newest is always there, so a limit of bytes can be exceeded by one packet.
 */
export class PacketLog {
  readonly #limits: LogLimits;
  readonly #entries = new Map<number, Entry>();
  readonly #places = new Map<string, number>();
  #oldest = 0;
  #end = 0;
  /** The place before which packets went that were not too old: a client may have missed them. */
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

  /** Where the packet with this offset is; undefined if that is not known (any more). */
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
   * Where to read what came from `place` on; undefined if any of it may be gone. The place must be no older than the log's limit
   * of age: packets before it that were too old were not missed.
   */
  startFrom(place: number): number | undefined {
    return place < this.#lost ? undefined : Math.max(place, this.#oldest);
  }

  /**
   * The packets from a start on that were meant for a session in `rooms`; null if any has gone since the start was
   * asked for. Of those rooms, the ones that are not in `stillIn` bring nothing.
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

  /** Drops what is beyond the limits. */
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
