import { kindOf } from "../binary.ts";

/**
 * How deep the scan goes: deeper than what applications send, and far from any end of the stack. It is recursive because
 * that is simpler, and a quarter faster, than a stack of its own.
 */
const LEVELS = 100;

/**
 * Whether `JSON.stringify` may have a payload as it is: nothing in it is binary, has a `toJSON` that might answer with
 * binary, or lies deeper than `maxDepth` levels (the payload itself is level one).
 *
 * A "no" may be wrong, `writePayload` then finds out. That leaves room for what makes the common case fast: the scan ends at
 * a depth of its own, inherited keys are not told apart from own ones, and a `toJSON` that isn't enumerable is not looked
 * for in arrays and plain objects.
 */
export function isPlainJson(payload: object, maxDepth: number): boolean {
  return isPlainWithin(payload, Math.min(maxDepth, LEVELS));
}

/** A cycle is followed straight to the last level, and the first "no" ends the scan. */
function isPlainWithin(container: object, levels: number): boolean {
  if (levels <= 0) {
    return false;
  }
  if (Array.isArray(container)) {
    return hasPlainItems(container, levels - 1);
  }
  return (
    (Object.getPrototypeOf(container) === Object.prototype || isPlainInstance(container)) &&
    hasPlainValues(container as Record<string, unknown>, levels - 1)
  );
}

function hasPlainItems(items: readonly unknown[], levels: number): boolean {
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (typeof item === "object" && item !== null && !isPlainWithin(item, levels)) {
      return false;
    }
  }
  return true;
}

function hasPlainValues(record: Record<string, unknown>, levels: number): boolean {
  for (const key in record) {
    const value = record[key];
    if (typeof value === "object" && value !== null) {
      if (!isPlainWithin(value, levels)) {
        return false;
      }
    } else if (typeof value === "function" && key === "toJSON") {
      return false;
    }
  }
  return true;
}

/** Dates have a `toJSON` that is known to answer with text. */
function isPlainInstance(value: object): boolean {
  return "toJSON" in value && typeof value.toJSON === "function"
    ? value.toJSON === Date.prototype.toJSON
    : kindOf(value) === "container";
}
