import { kindOf } from "./binary.ts";

/** Lies under the children of a container on the stack: when it comes up again, that container is done. */
const LEVEL_END = {};

/**
 * Whether `JSON.stringify` may have a payload as it is: nothing in it is binary, has a `toJSON` that might answer with
 * binary, or lies deeper than `maxDepth` levels (the payload itself is level one).
 *
 * A "no" may be wrong, `PayloadWriter` then finds out. That leaves room for what makes the common case fast: the order
 * doesn't matter, inherited keys are not told apart from own ones, and a `toJSON` that isn't enumerable is not looked
 * for in arrays and plain objects.
 */
export function isPlainJson(payload: object, maxDepth: number): boolean {
  // Last in, first out: a cycle is followed straight to `maxDepth` instead of fanning out.
  const stack: object[] = [payload];
  let depth = 1;
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next === LEVEL_END) {
      depth--;
      continue;
    }
    const below = stack.length;
    if (depth > maxDepth || !pushChildren(next, stack)) {
      return false;
    }
    if (stack.length > below) {
      depth++;
    }
  }
  return true;
}

/** Puts the objects in a container on the stack; false if the container is no plain one. */
function pushChildren(container: object, stack: object[]): boolean {
  if (Array.isArray(container)) {
    pushItems(container, stack);
    return true;
  }
  if (Object.getPrototypeOf(container) !== Object.prototype && !isPlainInstance(container)) {
    return false;
  }
  return pushValues(container as Record<string, unknown>, stack);
}

function pushItems(items: readonly unknown[], stack: object[]): void {
  const below = stack.length;
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (typeof item === "object" && item !== null) {
      push(item, stack, below);
    }
  }
}

function pushValues(record: Record<string, unknown>, stack: object[]): boolean {
  const below = stack.length;
  for (const key in record) {
    const value = record[key];
    if (typeof value === "object" && value !== null) {
      push(value, stack, below);
    } else if (typeof value === "function" && key === "toJSON") {
      return false;
    }
  }
  return true;
}

function push(child: object, stack: object[], below: number): void {
  if (stack.length === below) {
    stack.push(LEVEL_END);
  }
  stack.push(child);
}

/** Dates have a `toJSON` that is known to answer with text. */
function isPlainInstance(value: object): boolean {
  return "toJSON" in value && typeof value.toJSON === "function"
    ? value.toJSON === Date.prototype.toJSON
    : kindOf(value) === "container";
}
