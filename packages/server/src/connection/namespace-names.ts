/** Entry of a list that is about the namespace of this name. A loop, because this runs for every packet that arrives. */
export function inNamespace<T extends { readonly namespaceName: string }>(
  list: readonly T[] | undefined,
  name: string,
): T | undefined {
  if (list === undefined) return undefined;
  for (const entry of list) if (entry.namespaceName === name) return entry;
  return undefined;
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
