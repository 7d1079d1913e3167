import type { RequestListener } from "node:http";
import type { RunningEngine } from "../running-engine.ts";

/** Gives one path of the engine's server to a listener: an application beside the engine. */
export function serveBeside({ http }: RunningEngine, path: string, listener: RequestListener): void {
  const engineListeners = http.listeners("request") as RequestListener[];
  http.removeAllListeners("request");
  http.on("request", (request, response) => {
    if (request.url === path) listener(request, response);
    else for (const each of engineListeners) each(request, response);
  });
}
