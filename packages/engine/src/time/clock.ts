/** An object that a clock calls at an armed time. */
export interface Alarm {
  /**
   * Called at or after the armed time, once per arming. `now` is the clock's time (ms) at the call.
   */
  ring(now: number): void;
  /** Data of the clock that the alarm is armed on; only that clock may use it. */
  slot?: unknown;
}

/** An object with output to send after the work of the current turn of the event loop. */
export interface Flushable {
  flush(): void;
}

/**
 * The source of time. Everything below the engine takes `now` as an argument; only the driver of a
 * connection uses this interface.
 *
 * Contract:
 * - `now` is monotonic, in milliseconds; its origin is arbitrary.
 * - An alarm has at most one armed time: arming again replaces it. It may ring late by the clock's
 * resolution, never early.
 * - `disarm` of an alarm that is not armed has no effect.
 * - `atTurnEnd` calls `flush` once, after the I/O callbacks of the current turn; a flushable must
 * not be queued again before it was flushed (it keeps that flag itself).
 * - An error thrown by one alarm or flushable does not prevent the calls of others.
 */
export interface Clock {
  now(): number;
  arm(alarm: Alarm, at: number): void;
  disarm(alarm: Alarm): void;
  atTurnEnd(flushable: Flushable): void;
}

/** The longest timeout (ms) of a timer in Node.js and in browsers. */
export const MAX_TIMER_MS = 2 ** 31 - 1;
