import type { RequestListener } from "node:http";
import type { Middleware } from "@skein/engine";
import type { RunningEngine } from "../running-engine.ts";

/**
 * A middleware that was written for Express, as the engine takes it. At run time there is nothing to do: what such
 * packages use of a request and a response is what Node's own have. Only their types name Express's.
 */
export function asMiddleware(
  expressMiddleware: (request: never, response: never, next: (error?: unknown) => void) => unknown,
): Middleware {
  return expressMiddleware as Middleware;
}

/** Gives one path of the engine's server to a listener: an application beside the engine. */
export function serveBeside({ http }: RunningEngine, path: string, listener: RequestListener): void {
  const engineListeners = http.listeners("request") as RequestListener[];
  http.removeAllListeners("request");
  http.on("request", (request, response) => {
    if (request.url === path) listener(request, response);
    else for (const each of engineListeners) each(request, response);
  });
}
