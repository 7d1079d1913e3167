import type { Server as HttpServer } from "node:http";
import { requirePort } from "./arguments.ts";
import { createBareServer, listenWithAdvice } from "./host/node/bare-server.ts";
import type { NodeServer } from "./host/node/claims/claim.ts";
import type { AttachOptions, EngineOptions } from "./options.ts";
import { Server } from "./server.ts";

/** Creates an engine on a Node server. */
export function attach(server: NodeServer, options: EngineOptions & AttachOptions = {}): Server {
  return new Server(options).attach(server, options);
}

/**
 * Creates an engine and an HTTP server for it, which answers all other requests with 501. Throws
 * `INVALID_ARGUMENT` for an invalid port.
 */
export function listen(
  port: number,
  options: EngineOptions & AttachOptions = {},
  onListening?: () => void,
): Server & { readonly httpServer: HttpServer } {
  requirePort("listen()", port);
  const httpServer = createBareServer(501, "Not Implemented");
  const engine = Object.assign(attach(httpServer, options), { httpServer });
  listenWithAdvice(httpServer, port, onListening);
  return engine;
}
