/**
 * Maximum length of a string that is scanned: longer ones are likely to need an escape, so that the
 * scan would be wasted.
 */
const MAX_SCANNED_LENGTH = 256;

/** Maximum length for which a loop is faster than a regular expression; most names are shorter. */
const MAX_LOOP_LENGTH = 10;

/**
 * A string without escapes. A positive class makes the expression twice as fast as a loop: it costs
 * two comparisons for most letters.
 */
const PLAIN = /^[ !#-[\]-\ud7ff]*$/;

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_SURROGATE = 0xd800;

/**
 * Writes a value that is not an object as JSON.stringify does, several times as fast; undefined if
 * JSON omits it from objects. Throws for a BigInt.
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
      // Null, symbols, and the types whose prototype may have a `toJSON`: BigInts and functions.
      return value === null ? "null" : JSON.stringify(value);
  }
}

/** Returns the JSON of a string or of an object's key. */
export function writeString(value: string): string {
  return value.length <= MAX_SCANNED_LENGTH && needsNoEscape(value) ? `"${value}"` : JSON.stringify(value);
}

/**
 * Whether a string needs no escape. Surrogates count as needing one, because JSON.stringify escapes
 * lone surrogates.
 */
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
