/** Most UTF-16 units of a text of others that a message holds. */
const MAX_LENGTH = 200;

/** Controls, and what ends a line, hides or changes the direction of what follows on a terminal or in a log viewer. */
const UNSAFE =
  /[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]/g;

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A text that a peer may have chosen, for a message: what could forge a line is escaped, and it is cut after 200 characters. */
export function escaped(text: string): string {
  const short = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return short.replace(UNSAFE, escapeOf);
}
