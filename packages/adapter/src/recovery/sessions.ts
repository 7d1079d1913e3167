import type { SessionToPersist } from "../adapter.ts";
import { approximateSize } from "./approximate-size.ts";

/** A session that ended. */
export interface KeptSession {
  readonly session: SessionToPersist;
  /** Place in the log: what came from there on, it has missed. */
  readonly end: number;
  readonly at: number;
  readonly size: number;
}

/** How much is kept of sessions: for how many milliseconds, and about how many bytes. */
export interface SessionLimits {
  readonly maxAge: number;
  readonly maxBytes: number;
}

/** Of larger sessions no more is counted: `data` is the application's, and may lead to all that it has. */
const MAX_COUNTED_BYTES = 64 * 1024;

/**
 * Sessions whose clients may come back, within limits of time and of bytes. Each can be claimed any number of times, and be
 * taken once, by the last claim.
 */
export class KeptSessions {
  readonly #limits: SessionLimits;
  /** By private id, the oldest first: all are kept equally long. */
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

  /** The session with this private id. It stays here; a former claim can't take it any more. */
  claim(pid: string, now: number): KeptSession | undefined {
    this.prune(now);
    const kept = this.#byPid.get(pid);
    if (kept === undefined) return undefined;
    const claimed = { ...kept };
    this.#byPid.set(pid, claimed);
    return claimed;
  }

  /** Uses up what was claimed; false if it is over, was replaced, or was claimed again. */
  take(claimed: KeptSession, now: number): boolean {
    this.prune(now);
    const { pid } = claimed.session;
    if (this.#byPid.get(pid) !== claimed) return false;
    this.#drop(pid);
    return true;
  }

  /** Drops the sessions that are too old, and the oldest while all are too large; the newest is kept, however large. */
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
