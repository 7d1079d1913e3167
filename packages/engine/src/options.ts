import type { IncomingMessage } from "node:http";
import type { ZlibOptions } from "node:zlib";
import { requireObject } from "./arguments.ts";
import type { CookieOptions } from "./http/session-cookie.ts";
import type { CorsSetting } from "./http/cors.ts";
import type { WebSocketEngine } from "./host/node/websocket/acceptor.ts";
import { checks } from "./option-checks.ts";
import { meaningOf } from "./option-values.ts";
import type { TransportName } from "./transport/transport.ts";

/**
 * Decides on a handshake: `callback(null, true)` accepts, `callback(message, false)` refuses with
 * 403. May be asynchronous.
 */
export type AllowRequest = (
  request: IncomingMessage,
  callback: (message: string | null | undefined, success: boolean) => void,
) => void | Promise<void>;

/**
 * Compression of long-polling responses: options of zlib, and the minimum size (bytes) of a
 * compressed response.
 */
export interface HttpCompressionOptions extends ZlibOptions {
  threshold?: number;
}

/** Options of the permessage-deflate extension, as the `ws` package takes them. */
export interface PerMessageDeflateOptions {
  threshold?: number;
  concurrencyLimit?: number;
  zlibDeflateOptions?: ZlibOptions;
  zlibInflateOptions?: ZlibOptions;
  serverNoContextTakeover?: boolean;
  clientNoContextTakeover?: boolean;
  serverMaxWindowBits?: number;
  clientMaxWindowBits?: number | boolean;
}

/** What happens when a connection's outbox is full. */
export type OutboxPolicy = "close" | "refuse-volatile";

/** Options of an engine. Absent and `undefined` both select the default. */
export interface EngineOptions {
  /** Milliseconds between a pong and the next ping. Default: 25000. */
  pingInterval?: number | undefined;
  /** Milliseconds within which a ping must be answered. Default: 20000. */
  pingTimeout?: number | undefined;
  /** Milliseconds within which an upgrade must be completed. Default: 10000. */
  upgradeTimeout?: number | undefined;
  /**
   * Milliseconds within which a peer must take what was sent before its session was closed, and
   * complete the closing: the last poll, the closing handshake of a WebSocket, or the end of a
   * stream. At most 5000 for sessions that end with their engine. Default: 30000.
   */
  closeTimeout?: number | undefined;
  /** Largest incoming message or request body, in bytes. Default: 1e6. */
  maxHttpBufferSize?: number | undefined;
  /** Transports that clients may use. Default: polling and websocket. */
  transports?: readonly TransportName[] | undefined;
  /** Whether a session may move to another transport. Default: true. */
  allowUpgrades?: boolean | undefined;
  /**
   * Decides on every handshake; an exception or rejection refuses it. Default: none, all are
   * accepted.
   */
  allowRequest?: AllowRequest | undefined;
  /** Accepts clients of protocol revision 3. Default: false. */
  allowEIO3?: boolean | undefined;
  /** The cookie with the session id, for sticky load balancing. Default: none. */
  cookie?: boolean | CookieOptions | undefined;
  /** Options of the `cors` package, which is installed as the first middleware. Default: none. */
  cors?: CorsSetting | undefined;
  /** Compression of long-polling responses. Default: `{ threshold: 1024 }`. */
  httpCompression?: boolean | HttpCompressionOptions | undefined;
  /** Compression of WebSocket messages. Default: off. */
  perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
  /** A class with the interface of the `ws` package's server. Default: `ws`. */
  wsEngine?: WebSocketEngine | undefined;
  /** A message sent right after the open packet of every session. */
  initialPacket?: string | Uint8Array | undefined;
  /** Maximum bytes queued for one peer, in its outbox and its transport. Default: 16 MiB. */
  maxOutboxBytes?: number | undefined;
  /**
   * What happens beyond `maxOutboxBytes`: `close` ends the connection; `refuse-volatile` refuses
   * volatile messages only, and the application must check `bufferedAmount`. Default: `close`.
   */
  outboxPolicy?: OutboxPolicy | undefined;
  /**
   * Maximum length of a request's path and query, in characters. Default: 16384, the maximum size
   * of headers in Node.js.
   */
  maxUrlLength?: number | undefined;
  /** Maximum number of open sessions. Default: Infinity. */
  maxSessions?: number | undefined;
  /**
   * Maximum number of open sessions per remote address; behind a proxy all share one. Default:
   * Infinity.
   */
  maxSessionsPerAddress?: number | undefined;
  /**
   * Maximum number of requests that await a decision of a middleware, `allowRequest` or
   * `generateId`. Default: 10000.
   */
  maxPendingHandshakes?: number | undefined;
  /** Milliseconds for that decision. Default: 45000. */
  handshakeTimeout?: number | undefined;
  /** Maximum number of packets in one long-polling request. Default: 65536. */
  maxPacketsPerPayload?: number | undefined;
  /**
   * Milliseconds within which the body of a long-polling request must be complete; 0 disables the
   * limit. Default: 30000.
   */
  bodyTimeout?: number | undefined;
}

