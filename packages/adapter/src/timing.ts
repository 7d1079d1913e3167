import { performance } from "node:perf_hooks";
import { nextTick as nodeNextTick } from "node:process";
import * as timers from "node:timers";

/**
 * The one home of time in this package.
 *
 * Contract: `now` is in milliseconds, never goes back, and starts near the Unix epoch, so that offsets made of it differ
 * between runs. `after` calls `action` once, not before `delay` milliseconds have passed, and does not keep the process
 * alive for it; the function that it returns cancels the call.
 */
export interface Timing {
  now(): number;
  after(delay: number, action: () => void): () => void;
}

/** The longest delay that Node's timers take; they turn a longer one into one millisecond. */
const MAX_DELAY_MS = 2 ** 31 - 1;

// Taken when the module is loaded: fake timers of a test replace the globals, and the members of `node:timers` too.
const { setTimeout, clearTimeout } = timers;
const { timeOrigin } = performance;
const monotonicTime = performance.now.bind(performance);

/** `process.nextTick` of Node.js. */
export const nextTick = nodeNextTick;

export const systemTiming: Timing = {
  now: () => timeOrigin + monotonicTime(),
  after(delay, action) {
    const timer = setTimeout(action, Math.min(delay, MAX_DELAY_MS));
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
