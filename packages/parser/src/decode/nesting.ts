const QUOTE = 0x22;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Whether the arrays and objects of a JSON text are nested more than `maxDepth` levels deep.
 * Checked before `JSON.parse`, because such a value takes many times the memory of its text and
 * overflows the stack of recursive functions that process it later.
 *
 * The result for invalid JSON is unspecified: `JSON.parse` rejects it anyway.
 */
export function isNestedDeeper(json: string, maxDepth: number): boolean {
  return mayNestDeeper(json, maxDepth) && depthExceeds(json, maxDepth);
}

/**
 * Whether the text can be nested that deep: each level needs an opening and a closing bracket, and
 * most payloads are too short or have too few.
 */
function mayNestDeeper(json: string, maxDepth: number): boolean {
  if (json.length < 2 * (maxDepth + 1)) {
    return false;
  }
  const budget = maxDepth - occurrences(json, "[", maxDepth + 1);
  return budget < 0 || occurrences(json, "{", budget + 1) > budget;
}

function occurrences(text: string, sign: string, atMost: number): number {
  let count = 0;
  for (let at = text.indexOf(sign); at !== -1 && count < atMost; at = text.indexOf(sign, at + 1)) {
    count++;
  }
  return count;
}

function depthExceeds(json: string, maxDepth: number): boolean {
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code === QUOTE) {
      i = endOfString(json, i);
    } else if (code === OPEN_BRACKET || code === OPEN_BRACE) {
      if (++depth > maxDepth) {
        return true;
      }
    } else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) {
      depth--;
    }
  }
  return false;
}

/** Index of the quote that ends the string begun at `start`; the text's length if none does. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    if (!isEscaped(json, end)) {
      return end;
    }
  }
  return json.length;
}

/** Whether a character is escaped, by an odd number of backslashes before it. */
function isEscaped(json: string, index: number): boolean {
  let backslashes = 0;
  while (json.charCodeAt(index - backslashes - 1) === BACKSLASH) {
    backslashes++;
  }
  return backslashes % 2 === 1;
}
