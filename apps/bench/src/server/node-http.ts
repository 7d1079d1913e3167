import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Starts an HTTP server on a free port; returns the port. */
export async function listen(setUp: (http: Server) => void): Promise<number> {
  // A server waits for its turn while others are measured; its idle connections must outlast that.
  const http = createServer({ keepAliveTimeout: 600_000 });
  setUp(http);
  await new Promise<void>((resolve) => {
    http.listen(0, "127.0.0.1", resolve);
  });
  return (http.address() as AddressInfo).port;
}
