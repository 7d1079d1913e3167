import { type AttachOptions, checkOptions, type EngineOptions, isObject, OptionChecks } from "@skein/engine";
import type { Parser } from "@skein/parser";
import type { AckTerms } from "./broadcast/pending-acks.ts";
import type { ForeignParser } from "./compat/foreign-parser.ts";
import type { AdapterChoice } from "./compat/third-party-adapter.ts";
import type { RecoveryOptions } from "./api.ts";
import { ServerError } from "./errors.ts";

/** Everything that a server can be told: its own options and the engine's. Absent and `undefined` both mean the default. */
export interface ServerOptions extends EngineOptions, AttachOptions {
  /** Path of connections and of the client files. Default: `/socket.io`. */
  path?: string | undefined;
  /** Whether the browser builds of the client are served. Default: true. */
  serveClient?: boolean | undefined;
  /**
   * Makes the adapter of each namespace: a factory of Skein's, which is an arrow function, or an adapter written for
   * Socket.IO, which is a class or what its `createAdapter` returns. Default: in memory.
   */
  adapter?: AdapterChoice | undefined;
  /**
   * Codec of packets: `@skein/parser`, one that keeps the contract of its `Parser`, or one written for Socket.IO. Clients
   * must be given the same. Default: the codec of the protocol.
   */
  parser?: Parser | ForeignParser | undefined;
  /** Milliseconds in which a connection must join a first namespace. Default: 45000. `0` also selects the default. */
  connectTimeout?: number | undefined;
  /** Lets clients that lost their connection come back as they were. Default: off. */
  connectionStateRecovery?: RecoveryOptions | undefined;
  /** Whether namespaces that a pattern made are forgotten when the last socket has left. Default: false. */
  cleanupEmptyChildNamespaces?: boolean | undefined;
  /** How many namespaces one connection may be in, or about to join; more are refused. Default: 1000. */
  maxNamespacesPerConnection?: number | undefined;
  /**
   * Longest name, in characters, of a namespace that a pattern may make; longer names are refused as `Invalid namespace`.
   * Names that the application has given are not limited. Default: 1024.
   */
  maxNamespaceLength?: number | undefined;
  /**
   * Milliseconds in which whatever is emitted with an acknowledgement, by a socket or as a broadcast, must be answered
   * where `timeout()` names no other time. Its callback then gets an error, or null, first. Default: none.
   */
  ackTimeout?: number | undefined;
  /**
   * Whether `emitWithAck` without a time-out rejects with `ACK_DISCONNECTED` when the client leaves. A rejection that
   * nobody handles ends the process, and any client can leave: catch each one before you switch it on. Default: false,
   * the promise never settles.
   */
  rejectOnDisconnect?: boolean | undefined;
  /**
   * Behaves as `socket.io` does also where a program may rely on what Skein does otherwise: errors of the application
   * that no `onError` handler takes reach the process, and a time-out for an acknowledgement is reported when the time is
   * up, not when the client leaves. What a client could use to crash, stall or flood the server stays closed. Default: false.
   */
  strict?: boolean | undefined;
  /** Milliseconds in which all attachments of a packet must have come, or the connection ends. Default: 30000. */
  attachmentTimeout?: number | undefined;
}

/** The server's own options, with their defaults. */
export interface ResolvedServerOptions {
  readonly path: string;
  readonly serveClient: boolean;
  readonly connectTimeout: number;
  readonly recovery: Required<RecoveryOptions> | undefined;
  readonly cleanupEmptyChildNamespaces: boolean;
  /** Undefined: the default. */
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

/** A path without the slash at its end. */
export function trimPath(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

/** The checks of this package. */
const checks = new OptionChecks(
  (message, cause) => new ServerError("INVALID_OPTION", message, cause === undefined ? undefined : { cause }),
);

/** The value of a limit, or its default. */
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

/** The codec that is meant by the option; undefined: the default. Throws `INVALID_OPTION`. */
function parserOf(value: unknown): Parser | undefined {
  if (!value) return undefined;
  const { Encoder, Decoder } = value as Partial<Parser>;
  if (typeof Encoder === "function" && typeof Decoder === "function") return value as Parser;
  throw checks.refusal("parser", "an object with the classes Encoder and Decoder", value);
}

/** The time (ms) in which connections must join a namespace. Throws `INVALID_OPTION`. */
export function connectTime(value: unknown): number {
  return checks.time("connectTimeout", value);
}

/** A path as the server shows it: with a slash at its beginning and none at its end. Throws `INVALID_OPTION`. */
export function normalPath(value: unknown): string | undefined {
  const path = checks.path("path", value);
  return path === undefined ? undefined : trimPath(path);
}

/** Fills in the defaults. Throws `INVALID_OPTION`; for options of the engine, as the engine does. */
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

/** What an engine is made with: of options that were given twice, those of the constructor win (options, section 1). */
export function mergeAttachOptions(
  attach: ServerOptions,
  constructor: ServerOptions,
  path: string,
): ServerOptions & { path: string } {
  const merged = { ...withoutUndefined(attach), ...withoutUndefined(constructor) };
  return { ...merged, path: checks.path("path", merged.path) ?? (path || "/") };
}
