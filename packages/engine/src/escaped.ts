/** Most UTF-16 units of a text of others that are printed. */
const MAX_LENGTH = 200;

/** Controls, and what ends a line, hides or changes the direction of what follows on a terminal or in a log viewer. */
const UNSAFE =
  /[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]/g;

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
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
