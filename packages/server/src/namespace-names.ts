/** Entry of a list that is about the namespace of this name. A loop, because this runs for every packet that arrives. */
export function inNamespace<T extends { readonly namespaceName: string }>(
  list: readonly T[] | undefined,
  name: string,
): T | undefined {
  if (list === undefined) return undefined;
  for (const entry of list) if (entry.namespaceName === name) return entry;
  return undefined;
}

/** Shorter texts are copied by the engine of JavaScript when they are cut out of others. */
const MIN_SLICE = 13;

/**
 * The same text in memory of its own. A text that was cut out of a packet refers to the whole packet:
 * what may outlive the packet must be kept in this form.
 */
export function ownText(text: string): string {
  return text.length < MIN_SLICE ? text : (JSON.parse(JSON.stringify(text)) as string);
}

/** Names of up to this many times the limit are repeated whole. */
const REPEATED_WHOLE = 16;

/**
 * The name in a refusal. A client finds its own error by the whole name, so that a name which is merely
 * too long is repeated as it came; of one that is far beyond the limit only the beginning is sent back.
 */
export function nameInRefusal(name: string, limit: number): string {
  return name.length <= REPEATED_WHOLE * limit ? name : name.slice(0, limit);
}
