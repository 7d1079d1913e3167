/** Query parameters. Has no prototype: every key is the client's. */
export type Query = Readonly<Record<string, string | undefined>>;

/** What the standard's parser reads as something else than it stands there. It is left out by nearly every client. */
const ESCAPES = /^\?|[%+\ud800-\udfff]/;

function addPair(query: Record<string, string>, pair: string): void {
  const border = pair.indexOf("=");
  if (border !== -1) query[pair.slice(0, border)] = pair.slice(border + 1);
  else if (pair !== "") query[pair] = "";
}

/** Parses the query of a request line; of a repeated key the last value wins. Never throws, whatever the URL is. */
export function parseQuery(url: string): Query {
  const query = Object.create(null) as Record<string, string>;
  const start = url.indexOf("?");
  if (start === -1) return query;
  const text = url.slice(start + 1);
  if (ESCAPES.test(text)) for (const [key, value] of new URLSearchParams(text)) query[key] = value;
  else for (const pair of text.split("&")) addPair(query, pair);
  return query;
}
