import { inspect } from "node:util";

/**
 * Minimum number of deletions before the entries are moved, so that a small map does not move them
 * constantly.
 */
const MIN_LEFT = 64;

/**
 * A map that moves its entries to a new native map once more than twice as many were deleted as
 * remain.
 *
 * The class extends `Map` for `instanceof` checks; its own native map stays empty.
 */
class TurnoverMap<Key, Value> extends Map<Key, Value> {
  #members = new Map<Key, Value>();
  /** Number of deletions since the entries last moved. */
  #left = 0;

  override get size(): number {
    return this.#members.size;
  }

  override has(key: Key): boolean {
    return this.#members.has(key);
  }

  override get(key: Key): Value | undefined {
    return this.#members.get(key);
  }

  override set(key: Key, value: Value): this {
    this.#members.set(key, value);
    return this;
  }

  override delete(key: Key): boolean {
    const members = this.#members;
    if (!members.delete(key)) return false;
    this.#left += 1;
    if (this.#left > MIN_LEFT + 2 * members.size) {
      this.#members = new Map(members);
      this.#left = 0;
    }
    return true;
  }

  override clear(): void {
    this.#members.clear();
  }

  override *keys(): MapIterator<Key> {
    for (const [key] of this.entries()) yield key;
  }

  override *values(): MapIterator<Value> {
    for (const [, value] of this.entries()) yield value;
  }

  /**
   * Iterates over the entries. If they move meanwhile, the remaining entries of the former map are
   * visited first, then those added since.
   */
  override *entries(): MapIterator<[Key, Value]> {
    const former: ReadonlyMap<Key, Value>[] = [];
    for (;;) {
      const visited = this.#members;
      for (const entry of visited) {
        const [key] = entry;
        if (former.some((map) => map.has(key))) continue;
        if (visited === this.#members) yield entry;
        else if (this.#members.has(key)) yield [key, this.#members.get(key) as Value];
      }
      if (visited === this.#members) return;
      former.push(visited);
    }
  }

  override [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.entries();
  }

  override forEach(visit: (value: Value, key: Key, map: Map<Key, Value>) => void, that?: unknown): void {
    for (const [key, value] of this.entries()) visit.call(that, value, key, this);
  }

  /** Returns the entries for `util.inspect`, which would print the empty native map. */
  [inspect.custom](): Map<Key, Value> {
    return new Map(this);
  }
}

/**
 * Creates a map for entries with a high turnover, such as sockets and their rooms. It differs from
 * a native map in one respect: a key that is deleted and re-added during iteration may not be
 * visited again.
 *
 * A native `Map` periodically moves to a new table, and the discarded table keeps its entries and a
 * link to the next one. Once a discarded table is in the old generation, its successors and their
 * entries survive every collection of the young generation. A new map has no discarded tables.
 */
export function turnoverMap<Key, Value>(): Map<Key, Value> {
  return new TurnoverMap();
}
