import type { Room } from "./adapter.ts";
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
  next: Entry | undefined;
}

/** How much a log holds: for how many milliseconds, and about how many bytes. */
export interface LogLimits {
  readonly maxAge: number;
  readonly maxBytes: number;
}

/**
 * The last packets in the order of their sending, found by their offset. The oldest go first, by age and by size; the
 * newest is always there, so a limit of bytes can be exceeded by one packet.
 */
export class PacketLog {
  readonly #limits: LogLimits;
  readonly #byOffset = new Map<string, Entry>();
  #oldest: Entry | undefined;
  #newest: Entry | undefined;
  #bytes = 0;

  constructor(limits: LogLimits) {
    this.#limits = limits;
  }

  get length(): number {
    return this.#byOffset.size;
  }

  /** Names the place after the last packet; undefined if there is none. */
  get lastOffset(): string | undefined {
    return this.#newest?.offset;
  }

  append(offset: string, packet: LoggedPacket, now: number): void {
    const { data, rooms, except } = packet;
    const entry: Entry = {
      data,
      rooms,
      except,
      offset,
      at: now,
      size: approximateSize(data),
      next: undefined,
    };
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.next = entry;
    this.#newest = entry;
    this.#byOffset.set(offset, entry);
    this.#bytes += entry.size;
    this.prune(now);
  }

  /** The packets after `offset` that were meant for a socket in `rooms`; null if the offset is not known (any more). */
  since(offset: string, rooms: readonly Room[]): (readonly unknown[])[] | null {
    const seen = this.#byOffset.get(offset);
    if (seen === undefined) return null;
    const missed: (readonly unknown[])[] = [];
    for (let entry = seen.next; entry !== undefined; entry = entry.next) {
      if (isMeantFor(entry, rooms)) missed.push(entry.data);
    }
    return missed;
  }

  /** Drops what is beyond the limits. */
  prune(now: number): void {
    while (this.#oldest !== undefined && this.#isBeyondLimits(this.#oldest, now))
      this.#dropOldest(this.#oldest);
  }

  clear(): void {
    this.#byOffset.clear();
    this.#oldest = undefined;
    this.#newest = undefined;
    this.#bytes = 0;
  }

  #isBeyondLimits(entry: Entry, now: number): boolean {
    const tooMuch = this.#bytes > this.#limits.maxBytes && entry !== this.#newest;
    return tooMuch || entry.at + this.#limits.maxAge < now;
  }

  #dropOldest(entry: Entry): void {
    this.#oldest = entry.next;
    if (entry.next === undefined) this.#newest = undefined;
    this.#byOffset.delete(entry.offset);
    this.#bytes -= entry.size;
  }
}

function isMeantFor(packet: LoggedPacket, rooms: readonly Room[]): boolean {
  const isTargeted = packet.rooms.size === 0 || rooms.some((room) => packet.rooms.has(room));
  return isTargeted && !rooms.some((room) => packet.except.has(room));
}
