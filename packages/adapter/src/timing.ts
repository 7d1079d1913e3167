import { performance } from "node:perf_hooks";
import { nextTick as nodeNextTick } from "node:process";
import * as timers from "node:timers";

/**
 * The time source of this package.
 *
 * Contract: `now` is in milliseconds, never goes back, and starts near the Unix epoch, so that
 * offsets derived from it differ between runs. `after` calls `action` once, not before `delay`
 * milliseconds have passed, and does not keep the process alive; the returned function cancels the
 * call.
 */
export interface Timing {
  now(): number;
  after(delay: number, action: () => void): () => void;
}

/** The maximum delay of Node's timers; they change a longer one to one millisecond. */
const MAX_DELAY_MS = 2 ** 31 - 1;

// Captured when the module is loaded: fake timers of tests replace the globals and the members of
// `node:timers`.
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
