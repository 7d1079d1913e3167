import { kindOf } from "../binary.ts";

/**
 * Maximum depth of the scan: deeper than usual payloads, and far below the limit of the stack. A
 * recursive scan is simpler, and a quarter faster, than one with its own stack.
 */
const LEVELS = 100;

/**
 * Whether `JSON.stringify` can write a payload: nothing in it is binary, has a `toJSON` that might
 * return binary, or is nested deeper than `maxDepth` levels (the payload itself is level one).
 *
 * False negatives are allowed, and `writePayload` handles them. This keeps the common case fast:
 * the scan has its own depth limit, does not distinguish inherited keys from own ones, and ignores
 * a `toJSON` that is not enumerable in arrays and plain objects.
 */
export function isPlainJson(payload: object, maxDepth: number): boolean {
  return isPlainWithin(payload, Math.min(maxDepth, LEVELS));
}

/**
 * Scans a container. A cycle is followed straight to the last level, and the first false result
 * ends the scan.
 */
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

/** Whether an instance is plain. The `toJSON` of dates is known to return text. */
function isPlainInstance(value: object): boolean {
  return "toJSON" in value && typeof value.toJSON === "function"
    ? value.toJSON === Date.prototype.toJSON
    : kindOf(value) === "container";
}
