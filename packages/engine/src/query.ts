/** Query parameters. Has no prototype: every key is the client's. */
export type Query = Readonly<Record<string, string | undefined>>;

/** Parses the query of a request line; of a repeated key the last value wins. Never throws, whatever the URL is. */
export function parseQuery(url: string): Query {
  const query = Object.create(null) as Record<string, string>;
  const start = url.indexOf("?");
  if (start === -1) return query;
  for (const [key, value] of new URLSearchParams(url.slice(start + 1))) query[key] = value;
  return query;
}
