/** Maximum UTF-16 units of foreign text in a message. */
const MAX_LENGTH = 200;

/**
 * Control and format characters and line separators: they could begin a line, hide the following
 * text or change its direction.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function escapeOf(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

/**
 * Prepares text that a peer may have chosen for a message: characters that could forge a line are
 * escaped, and it is cut after 200 UTF-16 units.
 */
export function escaped(text: string): string {
  const short = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return short.replace(UNSAFE, escapeOf);
}
