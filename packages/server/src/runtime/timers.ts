import { nextTick as nodeNextTick } from "node:process";
import * as timers from "node:timers";

// The one home of timers in this package. All are taken when the module is loaded, because fake timers of a test replace
// the globals, and the members of `node:timers` too.
const { setTimeout, clearTimeout } = timers;

/** `setImmediate` of Node.js. */
export const setImmediate = timers.setImmediate;

/** `process.nextTick` of Node.js. */
export const nextTick = nodeNextTick;

/** A running timer. */
export type Timer = NodeJS.Timeout;

/** Longest time that Node's timers can wait. */
const MAX_DELAY_MS = 0x7fffffff;

/** Calls `ring` once, `milliseconds` from now. */
export function after(milliseconds: number, ring: () => void): Timer {
  return setTimeout(ring, Math.min(milliseconds, MAX_DELAY_MS));
}

/** Lets a timer that runs begin anew. */
export function restart(timer: Timer): void {
  timer.refresh();
}

/** Stops a timer, if it runs. */
export function cancel(timer: Timer | undefined): void {
  clearTimeout(timer);
}

/** Milliseconds since the epoch. */
export function wallClock(): number {
  return Date.now();
}
