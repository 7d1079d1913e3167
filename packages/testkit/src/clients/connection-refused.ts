/**
 * Whether nobody listens where a client wanted to connect: then it says nothing of a server that no answer came, and the
 * client fails.
 */
export function isRefused(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === "ECONNREFUSED";
}
