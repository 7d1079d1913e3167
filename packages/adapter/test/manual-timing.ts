import type { Timing } from "../src/index.ts";

/** A time source that tests advance. */
export class ManualTiming implements Timing {
  #now = Date.UTC(2026, 0, 1);
  readonly #calls = new Set<{ readonly at: number; readonly action: () => void }>();

  get pending(): number {
    return this.#calls.size;
  }

  now(): number {
    return this.#now;
  }

  after(delay: number, action: () => void): () => void {
    const call = { at: this.#now + delay, action };
    this.#calls.add(call);
    return () => this.#calls.delete(call);
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
    for (const call of this.#calls) {
      if (call.at > this.#now) continue;
      this.#calls.delete(call);
      call.action();
    }
  }
}
