import { EngineError } from "@skein/engine";

/** How µWebSockets.js serves the engine. What isn't given here keeps the default of µWebSockets.js, unless it says otherwise. */
export interface UwsHostOptions {
  /** A compressor constant of µWebSockets.js, such as `uWS.SHARED_COMPRESSOR`, for messages over 1 KiB. Default: 0, none. */
  readonly compression?: number;
  /**
   * Seconds without a byte in either direction after which a WebSocket is closed: 0 (never) or 8 to 960. Must exceed the
   * engine's `pingInterval`. Default: 120.
   */
  readonly idleTimeout?: number;
  /**
   * Most bytes that may wait for one WebSocket. Over it, the next message closes the connection: nothing is ever skipped.
   * Must exceed the largest burst that a healthy client gets. Default: 1 MiB.
   */
  readonly maxBackpressure?: number;
  /** True when clients reach the app encrypted. Default: whether it is an `SSLApp`. */
  readonly ssl?: boolean;
  /**
   * Exact names of files under the path, such as those of the browser client: GET requests for them are handed over too.
   * µWebSockets.js matches paths exactly, so all other names stay with the other routes of the app. Default: none.
   */
  readonly files?: readonly string[];
}

/** Options with their defaults filled in. */
export interface ResolvedOptions {
  readonly compression: number;
  readonly idleTimeout: number;
  readonly maxBackpressure: number;
  readonly ssl: boolean;
  readonly files: readonly string[];
}

/** µWebSockets.js reads these as 32-bit integers. */
export const MAX_INT = 0x7fff_ffff;

function integer(name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least && value <= MAX_INT) return value;
  throw new EngineError("INVALID_OPTION", `${name} must be an integer from ${least} to ${MAX_INT}`);
}

/** µWebSockets.js ends the whole process on a value that it doesn't take. */
function idleTimeout(seconds: number): number {
  if (Number.isInteger(seconds) && (seconds === 0 || (seconds >= 8 && seconds <= 960))) return seconds;
  throw new EngineError("INVALID_OPTION", "idleTimeout must be 0 or an integer from 8 to 960 (seconds)");
}

/** Checks the options of a host on `app`; throws `INVALID_OPTION`. */
export function resolveOptions(app: object, options: UwsHostOptions): ResolvedOptions {
  return {
    compression: integer("compression", options.compression ?? 0, 0),
    idleTimeout: idleTimeout(options.idleTimeout ?? 120),
    maxBackpressure: integer("maxBackpressure", options.maxBackpressure ?? 1_048_576, 1),
    ssl: options.ssl ?? app.constructor.name === "uWS.SSLApp",
    files: options.files ?? [],
  };
}
