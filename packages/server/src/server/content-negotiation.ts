/** Supported codings, in the order of preference for `*`. */
export type ContentCoding = "br" | "gzip" | "deflate";

const CODINGS: readonly ContentCoding[] = ["br", "gzip", "deflate"];

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
 * Chooses the coding for an Accept-Encoding header, by the client's qualities and then by its
 * order; undefined means no coding.
 */
export function chooseCoding(header: string | undefined): ContentCoding | undefined {
  const preferences = (header ?? "").split(",").map(parse);
  const named = new Set(preferences.map(({ name }) => name));
  const wanted = preferences.filter(({ quality }) => quality > 0).toSorted((a, b) => b.quality - a.quality);
  for (const { name } of wanted) {
    if (name === "identity") return undefined;
    const coding = CODINGS.find((known) => (name === "*" ? !named.has(known) : known === name));
    if (coding !== undefined) return coding;
  }
  return undefined;
}
