/** Shorter texts are copied by the engine of JavaScript when they are cut out of others. */
const MIN_SLICE = 13;

/**
 * The same text in memory of its own. A text that was cut out of a packet refers to the whole packet:
 * what may outlive the packet must be kept in this form.
 */
export function ownText(text: string): string {
  return text.length < MIN_SLICE ? text : (JSON.parse(JSON.stringify(text)) as string);
}
