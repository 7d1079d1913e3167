/**
 * A queue of arrivals, awaited one by one in order. Ending it with an error rejects pending waits.
 */
export class Arrivals<T> {
  readonly #items: T[] = [];
  readonly #waiting: { resolve(item: T): void; reject(error: Error): void }[] = [];
  #end: Error | undefined;

  push(item: T): void {
    const waiter = this.#waiting.shift();
    if (waiter === undefined) this.#items.push(item);
    else waiter.resolve(item);
  }

  end(reason: string): void {
    this.#end ??= new Error(reason);
    for (const waiter of this.#waiting.splice(0)) waiter.reject(this.#end);
  }

  /** Arrivals that were not taken yet. */
  get pending(): readonly T[] {
    return this.#items;
  }

  next(): Promise<T> {
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift() as T);
    if (this.#end !== undefined) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  async take(count: number): Promise<T[]> {
    const items: T[] = [];
    while (items.length < count) items.push(await this.next());
    return items;
  }
}
