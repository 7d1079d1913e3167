import { nextTick } from "./timers.ts";

/** Maximum capacity that is retained for the next tick. */
const MAX_KEPT = 1024;

/**
 * Queued calls in order. Their storage is reused, because some hosts deliver every packet in a tick
 * of its own.
 */
class Calls<Subject, Item> {
  #subjects: (Subject | undefined)[] = [];
  #items: (Item | undefined)[] = [];
  #size = 0;
  #begun = 0;

  get size(): number {
    return this.#size - this.#begun;
  }

  put(subject: Subject, item: Item): void {
    this.#subjects[this.#size] = subject;
    this.#items[this.#size] = item;
    this.#size++;
  }

  make(call: (subject: Subject, item: Item) => void): void {
    while (this.#begun < this.#size) {
      const at = this.#begun++;
      const subject = this.#subjects[at] as Subject;
      const item = this.#items[at] as Item;
      this.#subjects[at] = undefined;
      this.#items[at] = undefined;
      call(subject, item);
    }
    this.#begun = 0;
    this.#size = 0;
    if (this.#items.length > MAX_KEPT) {
      this.#subjects = [];
      this.#items = [];
    }
  }

  /** Appends the remaining calls of another queue. */
  append(other: Calls<Subject, Item>): void {
    other.make((subject, item) => this.put(subject, item));
  }
}

/**
 * Queues calls for the next tick. One tick runs all of them, because a tick costs more than most
 * calls. Calls run in order, and one that throws does not prevent the others.
 */
export class TickQueue<Subject, Item> {
  readonly #call: (subject: Subject, item: Item) => void;
  #waiting = new Calls<Subject, Item>();
  #spare = new Calls<Subject, Item>();

  constructor(call: (subject: Subject, item: Item) => void) {
    this.#call = call;
  }

  put(subject: Subject, item: Item): void {
    if (this.#waiting.size === 0) nextTick(this.#run);
    this.#waiting.put(subject, item);
  }

  readonly #run = (): void => {
    const calls = this.#waiting;
    this.#waiting = this.#spare;
    this.#spare = calls;
    try {
      calls.make(this.#call);
    } finally {
      if (calls.size > 0) this.#putFirst(calls);
    }
  };

  /** Continues after a call that threw: the remaining calls run before newer ones. */
  #putFirst(calls: Calls<Subject, Item>): void {
    const later = this.#waiting;
    if (later.size === 0) nextTick(this.#run);
    calls.append(later);
    this.#waiting = calls;
    this.#spare = later;
  }
}
