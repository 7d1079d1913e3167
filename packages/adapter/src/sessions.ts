import type { SessionToPersist } from "./adapter.ts";

interface Kept {
  readonly session: SessionToPersist;
  readonly at: number;
}

/** Sessions whose clients may come back, for a limited time. Each can be taken once. */
export class KeptSessions {
  readonly #maxAge: number;
  /** By private id, the oldest first: all are kept equally long. */
  readonly #byPid = new Map<string, Kept>();

  constructor(maxAge: number) {
    this.#maxAge = maxAge;
  }

  get size(): number {
    return this.#byPid.size;
  }

  keep(session: SessionToPersist, now: number): void {
    this.#byPid.delete(session.pid);
    this.#byPid.set(session.pid, { session, at: now });
    this.prune(now);
  }

  take(pid: string, now: number): SessionToPersist | undefined {
    this.prune(now);
    const kept = this.#byPid.get(pid);
    this.#byPid.delete(pid);
    return kept?.session;
  }

  /** Drops the sessions that are too old. */
  prune(now: number): void {
    for (const [pid, kept] of this.#byPid) {
      if (kept.at + this.#maxAge >= now) return;
      this.#byPid.delete(pid);
    }
  }

  clear(): void {
    this.#byPid.clear();
  }
}
