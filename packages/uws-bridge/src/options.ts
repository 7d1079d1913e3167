import { EngineError, expectation, type HostOptions, isObject, OptionChecks } from "@skein/engine";

/**
 * Options of the host on µWebSockets.js. An option that is not given has the default of
 * µWebSockets.js, unless stated otherwise.
 */
export interface UwsHostOptions {
  /**
   * A compressor constant of µWebSockets.js, such as `uWS.SHARED_COMPRESSOR`. Default: 0 (none), or
   * `uWS.SHARED_COMPRESSOR` with `perMessageDeflate`.
   */
  readonly compression?: number;
  /**
   * The engine's option of the same name: whether to compress, and the minimum length of a
   * compressed message. Default threshold: 1024 bytes.
   */
  readonly perMessageDeflate?: boolean | { readonly threshold?: number } | undefined;
  /**
   * Seconds without traffic in either direction after which a WebSocket is closed: 0 (never) or 8
   * to 960. Must exceed the engine's `pingInterval`. Default: 120, longer if `pingInterval`
   * requires it, and 0 if it requires more than 960.
   */
  readonly idleTimeout?: number;
  /**
   * Maximum lifetime of a WebSocket in minutes, after which it is closed and its client reconnects:
   * 0 (unlimited) to 240. Default: 0.
   */
  readonly maxLifetime?: number;
  /**
   * Maximum bytes that µWebSockets.js buffers for one WebSocket, below the engine's outbox. A
   * message that exceeds it closes the connection with `OUTBOX_OVERFLOW`; no message is skipped.
   * Must exceed the largest burst that a healthy client receives. Default: four times the engine's
   * `maxOutboxBytes`, so that `maxOutboxBytes` is the effective limit.
   */
  readonly maxBackpressure?: number;
  /**
   * Whether clients reach the app over an encrypted connection. Default: whether it is an `SSLApp`.
   */
  readonly ssl?: boolean;
  /**
   * Whether every connection begins with a PROXY protocol version 2 header, which carries the
   * client's address. Enable it only behind a proxy that sends the header: a client with direct
   * access could claim any address. Default: false.
   */
  readonly proxyProtocol?: boolean;
  /**
   * Exact names of files under the path, such as those of the browser client, whose GET requests
   * are also passed to the engine. µWebSockets.js matches paths exactly, so requests for other
   * names stay with the app's other routes. Default: none.
   */
  readonly files?: readonly string[];
}

/** Options with every default filled in that does not depend on the engine. */
export interface ResolvedOptions {
  readonly compression: number;
  /** Minimum length of a compressed message; Infinity disables compression. */
  readonly compressFrom: number;
  readonly idleTimeout: number | undefined;
  readonly maxLifetime: number;
  readonly maxBackpressure: number | undefined;
  readonly ssl: boolean;
  readonly proxyProtocol: boolean;
  readonly files: readonly string[];
}

/** Settings of a route's WebSockets, fixed once the route is registered. */
export interface WebSocketSettings {
  readonly compression: number;
  readonly idleTimeout: number;
  readonly maxLifetime: number;
  readonly maxBackpressure: number;
  readonly maxPayloadLength: number;
}

/** Maximum integer option; µWebSockets.js reads these values as 32-bit integers. */
const MAX_INT = 0x7fff_ffff;
/** `SHARED_COMPRESSOR` in every version of µWebSockets.js. */
const SHARED_COMPRESSOR = 1;
/** Default minimum length of a compressed message, in bytes. */
const COMPRESSION_THRESHOLD = 1024;
/** Range that µWebSockets.js accepts, and its default, in seconds. */
const IDLE_TIMEOUT = { least: 8, most: 960, usual: 120 };
/** Maximum of `maxLifetime` in minutes. */
const MAX_LIFETIME_MINUTES = 240;
/**
 * Ratio of `maxBackpressure` to `maxOutboxBytes`. The engine counts text in UTF-16 units, each of
 * which may take three bytes.
 */
const ROOM_ABOVE_OUTBOX = 4;

const checks = new OptionChecks((message) => new EngineError("INVALID_OPTION", message));

function integer(name: string, value: unknown, least: number, most: number): number {
  const number = checks.number(name, value, { least, most });
  if (Number.isInteger(number)) return number;
  throw checks.refusal(name, `an integer from ${least} to ${most}`, value);
}

