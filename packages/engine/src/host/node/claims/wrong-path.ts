import type { HostResponse } from "../../host.ts";
import type { Claim } from "./claim.ts";

/** Whether the query is that of an Engine.IO client, whatever the path. */
export function asksForEngine(url: string): boolean {
  return /[?&]EIO=/.test(url) && /[?&]transport=/.test(url);
}

/**
 * Returns the response to an Engine.IO client with the wrong path, sent if no other listener
 * responds.
 */
export function wrongPath(claims: readonly Claim[]): HostResponse {
  const paths = [...new Set(claims.map(({ path }) => path))];
  const message = `Nothing is served at this path. Set the client's "path" to ${paths.map((path) => `"${path}"`).join(" or ")}.`;
  return {
    status: 404,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ message, paths }),
  };
}
