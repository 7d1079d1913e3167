import { MAX_TIMER_MS } from "./clock.ts";
import type { Alarm, Clock, Flushable } from "./clock.ts";
import { rethrowLater } from "./rethrow-later.ts";
import { TickHeap } from "./tick-heap.ts";
import { clearTimeout, idleTime, monotonicTime, setImmediate, setTimeout } from "./timers.ts";

/** The resolution (ms) of the wheel: alarms ring up to this much late. */
const TICK = 10;

/**
 * Delay (ms) of a timer that indicates a stalled event loop. A loop that is merely busy often has
 * shorter delays, and peers have timeouts of seconds.
 */
const STALL_MS = 100;

/** Duration (ms) of a pause after a stall, before the wheel checks again. */
const REST_MS = 50;

/** Idle time (ms) that shows the loop has caught up after a stall. */
const IDLE_MS = 10;

/**
 * Maximum number of consecutive pauses, so that alarms ring also on a machine that can't keep up.
 */
const MAX_RESTS = 10;

/** The tick of a slot that is in no bucket. */
const NO_TICK = -1;

/**
 * The position of one alarm on the wheel, one object per connection. Its numbers are integers,
 * because others take memory of their own.
 */
class Slot {
  /** Undefined once disarmed. */
  alarm: Alarm | undefined;
  at: number;
  /** The bucket of the slot. */
  tick = NO_TICK;
  /** The index in that bucket. */
  index = 0;

  constructor(alarm: Alarm, at: number) {
    this.alarm = alarm;
    this.at = at;
  }
}

/** Returns an armed alarm's slot. It is stored on the alarm, which saves a map. */
function slotOf({ slot }: Alarm): Slot | undefined {
  return slot instanceof Slot ? slot : undefined;
}

/**
 * The production clock: one timer for all connections of an engine. Alarms share buckets of one
 * tick each, and only the earliest bucket has a Node timer, which does not keep the process alive.
 * A postponed alarm keeps its bucket and is checked when that bucket is due, so a heartbeat
 * postponed by every packet costs nothing.
 *
 * Most alarms are for silent peers. While the event loop is stalled (a long job, a debugger, a
 * sleeping machine) all peers seem silent, and timers run before their data is read. After a stall
 * the wheel therefore pauses until the loop has nothing left to read; a few turns are not enough,
 * because a listening socket may accept only one connection per turn.
 */
export class TimerWheel implements Clock {
  readonly #buckets = new Map<number, Slot[]>();
  readonly #ticks = new TickHeap();
  readonly #onTimer = () => this.#ring();
  readonly #onTurnEnd = () => this.#flush();
  #timer: NodeJS.Timeout | undefined;
  #timerTick = Infinity;
  #rests = 0;
  #idleBefore = 0;
  #dirty: Flushable[] = [];

  now(): number {
    return monotonicTime();
  }

  arm(alarm: Alarm, at: number): void {
    if (at === Infinity) return this.disarm(alarm);
    const moment = Math.ceil(at);
    const known = slotOf(alarm);
    if (known !== undefined) return this.#move(known, moment);
    const slot = new Slot(alarm, moment);
    alarm.slot = slot;
    this.#place(slot);
  }

  disarm(alarm: Alarm): void {
    const slot = slotOf(alarm);
    if (slot === undefined) return;
    release(slot);
    this.#takeOut(slot);
  }

  atTurnEnd(flushable: Flushable): void {
    if (this.#dirty.push(flushable) === 1) setImmediate(this.#onTurnEnd);
  }

  #move(slot: Slot, at: number): void {
    slot.at = at;
    if (slot.tick !== NO_TICK && Math.ceil(at / TICK) >= slot.tick) return;
    this.#takeOut(slot);
    this.#place(slot);
  }

  #place(slot: Slot): void {
    const tick = Math.ceil(slot.at / TICK);
    slot.tick = tick;
    const bucket = this.#buckets.get(tick);
    if (bucket !== undefined) {
      slot.index = bucket.push(slot) - 1;
      return;
    }
    slot.index = 0;
    this.#buckets.set(tick, [slot]);
    this.#ticks.push(tick);
    this.#schedule();
  }

  /**
   * Removes a slot; the last one of its bucket takes its place. An empty bucket stays until its
   * tick has passed.
   */
  #takeOut(slot: Slot): void {
    const bucket = this.#buckets.get(slot.tick);
    slot.tick = NO_TICK;
    const last = bucket?.pop();
    if (bucket === undefined || last === undefined || last === slot) return;
    last.index = slot.index;
    bucket[slot.index] = last;
  }

  #schedule(): void {
    const tick = this.#ticks.first;
    if (tick === Infinity || tick >= this.#timerTick) return;
    clearTimeout(this.#timer);
    this.#timerTick = tick;
    this.#startTimer(Math.max(1, tick * TICK - this.now()));
  }

  #startTimer(delay: number): void {
    this.#timer = setTimeout(this.#onTimer, Math.min(delay, MAX_TIMER_MS)).unref();
  }

  #ring(): void {
    const now = this.now();
    if (this.#mustRest(now)) this.#rest();
    else this.#turn(now);
  }

  #mustRest(now: number): boolean {
    if (this.#rests === 0) return now - this.#timerTick * TICK > STALL_MS;
    return this.#rests < MAX_RESTS && idleTime() - this.#idleBefore < IDLE_MS;
  }

  #rest(): void {
    this.#rests += 1;
    this.#idleBefore = idleTime();
    // Alarms armed meanwhile wait for the end of the pause.
    this.#timerTick = -Infinity;
    this.#startTimer(REST_MS);
  }

  #turn(now: number): void {
    this.#timer = undefined;
    this.#timerTick = Infinity;
    this.#rests = 0;
    while (this.#ticks.first * TICK <= now) {
      const tick = this.#ticks.first;
      const bucket = this.#buckets.get(tick) ?? [];
      this.#ticks.shift();
      this.#buckets.delete(tick);
      for (const slot of bucket) slot.tick = NO_TICK;
      for (const slot of bucket) this.#visit(slot, now);
    }
    this.#schedule();
  }

  /** Rings a slot's alarm, unless an earlier alarm has disarmed or moved it. */
  #visit(slot: Slot, now: number): void {
    const { alarm } = slot;
    if (alarm === undefined || slot.tick !== NO_TICK) return;
    if (slot.at > now) {
      this.#place(slot);
      return;
    }
    release(slot);
    try {
      alarm.ring(now);
    } catch (error) {
      rethrowLater(error);
    }
  }

  #flush(): void {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const flushable of dirty) {
      try {
        flushable.flush();
      } catch (error) {
        rethrowLater(error);
      }
    }
  }
}

function release(slot: Slot): void {
  if (slot.alarm !== undefined) slot.alarm.slot = undefined;
  slot.alarm = undefined;
}
