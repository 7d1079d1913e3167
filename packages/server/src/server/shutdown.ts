import { Server as Engine } from "@skein/engine";
import type { ForeignEngine } from "../compat/foreign-engine.ts";
import type { Endpoints } from "./endpoints.ts";
import { closeHttpServer, type TServerInstance } from "./http-server.ts";
import type { Namespace } from "../namespace/namespace.ts";

/** Parts that are closed with a server. */
export interface ShutdownParts {
  readonly namespaces: readonly Namespace[];
  readonly engines: readonly (Engine | ForeignEngine)[];
  readonly endpoints: Endpoints;
  readonly httpServer: TServerInstance | undefined;
}

/** Closes an engine that requests no longer reach; output pending for a poll is lost. */
export function closeUnreachable(engine: Engine): void {
  engine.close();
  for (const connection of Object.values(engine.clients)) connection.close(true);
}

/**
 * Closes all parts without losing output. Pending output, including that of `disconnecting`
 * listeners, is flushed before the caller continues, as it may cut the connections; the HTTP server
 * closes after last polls and pending requests. Resolves to Node.js's error if the HTTP server was
 * not listening.
 */
export async function shutDown(parts: ShutdownParts): Promise<Error | undefined> {
  const { namespaces, engines, endpoints, httpServer } = parts;
  const ours = engines.filter((engine) => engine instanceof Engine);
  endpoints.retire();
  const emptied = namespaces.map((namespace) => namespace.shutDown());
  for (const engine of ours) engine.flush();
  await Promise.all(emptied);
  for (const engine of engines) engine.close();
  if (httpServer?.listening === false) ours.forEach(closeUnreachable);
  await Promise.all(ours.map((engine) => engine.closed()));
  const error = await closeHttpServer(httpServer);
  endpoints.detach();
  return error;
}
