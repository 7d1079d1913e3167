/** Codings that this package can produce, in the order in which `*` chooses. */
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
 * The coding that an Accept-Encoding header asks for: the client's qualities decide, then its order; undefined means
 * to send the content as it is.
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
