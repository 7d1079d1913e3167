import { type EventEmitter, errorMonitor } from "node:events";
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

function advise(error: Error & { code?: string }, port: number): void {
  if (error.code !== "EADDRINUSE") return;
  const advice = `another process or server listens on port ${port} already: end it, or choose another port (0 for any free one)`;
  const message = `${error.message} (${advice})`;
  // Of an error that nobody handles, Node prints the stack.
  error.stack = error.stack?.replace(error.message, () => message) ?? message;
  error.message = message;
}

/**
 * Lets a server listen. Its error for a port that is in use says what to do, and is emitted as always: without a listener
 * for it, it is an uncaught exception.
 */
export function listenWithAdvice(server: Server, port: number, onListening?: () => void): Server {
  (server as EventEmitter).on(errorMonitor, (error: Error) => advise(error, port));
  return server.listen(port, onListening);
}
