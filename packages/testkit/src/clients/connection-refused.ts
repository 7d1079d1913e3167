/**
 * Whether a client's connection was refused because no server listens. Such a failure says nothing
 * about a server's response, so the client fails.
 */
export function isRefused(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === "ECONNREFUSED";
}
