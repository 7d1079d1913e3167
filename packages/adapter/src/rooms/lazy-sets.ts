import { inspect } from "node:util";
import { turnoverMap } from "../turnover-map.ts";

/** The values of a key: none, one, or a set once one is needed or requested. */
type Entry = string | Set<string> | null;

/**
 * A map of sets that costs one map entry for a key with one value, the most frequent case because
 * every socket is the only member of its own room. A set is created for the second value, or when
 * `get` requests it, and is used from then on.
 *
 * The inherited native map stays empty until `expose`, because it would cost a set and a second
 * entry for each key.
 */
export class LazySets extends Map<string, Set<string>> {
  readonly #entries = turnoverMap<string, Entry>();
  #exposed = false;

  /**
   * Fills the native map and keeps it up to date from then on, because `structuredClone` reads only
   * the native map.
   */
  expose(): this {
    if (this.#exposed) return this;
    this.#exposed = true;
    for (const [key, values] of this.entries()) super.set(key, values);
    return this;
  }

  override get size(): number {
    return this.#entries.size;
  }

  override has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Returns the live set of the key's values. */
  override get(key: string): Set<string> | undefined {
    const entry = this.#entries.get(key);
    return entry === undefined ? undefined : this.#expand(key, entry);
  }

  override set(key: string, values: Set<string>): this {
    this.#put(key, values);
    return this;
  }

  /** Removes a key with all its values. */
  override delete(key: string): boolean {
    if (this.#exposed) super.delete(key);
    return this.#entries.delete(key);
  }

  override clear(): void {
    for (const key of this.keys()) this.delete(key);
  }

  override keys(): MapIterator<string> {
    return this.#entries.keys();
  }

  override *values(): MapIterator<Set<string>> {
    for (const [key, entry] of this.#entries) yield this.#expand(key, entry);
  }

  override *entries(): MapIterator<[string, Set<string>]> {
    for (const [key, entry] of this.#entries) yield [key, this.#expand(key, entry)];
  }

  override [Symbol.iterator](): MapIterator<[string, Set<string>]> {
    return this.entries();
  }

  override forEach(
    visit: (values: Set<string>, key: string, map: Map<string, Set<string>>) => void,
    thisArg?: unknown,
  ): void {
    for (const [key, values] of this.entries()) visit.call(thisArg, values, key, this);
  }

  /** Returns the entries for `util.inspect`, which would print the native map. */
  [inspect.custom](): Map<string, Set<string>> {
    return new Map(this);
  }

  /** Adds the key without values if it is absent. */
  open(key: string): void {
    if (!this.#entries.has(key)) this.#put(key, null);
  }

  /** Adds a value to a key, and the key if it is absent. Returns whether the value is new. */
  add(key: string, value: string): boolean {
    const entry = this.#entries.get(key);
    if (entry instanceof Set) {
      const before = entry.size;
      return entry.add(value).size > before;
    }
    if (entry === undefined || entry === null) {
      // Rooms are compared by identity, and JavaScript callers may use a room that is not a string.
      this.#put(key, typeof value === "string" ? value : new Set([value]));
      return true;
    }
    if (entry !== value) this.#put(key, new Set([entry, value]));
    return entry !== value;
  }

  /**
   * Removes a value from a key, which stays even without values. Returns whether the value was
   * present.
   */
  remove(key: string, value: string): boolean {
    const entry = this.#entries.get(key);
    if (entry instanceof Set) return entry.delete(value);
    if (entry !== value || entry === undefined) return false;
    this.#put(key, null);
    return true;
  }

  includes(key: string, value: string): boolean {
    const entry = this.#entries.get(key);
    return entry instanceof Set ? entry.has(value) : entry !== undefined && entry === value;
  }

  /** Whether the key is present without values. */
  isEmpty(key: string): boolean {
    const entry = this.#entries.get(key);
    return entry instanceof Set ? entry.size === 0 : entry === null;
  }

  /** Returns the number of the key's values without creating a set. */
  countIn(key: string): number {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry === null) return 0;
    return entry instanceof Set ? entry.size : 1;
  }

  /**
   * Visits the key's values in insertion order without creating a set. `visit` may change them:
   * values removed before their turn are skipped, and there are never more visits than values at
   * the start.
   */
  forEachIn(key: string, visit: (value: string) => void): void {
    const entry = this.#entries.get(key);
    if (entry instanceof Set) visitAtMost(entry.size, entry, visit);
    else if (entry !== undefined && entry !== null) visit(entry);
  }

  #put(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    if (this.#exposed) super.set(key, this.#expand(key, entry));
  }

  #expand(key: string, entry: Entry): Set<string> {
    if (entry instanceof Set) return entry;
    const values = new Set<string>(entry === null ? [] : [entry]);
    this.#entries.set(key, values);
    return values;
  }
}

/**
 * Visits at most `count` values: a visitor that removes and re-adds a value would otherwise loop
 * forever.
 */
export function visitAtMost<T>(count: number, values: Iterable<T>, visit: (value: T) => void): void {
  let left = count;
  for (const value of values) {
    if (left === 0) return;
    left -= 1;
    visit(value);
  }
}
