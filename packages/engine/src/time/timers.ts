import { performance } from "node:perf_hooks";
import { nextTick as nodeNextTick } from "node:process";
import * as timers from "node:timers";

// The one home of timers in this package. All are taken when the module is loaded, because fake timers of a test replace
// the globals, and the members of `node:timers` too.

/** `setTimeout` of Node.js. */
export const setTimeout = timers.setTimeout;

/** `clearTimeout` of Node.js. */
export const clearTimeout = timers.clearTimeout;

/** `setImmediate` of Node.js. */
export const setImmediate = timers.setImmediate;

/** `process.nextTick` of Node.js. */
export const nextTick = nodeNextTick;

/** Milliseconds on a clock that never goes back. Its origin means nothing. */
export const monotonicTime: () => number = performance.now.bind(performance);

const eventLoopUtilization = performance.eventLoopUtilization.bind(performance);

/** Time in milliseconds that the event loop has waited for something to do. */
export function idleTime(): number {
  return eventLoopUtilization().idle;
}
