/**
 * A binary min-heap of numbers. Finds the next tick of a timer wheel without scanning its buckets.
 */
export class TickHeap {
  readonly #ticks: number[] = [];

  /** The smallest tick; Infinity if there is none. */
  get first(): number {
    return this.#ticks[0] ?? Infinity;
  }

  push(tick: number): void {
    const ticks = this.#ticks;
    let index = ticks.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = ticks[parent] ?? -Infinity;
      if (above <= tick) break;
      ticks[index] = above;
      index = parent;
    }
    ticks[index] = tick;
  }

  /** Removes the smallest tick. */
  shift(): void {
    const last = this.#ticks.pop();
    if (last !== undefined && this.#ticks.length > 0) this.#sink(last);
  }

  #sink(tick: number): void {
    const ticks = this.#ticks;
    let index = 0;
    for (;;) {
      const child = this.#smallerChild(index);
      const below = ticks[child] ?? Infinity;
      if (below >= tick) break;
      ticks[index] = below;
      index = child;
    }
    ticks[index] = tick;
  }

  #smallerChild(index: number): number {
    const left = 2 * index + 1;
    const right = left + 1;
    return (this.#ticks[right] ?? Infinity) < (this.#ticks[left] ?? Infinity) ? right : left;
  }
}