/** Options for attaching an engine to a server. */
export interface AttachOptions {
  /** The path of the engine's requests. Default: `/engine.io`. */
  path?: string | undefined;
  /** Whether a trailing slash is added to the path. Default: true. */
  addTrailingSlash?: boolean | undefined;
  /** Ends WebSocket upgrades that no listener takes. Default: true. */
  destroyUpgrade?: boolean | undefined;
  /** Milliseconds before an unclaimed upgrade is ended. Default: 1000. */
  destroyUpgradeTimeout?: number | undefined;
}

/** Engine options with their defaults. Each is read on use, so changes apply from then on. */
export interface ResolvedOptions extends EngineOptions {
  pingInterval: number;
  pingTimeout: number;
  upgradeTimeout: number;
  closeTimeout: number;
  maxHttpBufferSize: number;
  transports: readonly TransportName[];
  allowUpgrades: boolean;
  allowEIO3: boolean;
  httpCompression: boolean | HttpCompressionOptions;
  maxOutboxBytes: number;
  outboxPolicy: OutboxPolicy;
  maxUrlLength: number;
  maxSessions: number;
  maxSessionsPerAddress: number;
  maxPendingHandshakes: number;
  handshakeTimeout: number;
  maxPacketsPerPayload: number;
  bodyTimeout: number;
}

const DEFAULTS = {
  pingInterval: 25_000,
  pingTimeout: 20_000,
  upgradeTimeout: 10_000,
  closeTimeout: 30_000,
  maxHttpBufferSize: 1_000_000,
  transports: ["polling", "websocket"],
  allowUpgrades: true,
  allowEIO3: false,
  httpCompression: { threshold: 1024 },
  maxOutboxBytes: 16 * 1024 * 1024,
  outboxPolicy: "close",
  maxUrlLength: 16_384,
  maxSessions: Infinity,
  maxSessionsPerAddress: Infinity,
  maxPendingHandshakes: 10_000,
  handshakeTimeout: 45_000,
  maxPacketsPerPayload: 65_536,
  bodyTimeout: 30_000,
} as const satisfies EngineOptions;

/** Fills in the defaults. Throws `INVALID_OPTION`. Keys that the engine does not know are kept. */
export function resolveOptions(options: EngineOptions = {}): ResolvedOptions {
  requireObject("options", options);
  const resolved: ResolvedOptions = { ...DEFAULTS, ...meaningOf(options) };
  // The timeout of clients is the sum of both.
  checks.time("pingInterval + pingTimeout", resolved.pingInterval + resolved.pingTimeout);
  return resolved;
}

/** Returns the path in the form that hosts match. Throws `INVALID_OPTION`. */
export function normalisePath(options: AttachOptions): string {
  const path = (checks.path("path", options.path) ?? "/engine.io").replace(/\/$/, "");
  return checks.unlessFalse("addTrailingSlash", options.addTrailingSlash) ? `${path}/` : path;
}

/**
 * Returns the timeout (ms) of unclaimed upgrades, or undefined for none. Throws `INVALID_OPTION`.
 */
export function upgradePatience(options: AttachOptions): number | undefined {
  const patience = checks.time("destroyUpgradeTimeout", options.destroyUpgradeTimeout || 1000);
  return checks.unlessFalse("destroyUpgrade", options.destroyUpgrade) ? patience : undefined;
}

/**
 * Throws `INVALID_OPTION` if creating or attaching an engine with these options would. For layers
 * that get options before an engine exists.
 */
export function checkOptions(options: EngineOptions & AttachOptions): void {
  resolveOptions(options);
  normalisePath(options);
  upgradePatience(options);
}
