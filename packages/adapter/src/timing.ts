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
const LONGEST_DELAY = 2 ** 31 - 1;

export const systemTiming: Timing = {
  now: () => performance.timeOrigin + performance.now(),
  after(delay, action) {
    const timer = setTimeout(action, Math.min(delay, LONGEST_DELAY));
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
