/** Maximum length of quoted text, in UTF-16 units. */
const MAX_LENGTH = 200;

/**
 * Controls, format characters and line separators: they can forge a line, hide text or change its
 * direction.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function escapeOf(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

/** Escapes everything in a text that could forge a line or change how it is displayed. */
export function escaped(text: string): string {
  return text.replace(UNSAFE, escapeOf);
}

/**
 * Quotes text that a peer may have chosen, for a log or a message: escaped as in JSON and more, and
 * cut after 200 characters.
 */
export function quoted(text: string): string {
  return escaped(JSON.stringify(text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text));
}
