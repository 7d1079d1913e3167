import { type Alarm, TimerWheel } from "@skein/engine";

/** Who waits. */
export interface DeadlineListener {
  /** The wait is over. */
  onDeadline(): void;
}

/** One of many waits. */
export class Deadline {
  /** When it is over, on the clock of the waits. */
  readonly at: number;
  readonly listener: DeadlineListener;
  // Its neighbours.
  previous: Deadline | undefined;
  next: Deadline | undefined;

  constructor(at: number, waiter: DeadlineListener) {
    this.at = at;
    this.listener = waiter;
  }
}

/**
 * Waits of much the same length, most of which are cancelled before they are over: one alarm for all of them, which stays armed
 * when the one that it was armed for is cancelled. The engine's clock gives those their time who spoke while the event loop stood
 * still, and does not keep the process alive.
 */
export class JoinDeadlines implements Alarm {
  slot: unknown = undefined;
  readonly #clock = new TimerWheel();
  #first: Deadline | undefined;
  #last: Deadline | undefined;
  /** When the alarm will ring. */
  #due = Infinity;

  /** Tells `waiter` once, so many milliseconds from now. */
  start(milliseconds: number, waiter: DeadlineListener): Deadline {
    const wait = new Deadline(this.#clock.now() + milliseconds, waiter);
    this.#insert(wait);
    if (wait.at < this.#due) this.#schedule(wait.at);
    return wait;
  }

  /** Stops a wait that is not over. It lets go of its neighbours: garbage that is old must not hold what is young. */
  cancel(wait: Deadline): void {
    if (wait.previous !== undefined) wait.previous.next = wait.next;
    else if (this.#first === wait) this.#first = wait.next;
    else return;
    if (wait.next === undefined) this.#last = wait.previous;
    else wait.next.previous = wait.previous;
    wait.previous = undefined;
    wait.next = undefined;
  }

  ring(now: number): void {
    this.#due = Infinity;
    try {
      for (let wait = this.#first; wait !== undefined && wait.at <= now; wait = this.#first) {
        this.cancel(wait);
        wait.listener.onDeadline();
      }
    } finally {
      if (this.#first !== undefined) this.#schedule(this.#first.at);
    }
  }

  /** From the end, where it belongs unless the length was changed. */
  #insert(wait: Deadline): void {
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

  #schedule(at: number): void {
    this.#due = at;
    this.#clock.arm(this, at);
  }
}
