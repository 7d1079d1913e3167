import type { SessionToPersist } from "../adapter.ts";
import { approximateSize } from "./approximate-size.ts";

/** An ended session. */
export interface KeptSession {
  readonly session: SessionToPersist;
  /** Place in the log from which on the session has missed packets. */
  readonly end: number;
  readonly at: number;
  readonly size: number;
}

/** Limits of kept sessions: `maxAge` in milliseconds and `maxBytes`, which is approximate. */
export interface SessionLimits {
  readonly maxAge: number;
  readonly maxBytes: number;
}

/**
 * Maximum counted size of one session: `data` belongs to the application and may reference all of
 * its objects.
 */
const MAX_COUNTED_BYTES = 64 * 1024;

/**
 * Ended sessions whose clients may return, within limits of time and bytes. Each can be claimed any
 * number of times, and taken once, by the last claim.
 */
export class KeptSessions {
  readonly #limits: SessionLimits;
  /** Sessions by private id, oldest first, because all are kept equally long. */
  readonly #byPid = new Map<string, KeptSession>();
  #bytes = 0;

  constructor(limits: SessionLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#byPid.size;
  }

  keep(session: SessionToPersist, end: number, now: number): void {
    this.#drop(session.pid);
    const size = approximateSize(session, MAX_COUNTED_BYTES);
    this.#byPid.set(session.pid, { session, end, at: now, size });
    this.#bytes += size;
    this.prune(now);
  }

  /**
   * Returns the session with this private id and voids earlier claims. The session stays in the
   * store.
   */
  claim(pid: string, now: number): KeptSession | undefined {
    this.prune(now);
    const kept = this.#byPid.get(pid);
    if (kept === undefined) return undefined;
    const claimed = { ...kept };
    this.#byPid.set(pid, claimed);
    return claimed;
  }

  /**
   * Uses a claimed session up; returns false if it has expired, was replaced, or was claimed again.
   */
  take(claimed: KeptSession, now: number): boolean {
    this.prune(now);
    const { pid } = claimed.session;
    if (this.#byPid.get(pid) !== claimed) return false;
    this.#drop(pid);
    return true;
  }

  /**
   * Drops expired sessions, and the oldest while the total size exceeds the limit; the newest is
   * always kept.
   */
  prune(now: number): void {
    for (const [pid, kept] of this.#byPid) {
      const isTooMuch = this.#bytes > this.#limits.maxBytes && this.size > 1;
      if (kept.at + this.#limits.maxAge >= now && !isTooMuch) return;
      this.#drop(pid);
    }
  }

  clear(): void {
    this.#byPid.clear();
    this.#bytes = 0;
  }

  #drop(pid: string): void {
    const kept = this.#byPid.get(pid);
    if (kept === undefined) return;
    this.#byPid.delete(pid);
    this.#bytes -= kept.size;
  }
}
