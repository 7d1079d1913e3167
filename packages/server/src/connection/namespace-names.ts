/**
 * Returns the entry with this namespace name. A loop is used, because this runs for every packet
 * received.
 */
export function inNamespace<T extends { readonly namespaceName: string }>(
  list: readonly T[] | undefined,
  name: string,
): T | undefined {
  if (list === undefined) return undefined;
  for (const entry of list) if (entry.namespaceName === name) return entry;
  return undefined;
}

/** Names of up to this many times the limit are repeated in full. */
const REPEATED_WHOLE = 16;

/**
 * Returns the name for a refusal. Clients match refusals by full name, so an overlong name is
 * repeated in full; only a name far beyond the limit is truncated.
 */
export function nameInRefusal(name: string, limit: number): string {
  return name.length <= REPEATED_WHOLE * limit ? name : name.slice(0, limit);
}
