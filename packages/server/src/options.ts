import { type AttachOptions, checkOptions, type EngineOptions, isObject, OptionChecks } from "@skein/engine";
import type { Parser } from "@skein/parser";
import type { AckTerms } from "./broadcast/pending-acks.ts";
import type { ForeignParser } from "./compat/foreign-parser.ts";
import type { AdapterChoice } from "./compat/third-party-adapter.ts";
import type { RecoveryOptions } from "./api.ts";
import { ServerError } from "./errors.ts";

/** All options of a server: its own and the engine's. `undefined` selects the default. */
export interface ServerOptions extends EngineOptions, AttachOptions {
  /** Path of connections and of client files. Default: `/socket.io`. */
  path?: string | undefined;
  /** Whether the client's browser builds are served. Default: true. */
  serveClient?: boolean | undefined;
  /**
   * Creates the adapter of each namespace: a Skein factory, which must be an arrow function, or a
   * third-party adapter, which is a class or the result of its `createAdapter`. Default: in memory.
   */
  adapter?: AdapterChoice | undefined;
  /**
   * Packet codec: `@skein/parser`, another implementation of its `Parser`, or a codec written for
   * Socket.IO. Clients must use the same codec. Default: the protocol's codec.
   */
  parser?: Parser | ForeignParser | undefined;
  /**
   * Time (ms) within which a connection must join a namespace. Default: 45000. `0` also selects the
   * default.
   */
  connectTimeout?: number | undefined;
  /** Enables recovery of sessions after a lost connection. Default: off. */
  connectionStateRecovery?: RecoveryOptions | undefined;
  /**
   * Whether namespaces created by a pattern are removed when the last socket has left. Default:
   * false.
   */
  cleanupEmptyChildNamespaces?: boolean | undefined;
  /**
   * Maximum number of joined and pending namespaces per connection; more are refused. Default:
   * 1000.
   */
  maxNamespacesPerConnection?: number | undefined;
  /**
   * Maximum length (characters) of the name of a namespace created by a pattern; longer names are
   * refused as `Invalid namespace`. Names given by the application are not limited. Default: 1024.
   */
  maxNamespaceLength?: number | undefined;
  /**
   * Default timeout (ms) of acknowledgements, of sockets and of broadcasts; `timeout()` overrides
   * it. With a timeout, callbacks get an error or null as first argument. Default: none.
   */
  ackTimeout?: number | undefined;
  /**
   * Whether `emitWithAck` without a timeout rejects with `ACK_DISCONNECTED` when the client leaves.
   * Unhandled rejections end the process and any client can leave, so handle all of them before
   * enabling it. Default: false, the promise never settles.
   */
  rejectOnDisconnect?: boolean | undefined;
  /**
   * Restores `socket.io` behaviour that programs may rely on: application errors without an
   * `onError` handler reach the process, and an acknowledgement with a timeout fails at the
   * timeout, not when the client leaves. Protections against crashing, stalling or flooding remain.
   * Default: false.
   */
  strict?: boolean | undefined;
  /**
   * Time (ms) within which all attachments of a packet must arrive, or else the connection is
   * closed. Default: 30000.
   */
  attachmentTimeout?: number | undefined;
}

/** Resolved options of the server itself. */
export interface ResolvedServerOptions {
  readonly path: string;
  readonly serveClient: boolean;
  readonly connectTimeout: number;
  readonly recovery: Required<RecoveryOptions> | undefined;
  readonly cleanupEmptyChildNamespaces: boolean;
  /** `undefined` for the default codec. */
  readonly parser: Parser | undefined;
  readonly maxNamespaces: number;
  readonly maxNamespaceLength: number;
  readonly attachmentTimeout: number;
  readonly strict: boolean;
  readonly acks: AckTerms;
}

const DEFAULT_PATH = "/socket.io";
const DEFAULT_CONNECT_TIMEOUT = 45_000;
const DEFAULT_MAX_NAMESPACES = 1000;
const DEFAULT_MAX_NAMESPACE_LENGTH = 1024;
const DEFAULT_ATTACHMENT_TIMEOUT = 30_000;
const DEFAULT_RECOVERY: Required<RecoveryOptions> = {
  maxDisconnectionDuration: 120_000,
  skipMiddlewares: true,
};

function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

