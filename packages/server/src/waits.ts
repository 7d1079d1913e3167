import { after, cancel, type Timer } from "./timers.ts";

/** Who waits. */
export interface Waiter {
  /** The wait is over. */
  overdue(): void;
}

/** One of many waits. */
export class Wait {
  /** When it is over, on the clock of `performance`. */
  readonly at: number;
  readonly waiter: Waiter;
  // Its neighbours.
  previous: Wait | undefined;
  next: Wait | undefined;

  constructor(at: number, waiter: Waiter) {
    this.at = at;
    this.waiter = waiter;
  }
}

/**
 * Waits of much the same length, most of which are cancelled before they are over: one timer for all of them, which runs on when
 * the one that it was started for is cancelled. It does not keep the process alive.
 */
export class Waits {
  #first: Wait | undefined;
  #last: Wait | undefined;
  #timer: Timer | undefined;
  /** When the timer will ring. */
  #due = Infinity;

  /** Tells `waiter` once, so many milliseconds from now. */
  start(milliseconds: number, waiter: Waiter): Wait {
    const now = performance.now();
    const wait = new Wait(now + milliseconds, waiter);
    this.#insert(wait);
    if (wait.at < this.#due) this.#schedule(wait.at, now);
    return wait;
  }

  /** Stops a wait that is not over. It lets go of its neighbours: garbage that is old must not hold what is young. */
  cancel(wait: Wait): void {
    if (wait.previous !== undefined) wait.previous.next = wait.next;
    else if (this.#first === wait) this.#first = wait.next;
    else return;
    if (wait.next === undefined) this.#last = wait.previous;
    else wait.next.previous = wait.previous;
    wait.previous = undefined;
    wait.next = undefined;
  }

  /** From the end, where it belongs unless the length was changed. */
  #insert(wait: Wait): void {
    let before = this.#last;
    while (before !== undefined && before.at > wait.at) before = before.previous;
    const behind = before === undefined ? this.#first : before.next;
    wait.previous = before;
    wait.next = behind;
    if (before === undefined) this.#first = wait;
    else before.next = wait;
    if (behind === undefined) this.#last = wait;
    else behind.previous = wait;
  }

  #schedule(at: number, now: number): void {
    cancel(this.#timer);
    this.#due = at;
    this.#timer = after(Math.ceil(at - now), this.#onTimer).unref();
  }

  readonly #onTimer = (): void => {
    const now = performance.now();
    this.#due = Infinity;
    try {
      for (let wait = this.#first; wait !== undefined && wait.at <= now; wait = this.#first) {
        this.cancel(wait);
        wait.waiter.overdue();
      }
    } finally {
      if (this.#first !== undefined) this.#schedule(this.#first.at, now);
    }
  };
}
