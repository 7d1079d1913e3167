import { createServer, type RequestListener, type Server } from "node:http";

const fallbacks = new WeakSet<object>();

/** An HTTP server for an engine that has none. It answers everything else with this status and text. */
export function createBareServer(status: number, body = ""): Server {
  const listener: RequestListener = (_request, response) => {
    response.writeHead(status).end(body);
  };
  fallbacks.add(listener);
  return createServer(listener);
}

/** Whether a request listener is that of a bare server: it gives way to better answers. */
export function isFallback(listener: object): boolean {
  return fallbacks.has(listener);
}