/** Validates the idle timeout: µWebSockets.js ends the whole process on an invalid value. */
function idleTimeout(seconds: unknown): number {
  const { least, most } = IDLE_TIMEOUT;
  if (!seconds && !Number.isNaN(seconds)) return 0;
  if (Number.isInteger(seconds) && Number(seconds) >= least && Number(seconds) <= most)
    return Number(seconds);
  throw checks.refusal("idleTimeout", `0 or an integer from ${least} to ${most} (seconds)`, seconds);
}

/**
 * Returns the minimum length of a compressed message. Other types of `perMessageDeflate` pass, as
 * the engine reports them.
 */
function compressFrom({ compression, perMessageDeflate }: UwsHostOptions): number {
  if (!(compression ?? perMessageDeflate)) return Infinity;
  const threshold = isObject(perMessageDeflate) ? perMessageDeflate.threshold : undefined;
  return integer("perMessageDeflate.threshold", (threshold ?? COMPRESSION_THRESHOLD) || 0, 0, MAX_INT);
}

function fileNames(value: unknown): readonly string[] {
  if (!value) return [];
  if (Array.isArray(value) && value.every((name) => typeof name === "string")) return value;
  throw checks.refusal("files", "a list of names", value);
}

/** Throws `INVALID_ARGUMENT` for a value that is not an app. */
function requireApp(app: unknown): void {
  const isApp =
    typeof app === "object" &&
    app !== null &&
    ["any", "get", "ws", "publish"].every((method) => typeof Reflect.get(app, method) === "function");
  if (isApp) return;
  const advice = "Pass what App() or SSLApp() returns, before or after it listens.";
  const message = expectation(
    "The app given to attachApp() or uwsHost()",
    "an app of µWebSockets.js",
    app,
    advice,
  );
  throw new EngineError("INVALID_ARGUMENT", message);
}

/**
 * Validates the options of a host on `app`. Throws `INVALID_OPTION`, or `INVALID_ARGUMENT` if `app`
 * is not an app.
 */
export function resolveOptions(app: object, options: UwsHostOptions): ResolvedOptions {
  requireApp(app);
  const { compression = options.perMessageDeflate ? SHARED_COMPRESSOR : 0 } = options;
  return {
    compression: integer("compression", compression || 0, 0, MAX_INT),
    compressFrom: compressFrom(options),
    idleTimeout: options.idleTimeout === undefined ? undefined : idleTimeout(options.idleTimeout),
    maxLifetime: integer("maxLifetime", options.maxLifetime ?? 0, 0, MAX_LIFETIME_MINUTES),
    maxBackpressure:
      options.maxBackpressure === undefined
        ? undefined
        : integer("maxBackpressure", options.maxBackpressure, 1, MAX_INT),
    ssl: checks.flag("ssl", options.ssl ?? app.constructor.name === "uWS.SSLApp"),
    proxyProtocol: checks.flag("proxyProtocol", options.proxyProtocol),
    files: fileNames(options.files),
  };
}

/**
 * Returns the idle timeout in seconds. It must exceed the ping interval: a healthy WebSocket may be
 * silent between two pings.
 */
function idleTimeoutFor(seconds: number | undefined, pingInterval: number): number {
  const least = Math.floor(pingInterval / 1000) + 1;
  if (seconds === undefined) {
    const enough = Math.max(IDLE_TIMEOUT.usual, least + IDLE_TIMEOUT.least);
    return enough > IDLE_TIMEOUT.most ? 0 : enough;
  }
  if (seconds === 0 || seconds >= least) return seconds;
  throw new EngineError("INVALID_OPTION", "idleTimeout (seconds) must exceed pingInterval (milliseconds)");
}

/** Combines the options of the host with those of the engine; throws `INVALID_OPTION`. */
export function webSocketSettings(
  { compression, idleTimeout: seconds, maxLifetime, maxBackpressure }: ResolvedOptions,
  { maxPayload, maxBuffered, pingInterval }: HostOptions,
): WebSocketSettings {
  return {
    compression,
    idleTimeout: idleTimeoutFor(seconds, pingInterval),
    maxLifetime,
    maxBackpressure: maxBackpressure ?? Math.min(ROOM_ABOVE_OUTBOX * maxBuffered, MAX_INT),
    maxPayloadLength: Math.min(maxPayload, MAX_INT),
  };
}
