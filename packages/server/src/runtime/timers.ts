import { nextTick as nodeNextTick } from "node:process";
import * as timers from "node:timers";

// The only source of timers in this package. They are captured when the module is loaded, because
// fake timers of tests replace the globals and the members of `node:timers`.
const { setTimeout, clearTimeout } = timers;

/** `setImmediate` of Node.js. */
export const setImmediate = timers.setImmediate;

/** `process.nextTick` of Node.js. */
export const nextTick = nodeNextTick;

/** A running timer. */
export type Timer = NodeJS.Timeout;

/** Maximum delay of Node.js timers (ms). */
const MAX_DELAY_MS = 0x7fffffff;

/** Calls `ring` once after `milliseconds`. */
export function after(milliseconds: number, ring: () => void): Timer {
  return setTimeout(ring, Math.min(milliseconds, MAX_DELAY_MS));
}

/** Restarts a running timer. */
export function restart(timer: Timer): void {
  timer.refresh();
}

/** Stops a timer, if any. */
export function cancel(timer: Timer | undefined): void {
  clearTimeout(timer);
}

/** Returns the milliseconds since the epoch. */
export function wallClock(): number {
  return Date.now();
}
