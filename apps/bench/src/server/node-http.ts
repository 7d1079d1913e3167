import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Starts an HTTP server on a free port; returns the port. */
export async function listen(setUp: (http: Server) => void): Promise<number> {
  // Idle connections must stay open while other servers are measured.
  const http = createServer({ keepAliveTimeout: 600_000 });
  setUp(http);
  await new Promise<void>((resolve) => {
    http.listen(0, "127.0.0.1", resolve);
  });
  return (http.address() as AddressInfo).port;
}
