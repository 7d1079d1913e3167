import type { IncomingMessage } from "node:http";
import type { HostRequest } from "../host/host.ts";
import { type Parameters, parseQuery, pickParameters, type Query, readParameters } from "./query.ts";

/** Where middlewares look for the parsed query (engine-protocol, "Query parameters"). */
const PROPERTY = "_query";

function keep(this: IncomingMessage, value: unknown): void {
  const kept = { value, configurable: true, enumerable: true, writable: true };
  Object.defineProperty(this, PROPERTY, kept);
}

function parseOnce(this: IncomingMessage): Query {
  const query = parseQuery(this.url ?? "");
  keep.call(this, query);
  return query;
}

/** One accessor for all requests: an idle session keeps its request, and nobody may ever read this. */
const ACCESSOR: PropertyDescriptor = { get: parseOnce, set: keep, configurable: true, enumerable: true };

function hasQuery(incoming: IncomingMessage): boolean {
  const property = Object.getOwnPropertyDescriptor(incoming, PROPERTY);
  return property !== undefined && (property.get !== undefined || Boolean(property.value));
}

/**
 * A request as middlewares, `allowRequest` and users get it: they can read the query from it, which somebody before them
 * may have set. Nobody gets to see most requests of a polling session, so this is done where they are handed out.
 */
export function exposedRequest({ incoming }: HostRequest): IncomingMessage {
  exposeQuery(incoming);
  return incoming;
}

/** Lets the query be read from the request, unless it can be. */
export function exposeQuery(incoming: IncomingMessage): void {
  if (!hasQuery(incoming)) Object.defineProperty(incoming, PROPERTY, ACCESSOR);
}

/** The query of a request: what a middleware or a foreign engine has put there, else that of the URL. */
export function queryOf(incoming: IncomingMessage): Record<string, string> {
  return keptQuery(incoming) ?? parseQuery(incoming.url ?? "");
}

function keptQuery(incoming: IncomingMessage): Record<string, string> | undefined {
  const value: unknown = Object.getOwnPropertyDescriptor(incoming, PROPERTY)?.value;
  return typeof value === "object" && value !== null ? (value as Record<string, string>) : undefined;
}

/** The parameters that the engine goes by: what stands on the request, if anybody set or read it, else the URL's. */
export function parametersOf(request: HostRequest): Parameters {
  if (request.shown === false) return readParameters(request.url);
  const kept = keptQuery(request.incoming);
  return kept === undefined ? readParameters(request.url) : pickParameters(kept);
}
