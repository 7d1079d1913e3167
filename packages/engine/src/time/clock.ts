/** Something that asked to be told when a moment has come. */
export interface Alarm {
  /** Called at or after the armed time, once per arming. `now` is the clock's time at the call, in milliseconds. */
  ring(now: number): void;
  /** For the clock that the alarm is armed on, which may keep here what it knows of it; nobody else's to touch. */
  slot?: unknown;
}

/** Something with output to hand over once the current turn of the event loop has done its work. */
export interface Flushable {
  flush(): void;
}

/**
 * The one home of time. Everything below the engine takes `now` as an argument; the driver of a connection is the only
 * user of this interface.
 *
 * Contract:
 * - `now` is monotonic, in milliseconds; its origin means nothing.
 * - An alarm has at most one armed time: arming again replaces it. It may ring late by the clock's resolution, never early.
 * - `disarm` of an alarm that is not armed does nothing.
 * - `atTurnEnd` calls `flush` once, after the I/O callbacks of the current turn, however many outputs were produced;
 *   a flushable must not be queued again before it was flushed (it keeps that flag itself).
 * - An error thrown by one alarm or flushable does not keep the others from being called.
 */
export interface Clock {
  now(): number;
  arm(alarm: Alarm, at: number): void;
  disarm(alarm: Alarm): void;
  atTurnEnd(flushable: Flushable): void;
}

/** The longest time, in milliseconds, that a timer of Node.js or of a browser can wait. */
export const MAX_TIMER_MS = 2 ** 31 - 1;
