/** Longer strings are likely to need an escape somewhere, and would then have been looked through in vain. */
const MAX_SCANNED_LENGTH = 256;

/** Up to here, where most names are, a loop is faster than a call of an expression. */
const MAX_LOOP_LENGTH = 10;

/** A positive class is what makes it twice as fast as a loop: it costs two comparisons for most letters. */
const PLAIN = /^[ !#-[\]-\ud7ff]*$/;

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_SURROGATE = 0xd800;

/**
 * The JSON of anything but an object, as JSON.stringify writes it and several times as fast; undefined for what JSON leaves
 * out of objects. Throws for a BigInt.
 */
export function writePrimitive(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return writeString(value);
    case "number":
      return Number.isFinite(value) ? String(value) : "null";
    case "boolean":
      return value ? "true" : "false";
    case "undefined":
      return undefined;
    default:
      // Null, symbols, and what may have a `toJSON` on its prototype: BigInts and functions.
      return value === null ? "null" : JSON.stringify(value);
  }
}

/** The JSON of a string, or of an object's key. */
export function writeString(value: string): string {
  return value.length <= MAX_SCANNED_LENGTH && needsNoEscape(value) ? `"${value}"` : JSON.stringify(value);
}

/** Surrogates count as if they needed one: JSON.stringify escapes those that have no partner. */
export function needsNoEscape(value: string): boolean {
  return value.length > MAX_LOOP_LENGTH ? PLAIN.test(value) : everySignIsPlain(value);
}

function everySignIsPlain(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code < SPACE || code === QUOTE || code === BACKSLASH || code >= FIRST_SURROGATE) {
      return false;
    }
  }
  return true;
}
