/** Most UTF-16 units of a text of others that are printed. */
const MAX_LENGTH = 200;

/** Controls, formats and separators of lines: what begins a line, hides what follows or changes its direction. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function escapeOf(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

/** A text with everything escaped that could forge a line, or change how it is shown. */
export function escaped(text: string): string {
  return text.replace(UNSAFE, escapeOf);
}

/**
 * A text that a peer may have chosen, for a log or a message: in quotes, escaped as JSON does and more, and cut after 200
 * characters.
 */
export function quoted(text: string): string {
  return escaped(JSON.stringify(text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text));
}
