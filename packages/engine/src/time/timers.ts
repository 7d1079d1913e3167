import { performance } from "node:perf_hooks";
import { nextTick as nodeNextTick } from "node:process";
import * as timers from "node:timers";

// All timers of this package. They are read when the module is loaded, because fake timers of tests
// replace the globals and the members of `node:timers`.

/** `setTimeout` of Node.js. */
export const setTimeout = timers.setTimeout;

/** `clearTimeout` of Node.js. */
export const clearTimeout = timers.clearTimeout;

/** `setImmediate` of Node.js. */
export const setImmediate = timers.setImmediate;

/** `process.nextTick` of Node.js. */
export const nextTick = nodeNextTick;

/** Returns milliseconds of a monotonic clock with an arbitrary origin. */
export const monotonicTime: () => number = performance.now.bind(performance);

const eventLoopUtilization = performance.eventLoopUtilization.bind(performance);

/** Returns the time (ms) that the event loop has been idle. */
export function idleTime(): number {
  return eventLoopUtilization().idle;
}
