/** Length of the shortest text that contains such a key: `{"__proto__":0}`. */
const MIN_LENGTH = 15;

/**
 * Whether a JSON text may contain `__proto__` or `prototype` as a key, literally or with escapes,
 * which are not used for letters without a purpose. Runs for every payload with keys, so a search
 * for one character, the cheapest, precedes that for four.
 */
function mayHold(json: string): boolean {
  return (
    json.length >= MIN_LENGTH && (json.includes("proto") || (json.includes("\\") && json.includes("\\u00")))
  );
}

/**
 * Whether a payload may contain keys. Most events carry only primitive values, which need no
 * search.
 */
function hasKeys(payload: unknown): boolean {
  if (!Array.isArray(payload)) return true;
  for (let i = 0; i < payload.length; i++) {
    if (isContainer(payload[i])) return true;
  }
  return false;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/**
 * Whether a value is a plain object or an array. Other objects are created by a reviver and left
 * alone with their content.
 */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value);
}

/** Removes the keys that would reach a prototype, and reports nested values. */
function clean(holder: object, found: (inside: object) => void): void {
  for (const key of Object.keys(holder)) {
    const value: unknown = Reflect.get(holder, key);
    if (key === "__proto__") Reflect.deleteProperty(holder, key);
    else if (isContainer(value)) {
      if (key === "constructor" && isPlain(value)) Reflect.deleteProperty(value, "prototype");
      found(value);
    }
  }
}

/**
 * Removes, at any depth, the keys through which a merge or an assignment of `payload` would reach a
 * prototype: `__proto__`, and `prototype` inside a value named `constructor`. Changes `payload`,
 * which was just parsed from `json`, in place. Iterative, so that no nesting depth can overflow the
 * stack.
 */
export function dropPrototypeKeys(payload: unknown, json: string): void {
  if (!hasKeys(payload) || !mayHold(json)) return;
  const stack: unknown[] = [payload];
  while (stack.length > 0) {
    const next = stack.pop();
    if (isContainer(next) && isPlain(next)) clean(next, (inside) => stack.push(inside));
  }
}
