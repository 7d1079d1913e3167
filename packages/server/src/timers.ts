/** A running timer. */
export type Timer = NodeJS.Timeout;

/** Longest time that Node's timers can wait. */
const LONGEST = 0x7fffffff;

/** Calls `ring` once, so many milliseconds from now. The one place of this package that starts timers. */
export function after(milliseconds: number, ring: () => void): Timer {
  return setTimeout(ring, Math.min(milliseconds, LONGEST));
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
