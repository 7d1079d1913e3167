import type { Alarm, Clock, Flushable } from "./clock.ts";
import { rethrowLater } from "./rethrow.ts";
import { TickHeap } from "./tick-heap.ts";

/** The resolution of the wheel, in milliseconds: alarms ring up to this much late. */
const TICK = 10;

/** One alarm's place on the wheel. */
interface Slot {
  /** Undefined once disarmed, so that the wheel keeps nothing alive that has ended. */
  alarm: Alarm | undefined;
  at: number;
  /** The bucket that will look at this slot; a slot found in any other bucket is stale. */
  tick: number;
}

/**
 * The production clock: one timer for all connections of an engine. Alarms share buckets of one tick each, and only the
 * earliest bucket has a Node timer, which does not keep the process alive. An alarm whose time moved later stays where
 * it is and is looked at again when its old bucket rings: a heartbeat that is postponed with every packet costs nothing.
 */
export class TimerWheel implements Clock {
  readonly #slots = new Map<Alarm, Slot>();
  readonly #buckets = new Map<number, Slot[]>();
  readonly #ticks = new TickHeap();
  readonly #onTimer = () => this.#turn();
  readonly #onTurnEnd = () => this.#flush();
  #timer: NodeJS.Timeout | undefined;
  #timerTick = Infinity;
  #dirty: Flushable[] = [];
  #flushedAt: number | undefined;

  /** While connections are flushed, the time at which that began: asking again for each would cost more than it tells. */
  now(): number {
    return this.#flushedAt ?? performance.now();
  }

  arm(alarm: Alarm, at: number): void {
    const known = this.#slots.get(alarm);
    if (known !== undefined) return this.#move(known, at);
    if (at === Infinity) return;
    const slot: Slot = { alarm, at, tick: Infinity };
    this.#slots.set(alarm, slot);
    this.#place(slot);
  }

  disarm(alarm: Alarm): void {
    const slot = this.#slots.get(alarm);
    if (slot === undefined) return;
    slot.alarm = undefined;
    this.#slots.delete(alarm);
  }

  atTurnEnd(flushable: Flushable): void {
    if (this.#dirty.push(flushable) === 1) setImmediate(this.#onTurnEnd);
  }

  #move(slot: Slot, at: number): void {
    slot.at = at;
    if (Math.ceil(at / TICK) < slot.tick) this.#place(slot);
  }

  #place(slot: Slot): void {
    if (slot.at === Infinity) {
      slot.tick = Infinity;
      return;
    }
    const tick = Math.ceil(slot.at / TICK);
    slot.tick = tick;
    const bucket = this.#buckets.get(tick);
    if (bucket !== undefined) {
      bucket.push(slot);
      return;
    }
    this.#buckets.set(tick, [slot]);
    this.#ticks.push(tick);
    this.#schedule();
  }

  #schedule(): void {
    const tick = this.#ticks.first;
    if (tick === Infinity || tick >= this.#timerTick) return;
    clearTimeout(this.#timer);
    this.#timerTick = tick;
    this.#timer = setTimeout(this.#onTimer, Math.max(1, tick * TICK - this.now())).unref();
  }

  #turn(): void {
    this.#timer = undefined;
    this.#timerTick = Infinity;
    const now = this.now();
    while (this.#ticks.first * TICK <= now) {
      const tick = this.#ticks.first;
      const bucket = this.#buckets.get(tick) ?? [];
      this.#ticks.shift();
      this.#buckets.delete(tick);
      for (const slot of bucket) this.#visit(slot, tick, now);
    }
    this.#schedule();
  }

  #visit(slot: Slot, tick: number, now: number): void {
    const { alarm } = slot;
    if (alarm === undefined || slot.tick !== tick) return;
    slot.tick = Infinity;
    if (slot.at > now) {
      this.#place(slot);
      return;
    }
    // A slot that once moved to an earlier bucket is still in its later one.
    slot.alarm = undefined;
    this.#slots.delete(alarm);
    try {
      alarm.ring(now);
    } catch (error) {
      rethrowLater(error);
    }
  }

  #flush(): void {
    const dirty = this.#dirty;
    this.#dirty = [];
    this.#flushedAt = performance.now();
    for (const flushable of dirty) {
      try {
        flushable.flush();
      } catch (error) {
        rethrowLater(error);
      }
    }
    this.#flushedAt = undefined;
  }
}