/** Removes a trailing slash. */
export function trimPath(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

/** Option checks that throw errors of this package. */
const checks = new OptionChecks(
  (message, cause) => new ServerError("INVALID_OPTION", message, cause === undefined ? undefined : { cause }),
);

/** Returns a limit or its default. */
function limit(
  options: ServerOptions,
  name: "maxNamespacesPerConnection" | "maxNamespaceLength",
  usual: number,
): number {
  return checks.number(name, options[name] ?? usual, { least: 1 });
}

function ackTerms({ ackTimeout, rejectOnDisconnect, strict }: ServerOptions): AckTerms {
  return {
    defaultTimeout:
      ackTimeout === undefined || ackTimeout === null ? undefined : checks.time("ackTimeout", ackTimeout, 1),
    failTimed: !checks.flag("strict", strict),
    failUntimed: checks.flag("rejectOnDisconnect", rejectOnDisconnect),
  };
}

function recoveryOf(value: unknown): Required<RecoveryOptions> | undefined {
  const name = "connectionStateRecovery";
  if (!value) return undefined;
  if (value === true) return DEFAULT_RECOVERY;
  if (!isObject(value)) throw checks.refusal(name, "an object of its options", value);
  const { maxDisconnectionDuration, skipMiddlewares } = { ...DEFAULT_RECOVERY, ...withoutUndefined(value) };
  const duration = `${name}.maxDisconnectionDuration`;
  return {
    ...value,
    maxDisconnectionDuration: checks.number(duration, maxDisconnectionDuration || 0, {
      least: 0,
      unit: "milliseconds",
    }),
    skipMiddlewares: checks.flag(`${name}.skipMiddlewares`, skipMiddlewares),
  };
}

/** Returns the codec of the option; undefined for the default. Throws `INVALID_OPTION`. */
function parserOf(value: unknown): Parser | undefined {
  if (!value) return undefined;
  const { Encoder, Decoder } = value as Partial<Parser>;
  if (typeof Encoder === "function" && typeof Decoder === "function") return value as Parser;
  throw checks.refusal("parser", "an object with the classes Encoder and Decoder", value);
}

/** Checks the time (ms) within which connections must join a namespace. Throws `INVALID_OPTION`. */
export function connectTime(value: unknown): number {
  return checks.time("connectTimeout", value);
}

/** Normalises a path: a leading slash and no trailing one. Throws `INVALID_OPTION`. */
export function normalPath(value: unknown): string | undefined {
  const path = checks.path("path", value);
  return path === undefined ? undefined : trimPath(path);
}

/** Applies defaults. Throws `INVALID_OPTION`; for engine options, the engine's errors. */
export function resolveServerOptions(options: ServerOptions): ResolvedServerOptions {
  const { attachmentTimeout } = options;
  const resolved = {
    path: normalPath(options.path) ?? DEFAULT_PATH,
    serveClient: checks.unlessFalse("serveClient", options.serveClient),
    connectTimeout: connectTime(options.connectTimeout || DEFAULT_CONNECT_TIMEOUT),
    recovery: recoveryOf(options.connectionStateRecovery),
    cleanupEmptyChildNamespaces: checks.flag(
      "cleanupEmptyChildNamespaces",
      options.cleanupEmptyChildNamespaces,
    ),
    parser: parserOf(options.parser),
    maxNamespaces: limit(options, "maxNamespacesPerConnection", DEFAULT_MAX_NAMESPACES),
    maxNamespaceLength: limit(options, "maxNamespaceLength", DEFAULT_MAX_NAMESPACE_LENGTH),
    attachmentTimeout: checks.time("attachmentTimeout", attachmentTimeout ?? DEFAULT_ATTACHMENT_TIMEOUT, 1),
    strict: checks.flag("strict", options.strict),
    acks: ackTerms(options),
  };
  checkOptions(options);
  return resolved;
}

/**
 * Merges the options for an engine; those of the constructor take precedence (options, "Merging").
 */
export function mergeAttachOptions(
  attach: ServerOptions,
  constructor: ServerOptions,
  path: string,
): ServerOptions & { path: string } {
  const merged = { ...withoutUndefined(attach), ...withoutUndefined(constructor) };
  return { ...merged, path: checks.path("path", merged.path) ?? (path || "/") };
}
