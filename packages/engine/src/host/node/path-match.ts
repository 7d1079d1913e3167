/**
 * Whether a request line belongs to an engine. A path that ends with a slash is a prefix; one that does not is also
 * complete at the end, at a slash and at the query, so `/socket.io` does not take `/socket.iofoo`.
 */
export function matchesPath(url: string, path: string): boolean {
  if (!url.startsWith(path)) return false;
  if (path.endsWith("/") || url.length === path.length) return true;
  const next = url[path.length];
  return next === "/" || next === "?";
}
