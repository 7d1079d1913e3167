import { EngineError, expectation, type HostOptions, isObject, OptionChecks } from "@skein/engine";

/** How µWebSockets.js serves the engine. What isn't given here keeps the default of µWebSockets.js, unless it says otherwise. */
export interface UwsHostOptions {
  /**
   * A compressor constant of µWebSockets.js, such as `uWS.SHARED_COMPRESSOR`. Default: 0, none; with `perMessageDeflate`,
   * `uWS.SHARED_COMPRESSOR`.
   */
  readonly compression?: number;
  /** As the engine's option of this name: whether to compress, and from which length on. Default threshold: 1024 bytes. */
  readonly perMessageDeflate?: boolean | { readonly threshold?: number } | undefined;
  /**
   * Seconds without a byte in either direction after which a WebSocket is closed: 0 (never) or 8 to 960. Must exceed the
   * engine's `pingInterval`. Default: 120, longer where `pingInterval` asks for it, and 0 where that asks for more than 960.
   */
  readonly idleTimeout?: number;
  /** Minutes after which a WebSocket is closed, so that its client connects anew: 0 (never) to 240. Default: 0. */
  readonly maxLifetime?: number;
  /**
   * Most bytes that may wait for one WebSocket below the engine's outbox. Over it, the next message closes the connection
   * with `OUTBOX_OVERFLOW`: nothing is ever skipped. Must exceed the largest burst that a healthy client gets. Default:
   * four times the engine's `maxOutboxBytes`, which is then the limit that counts.
   */
  readonly maxBackpressure?: number;
  /** True when clients reach the app encrypted. Default: whether it is an `SSLApp`. */
  readonly ssl?: boolean;
  /**
   * Whether every connection begins with a header of the PROXY protocol, version 2, which tells the client's address.
   * Only behind a proxy that sends it: whoever reaches the app directly could claim any address. Default: false.
   */
  readonly proxyProtocol?: boolean;
  /**
   * Exact names of files under the path, such as those of the browser client: GET requests for them are handed over too.
   * µWebSockets.js matches paths exactly, so all other names stay with the other routes of the app. Default: none.
   */
  readonly files?: readonly string[];
}

/** Options with the defaults filled in that need nothing from the engine. */
export interface ResolvedOptions {
  readonly compression: number;
  /** Length from which messages are compressed; Infinity: none is. */
  readonly compressFrom: number;
  readonly idleTimeout: number | undefined;
  readonly maxLifetime: number;
  readonly maxBackpressure: number | undefined;
  readonly ssl: boolean;
  readonly proxyProtocol: boolean;
  readonly files: readonly string[];
}

/** How the WebSockets of a route are set up: fixed once it is registered. */
export interface WebSocketSettings {
  readonly compression: number;
  readonly idleTimeout: number;
  readonly maxLifetime: number;
  readonly maxBackpressure: number;
  readonly maxPayloadLength: number;
}

/** µWebSockets.js reads these as 32-bit integers. */
const MAX_INT = 0x7fff_ffff;
/** `SHARED_COMPRESSOR`, in every version. */
const SHARED_COMPRESSOR = 1;
/** Bytes. */
const COMPRESSION_THRESHOLD = 1024;
/** What µWebSockets.js takes, in seconds, and its default. */
const IDLE_TIMEOUT = { least: 8, most: 960, usual: 120 };
/** Minutes. */
const MAX_LIFETIME_MINUTES = 240;
/** The engine counts text in UTF-16 units, of which each may take three bytes. */
const ROOM_ABOVE_OUTBOX = 4;

const checks = new OptionChecks((message) => new EngineError("INVALID_OPTION", message));

function integer(name: string, value: unknown, least: number, most: number): number {
  const number = checks.number(name, value, { least, most });
  if (Number.isInteger(number)) return number;
  throw checks.refusal(name, `an integer from ${least} to ${most}`, value);
}

/** µWebSockets.js ends the whole process on a value that it doesn't take. */
function idleTimeout(seconds: unknown): number {
  const { least, most } = IDLE_TIMEOUT;
  if (!seconds && !Number.isNaN(seconds)) return 0;
  if (Number.isInteger(seconds) && Number(seconds) >= least && Number(seconds) <= most)
    return Number(seconds);
  throw checks.refusal("idleTimeout", `0 or an integer from ${least} to ${most} (seconds)`, seconds);
}

/** Like the engine, which says what is wrong with any other type. */
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

/** Throws `INVALID_ARGUMENT` for what is no app. */
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

/** Checks the options of a host on `app`; throws `INVALID_OPTION`, and `INVALID_ARGUMENT` for what is no app. */
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

/** A WebSocket that is silent between two pings is a healthy one. */
function idleTimeoutFor(seconds: number | undefined, pingInterval: number): number {
  const least = Math.floor(pingInterval / 1000) + 1;
  if (seconds === undefined) {
    const enough = Math.max(IDLE_TIMEOUT.usual, least + IDLE_TIMEOUT.least);
    return enough > IDLE_TIMEOUT.most ? 0 : enough;
  }
  if (seconds === 0 || seconds >= least) return seconds;
  throw new EngineError("INVALID_OPTION", "idleTimeout (seconds) must exceed pingInterval (milliseconds)");
}

/** What becomes of the options with an engine that says its own; throws `INVALID_OPTION`. */
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
