interface Preference {
  readonly name: string;
  readonly quality: number;
}

function parse(item: string): Preference {
  const [name = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith("q="));
  return { name, quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0 };
}

/**
 * Chooses one of `codings` for an Accept-Encoding header, by the client's qualities and then by its
 * order; `*` means the first that the header does not name. Returns undefined if none is accepted.
 */
export function chooseCoding<Coding extends string>(
  header: string | readonly string[] | undefined,
  codings: readonly Coding[],
): Coding | undefined {
  if (header === undefined) return undefined;
  const preferences = String(header).split(",").map(parse);
  const named = new Set(preferences.map(({ name }) => name));
  const wanted = preferences.filter(({ quality }) => quality > 0).toSorted((a, b) => b.quality - a.quality);
  for (const { name } of wanted) {
    const coding = codings.find((known) => (name === "*" ? !named.has(known) : known === name));
    if (coding !== undefined) return coding;
  }
  return undefined;
}
