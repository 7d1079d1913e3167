import { inTime } from "./waiting.ts";

/** Things that arrive, kept in order until a test asks for them. */
export class Queue<T> {
  readonly #arrived: T[] = [];
  readonly #what: string;
  #wake: () => void = () => {};

  constructor(what: string) {
    this.#what = what;
  }

  get length(): number {
    return this.#arrived.length;
  }

  push(...items: T[]): void {
    this.#arrived.push(...items);
    this.#wake();
  }

  /** Everything that has arrived and was not asked for yet. */
  drain(): T[] {
    return this.#arrived.splice(0);
  }

  /** The oldest item; waits for one when there is none. One caller at a time. */
  async next(): Promise<T> {
    while (this.#arrived.length === 0) await inTime(this.#arrival(), this.#what);
    return this.#arrived.shift() as T;
  }

  #arrival(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
