/** Shortest text that holds what is looked for: `{"__proto__":0}`. */
const MIN_LENGTH = 15;

/**
 * Whether a JSON text may say `__proto__` or `prototype` as a key, in plain signs or in escapes, which for letters nobody
 * writes without a purpose. Asked for every payload that has keys: hence the search for one sign, the cheapest there is, before that for four.
 */
function mayHold(json: string): boolean {
  return (
    json.length >= MIN_LENGTH && (json.includes("proto") || (json.includes("\\") && json.includes("\\u00")))
  );
}

/** Most events carry texts and numbers and the like, which have no keys: there is nothing to search for in them. */
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

/** What only a reviver can have made is left alone, with all that it holds. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value);
}

/** Leaves out what would reach a prototype, and tells of what lies inside. */
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
 * Leaves out, at any depth, the keys by which a merge or an assignment of `payload` would reach a prototype: `__proto__`,
 * and `prototype` in what is called `constructor`. Changes `payload`, which was just parsed from `json`, in place.
 * Iterative, so that no depth of nesting can overflow the stack.
 */
export function dropPrototypeKeys(payload: unknown, json: string): void {
  if (!hasKeys(payload) || !mayHold(json)) return;
  const stack: unknown[] = [payload];
  while (stack.length > 0) {
    const next = stack.pop();
    if (isContainer(next) && isPlain(next)) clean(next, (inside) => stack.push(inside));
  }
}
