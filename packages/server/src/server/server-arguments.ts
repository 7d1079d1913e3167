import { isObject } from "@skein/engine";
import { refuse, requireOptions } from "../runtime/argument-checks.ts";
import type { TServerInstance } from "./http-server.ts";
import type { ServerOptions } from "../options.ts";

function isEmitter(value: object): boolean {
  return "on" in value && typeof value.on === "function";
}

function areOptions(value: unknown): value is ServerOptions {
  return isObject(value) && !value["listen"];
}

/** Parsed arguments of the constructor. */
export interface ServerParts {
  readonly target: TServerInstance | number | undefined;
  readonly options: ServerOptions;
}

/**
 * Parses the arguments of the constructor: options alone, or a server or port and options. Throws
 * `INVALID_ARGUMENT` for options that would be ignored.
 */
export function serverParts(first: unknown, second: unknown): ServerParts {
  if (second !== undefined) requireOptions("new Server()", second);
  const options = (second ?? {}) as ServerOptions;
  if (!first && typeof first !== "number") return { target: undefined, options };
  if (!areOptions(first)) return { target: first as TServerInstance, options };
  if (isEmitter(first))
    refuse("The first argument of new Server()", "an HTTP server, a port or options", first);
  if (Object.keys(options).length > 0)
    refuse(
      "The first argument of new Server()",
      "an HTTP server or a port where options are the second one",
      first,
      "Without a server, give the options alone.",
    );
  return { target: undefined, options: first };
}
