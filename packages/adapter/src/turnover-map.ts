import { inspect } from "node:util";

/** So many leave at least before a map moves on: else a small one would do so all the time. */
const MIN_LEFT = 64;

/**
 * A map whose members move to a new native map every so often: after twice as many have left as are in it.
 *
 * The class extends `Map` for those who ask what it is; the native map that it is itself stays empty.
 */
class TurnoverMap<Key, Value> extends Map<Key, Value> {
  #members = new Map<Key, Value>();
  /** How many have left since the members last moved. */
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

  /** When the members move meanwhile, those of the former map that are still here are visited first, then who has come since. */
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

  /** What tools print looks into the native map, which is empty. */
  [inspect.custom](): Map<Key, Value> {
    return new Map(this);
  }
}

/**
 * Makes a map for members that come and go in large numbers, such as sockets and their rooms. To whoever uses it it is a map like
 * any other, but for this: a key that leaves and comes back while somebody iterates may not be visited again.
 *
 * A native `Map` moves to a new table every so often, and leaves the former to the collector with all that is in it and with a
 * link to the next: once one of them is old, those that follow survive every collection of the young generation, and so does
 * whatever was in them. A map that begins anew has no such past.
 */
export function turnoverMap<Key, Value>(): Map<Key, Value> {
  return new TurnoverMap();
}
