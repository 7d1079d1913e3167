/**
 * Whether a URL belongs to an engine. A path that ends with a slash is a prefix; other paths match
 * only up to the end, a slash or the query, so `/socket.io` does not match `/socket.iofoo`.
 */
export function matchesPath(url: string, path: string): boolean {
  if (!url.startsWith(path)) return false;
  if (path.endsWith("/") || url.length === path.length) return true;
  const next = url[path.length];
  return next === "/" || next === "?";
}
