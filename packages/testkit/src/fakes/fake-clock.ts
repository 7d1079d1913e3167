import type { Alarm, Clock, Flushable } from "@skein/engine";

/** A clock that only a test advances. Alarms fire in the order of their times. */
export class FakeClock implements Clock {
  readonly #alarms = new Map<Alarm, number>();
  #now: number;
  #dirty: Flushable[] = [];

  constructor(start = 0) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  arm(alarm: Alarm, at: number): void {
    this.#alarms.set(alarm, at);
  }

  disarm(alarm: Alarm): void {
    this.#alarms.delete(alarm);
  }

  atTurnEnd(flushable: Flushable): void {
    if (this.#dirty.includes(flushable)) throw new Error("queued again before it was flushed");
    this.#dirty.push(flushable);
  }

  /** Number of alarms set for a future time. */
  get armed(): number {
    return [...this.#alarms.values()].filter((at) => at !== Infinity).length;
  }

  /** Ends the turn: flushes everything that is dirty now. */
  turn(): void {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const flushable of dirty) flushable.flush();
  }

  /** Advances the time; every alarm fires at its time, in its own turn. */
  advance(milliseconds: number): void {
    this.turn();
    const end = this.#now + milliseconds;
    for (let next = this.#earliest(end); next !== undefined; next = this.#earliest(end)) {
      const [alarm, at] = next;
      this.#now = Math.max(this.#now, at);
      this.#alarms.delete(alarm);
      alarm.ring(this.#now);
      this.turn();
    }
    this.#now = end;
  }

  #earliest(until: number): [Alarm, number] | undefined {
    let earliest: [Alarm, number] | undefined;
    for (const [alarm, at] of this.#alarms) {
      if (at <= until && at < (earliest?.[1] ?? Infinity)) earliest = [alarm, at];
    }
    return earliest;
  }
}
