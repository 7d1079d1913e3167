import type { Alarm, Clock, Flushable } from "@skein/engine";

/** A clock that stands still until a test moves it. Alarms ring in the order of their times. */
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

  /** How many alarms are armed for a time that comes. */
  get armed(): number {
    return [...this.#alarms.values()].filter((at) => at !== Infinity).length;
  }

  /** Ends the turn: flushes everything that is dirty now. */
  turn(): void {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const flushable of dirty) flushable.flush();
  }

  /** Lets time pass, ringing every alarm at its moment, each in a turn of its own. */
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
