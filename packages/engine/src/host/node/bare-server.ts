import { createServer, type Server } from "node:http";

/** An HTTP server for an engine that has none: it answers everything else with 501. */
export function createBareServer(): Server {
  return createServer((_request, response) => {
    response.writeHead(501).end("Not Implemented");
  });
}
