/** Minimum length at which JavaScript engines slice strings without copying. */
const MIN_SLICE = 13;

/**
 * Returns a copy of a string. A slice of a packet retains the whole packet, so text that may
 * outlive its packet must be copied.
 */
export function ownText(text: string): string {
  return text.length < MIN_SLICE ? text : (JSON.parse(JSON.stringify(text)) as string);
}
