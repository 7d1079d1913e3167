/** Most UTF-16 units of a text of others that a message holds. */
const MAX_LENGTH = 200;

/** Controls, formats and separators of lines: what begins a line, hides what follows or changes its direction. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function escapeOf(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

/** A text that a peer may have chosen, for a message: what could forge a line is escaped, and it is cut after 200 characters. */
export function escaped(text: string): string {
  const short = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return short.replace(UNSAFE, escapeOf);
}
