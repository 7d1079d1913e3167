import { EngineError } from "./errors.ts";
import type { NodeServer } from "./host/node/claims/claim.ts";
import { expectation, isObject } from "./option-checks.ts";

const METHODS = ["on", "off", "listeners", "rawListeners", "removeAllListeners"];

/** The end of the error message for an argument that is not an HTTP server. */
export const SERVER_ADVICE =
  "Pass what createServer() of node:http, node:https or node:http2 returns; frameworks show theirs as a property such as .server.";

function refuse(subject: string, expected: string, value: unknown, advice?: string): never {
  throw new EngineError("INVALID_ARGUMENT", expectation(subject, expected, value, advice));
}

/** Throws `INVALID_ARGUMENT`. */
export function requireFunction(subject: string, value: unknown): void {
  if (typeof value !== "function") refuse(subject, "a function", value);
}

/** Throws `INVALID_ARGUMENT`. */
export function requireObject(subject: string, value: unknown): void {
  if (!isObject(value)) refuse(subject, "an object", value, "Leave them out for the defaults.");
}

/** Returns whether a value is a port: a number, or digits as text. */
export function isPort(value: unknown): value is number | string {
  return typeof value === "number" || (typeof value === "string" && /^\d+$/.test(value));
}

/** Throws `INVALID_ARGUMENT`. */
export function requirePort(call: string, value: unknown): void {
  if (!isPort(value)) refuse(`The port given to ${call}`, "a number", value);
}

/** Returns whether a value has the members that an engine uses of a Node server. */
export function isServer(value: unknown): value is NodeServer {
  if (typeof value !== "object" || value === null) return false;
  return METHODS.every((method) => typeof Reflect.get(value, method) === "function");
}

/**
 * Warns about a secure HTTP/2 server that does not accept HTTP/1.1 (warning code
 * `SKEIN_HTTP2_WITHOUT_HTTP1`).
 */
function warnOfHttp2Alone(server: object): void {
  const protocols: unknown = Reflect.get(server, "ALPNProtocols");
  if (!Buffer.isBuffer(protocols) || !protocols.includes("h2") || protocols.includes("http/1.1")) return;
  process.emitWarning(
    "a secure HTTP/2 server without the option `allowHTTP1` takes no WebSockets and no clients that speak HTTP/1.1: " +
      "make it by createSecureServer({ allowHTTP1: true, … }).",
    { type: "SkeinWarning", code: "SKEIN_HTTP2_WITHOUT_HTTP1" },
  );
}

/** Throws `INVALID_ARGUMENT`. Warns when the server does not support what the engine needs. */
export function requireServer(call: string, value: unknown, webSocket: boolean): void {
  if (!isServer(value)) refuse(`The server given to ${call}`, "an HTTP server of Node", value, SERVER_ADVICE);
  if (webSocket) warnOfHttp2Alone(value);
}
