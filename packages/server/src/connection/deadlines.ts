import { type Alarm, TimerWheel } from "@skein/engine";

/** Listener of a deadline. */
export interface DeadlineListener {
  /** Called when the deadline has passed. */
  onDeadline(): void;
}

/** An entry of `JoinDeadlines`. */
export class Deadline {
  /** Time of the deadline, on the clock of the timer wheel. */
  readonly at: number;
  readonly listener: DeadlineListener;
  // Neighbours in the list.
  previous: Deadline | undefined;
  next: Deadline | undefined;

  constructor(at: number, waiter: DeadlineListener) {
    this.at = at;
    this.listener = waiter;
  }
}

/**
 * Deadlines of similar duration that are usually cancelled. All share one alarm, which stays armed
 * when its deadline is cancelled. After a stall of the event loop, the engine's clock allows time
 * for input that arrived meanwhile; it does not keep the process alive.
 */
export class JoinDeadlines implements Alarm {
  slot: unknown = undefined;
  readonly #clock = new TimerWheel();
  #first: Deadline | undefined;
  #last: Deadline | undefined;
  /** Time at which the alarm rings. */
  #due = Infinity;

  /** Calls `waiter` once after `milliseconds`. */
  start(milliseconds: number, waiter: DeadlineListener): Deadline {
    const wait = new Deadline(this.#clock.now() + milliseconds, waiter);
    this.#insert(wait);
    if (wait.at < this.#due) this.#schedule(wait.at);
    return wait;
  }

  /**
   * Cancels a pending deadline. Its links are cleared so that old garbage does not retain young
   * objects.
   */
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

  /** Inserts from the end, where new deadlines belong unless the duration was changed. */
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
