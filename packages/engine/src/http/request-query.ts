import type { IncomingMessage } from "node:http";
import type { HostRequest } from "../host/host.ts";
import { type Parameters, parseQuery, pickParameters, type Query, readParameters } from "./query.ts";

/** The property with the parsed query (engine-protocol, "Query parameters"). */
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

/**
 * The accessor that all requests share: an idle session keeps its request, and the query may never
 * be read.
 */
const ACCESSOR: PropertyDescriptor = { get: parseOnce, set: keep, configurable: true, enumerable: true };

function hasQuery(incoming: IncomingMessage): boolean {
  const property = Object.getOwnPropertyDescriptor(incoming, PROPERTY);
  return property !== undefined && (property.get !== undefined || Boolean(property.value));
}

/**
 * Returns the request for middlewares, `allowRequest` and users, with the query readable on it
 * unless an earlier layer set it. Called only when a request is handed out, because most requests
 * of a polling session never are.
 */
export function exposedRequest({ incoming }: HostRequest): IncomingMessage {
  exposeQuery(incoming);
  return incoming;
}

/** Makes the query readable on the request, unless it already is. */
export function exposeQuery(incoming: IncomingMessage): void {
  if (!hasQuery(incoming)) Object.defineProperty(incoming, PROPERTY, ACCESSOR);
}

/**
 * Returns the query of a request: the one set by a middleware or a foreign engine, otherwise that
 * of the URL.
 */
export function queryOf(incoming: IncomingMessage): Record<string, string> {
  return keptQuery(incoming) ?? parseQuery(incoming.url ?? "");
}

function keptQuery(incoming: IncomingMessage): Record<string, string> | undefined {
  const value: unknown = Object.getOwnPropertyDescriptor(incoming, PROPERTY)?.value;
  return typeof value === "object" && value !== null ? (value as Record<string, string>) : undefined;
}

/**
 * Returns the engine's parameters: from the query on the request if it was set or read, otherwise
 * from the URL.
 */
export function parametersOf(request: HostRequest): Parameters {
  if (request.shown === false) return readParameters(request.url);
  const kept = keptQuery(request.incoming);
  return kept === undefined ? readParameters(request.url) : pickParameters(kept);
}
