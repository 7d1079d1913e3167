import { type EventEmitter, errorMonitor } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";

const fallbacks = new WeakSet<object>();

/**
 * Creates an HTTP server for an engine that has none. All other requests get this status and text.
 */
export function createBareServer(status: number, body = ""): Server {
  const listener: RequestListener = (_request, response) => {
    response.writeHead(status).end(body);
  };
  fallbacks.add(listener);
  return createServer(listener);
}

/** Returns whether a request listener belongs to a bare server; other responses take precedence. */
export function isFallback(listener: object): boolean {
  return fallbacks.has(listener);
}

function advise(error: Error & { code?: string }, port: number): void {
  if (error.code !== "EADDRINUSE") return;
  const advice = `another process or server listens on port ${port} already: end it, or choose another port (0 for any free one)`;
  const message = `${error.message} (${advice})`;
  // For an unhandled error, Node prints the stack.
  error.stack = error.stack?.replace(error.message, () => message) ?? message;
  error.message = message;
}

/**
 * Makes a server listen. The error for a port in use is emitted as usual, with advice in its
 * message; without an `error` listener it is an uncaught exception.
 */
export function listenWithAdvice(server: Server, port: number, onListening?: () => void): Server {
  (server as EventEmitter).on(errorMonitor, (error: Error) => advise(error, port));
  return server.listen(port, onListening);
}
