import type { IncomingMessage } from "node:http";
import type { ZlibOptions } from "node:zlib";
import { requireObject } from "./arguments.ts";
import type { CookieOptions } from "./http/session-cookie.ts";
import type { CorsSetting } from "./http/cors.ts";
import type { WebSocketEngine } from "./host/node/websocket/acceptor.ts";
import { checks } from "./option-checks.ts";
import { meaningOf } from "./option-values.ts";
import type { TransportName } from "./transport/transport.ts";

/** Decides over a handshake: `callback(null, true)` accepts, `callback(message, false)` refuses with 403. May be asynchronous. */
export type AllowRequest = (
  request: IncomingMessage,
  callback: (message: string | null | undefined, success: boolean) => void,
) => void | Promise<void>;

/** Compression of long-polling responses: zlib's options, and the size in bytes from which a response is compressed. */
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

/** What happens when too much waits for a peer. */
export type OutboxPolicy = "close" | "refuse-volatile";

/** Everything that an engine can be told. Absent and `undefined` both mean the default. */
export interface EngineOptions {
  /** Milliseconds between a pong and the next ping. Default: 25000. */
  pingInterval?: number | undefined;
  /** Milliseconds in which a ping must be answered. Default: 20000. */
  pingTimeout?: number | undefined;
  /** Milliseconds in which an upgrade must be completed. Default: 10000. */
  upgradeTimeout?: number | undefined;
  /**
   * Milliseconds in which a peer must take what was sent before its session was closed, and do its part of the closing: the
   * last poll, the closing handshake of a WebSocket, the end of a stream. Sessions that end with their engine wait 5000 at most.
   * Default: 30000.
   */
  closeTimeout?: number | undefined;
  /** Largest incoming message or request body, in bytes. Default: 1e6. */
  maxHttpBufferSize?: number | undefined;
  /** Transports that clients may use. Default: polling and websocket. */
  transports?: readonly TransportName[] | undefined;
  /** Whether a session may move to another transport. Default: true. */
  allowUpgrades?: boolean | undefined;
  /** Decides over every handshake; one that it throws for, or rejects, is refused. Default: none, all are accepted. */
  allowRequest?: AllowRequest | undefined;
  /** Accept clients of protocol revision 3. Default: false. */
  allowEIO3?: boolean | undefined;
  /** Cookie that carries the session id, for sticky load balancing. Default: none. */
  cookie?: boolean | CookieOptions | undefined;
  /** Options of the `cors` package, installed as the first middleware. Default: none. */
  cors?: CorsSetting | undefined;
  /** Default: `{ threshold: 1024 }`. */
  httpCompression?: boolean | HttpCompressionOptions | undefined;
  /** Default: off. */
  perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
  /** A class with the interface of the `ws` package's server. Default: `ws`. */
  wsEngine?: WebSocketEngine | undefined;
  /** A message sent right after the open packet of every session. */
  initialPacket?: string | Uint8Array | undefined;
  /** How many bytes may wait for one peer, in its outbox and its transport. Default: 16 MiB. */
  maxOutboxBytes?: number | undefined;
  /**
   * What happens then: `close` ends the connection; `refuse-volatile` refuses volatile messages only, and the application
   * watches `bufferedAmount` itself. Default: `close`.
   */
  outboxPolicy?: OutboxPolicy | undefined;
  /** Longest path and query of a request, in characters. Default: 16384, as long as the headers of Node.js may be. */
  maxUrlLength?: number | undefined;
  /** How many sessions may be open. Default: Infinity. */
  maxSessions?: number | undefined;
  /** How many sessions of one remote address may be open; behind a proxy all are of one. Default: Infinity. */
  maxSessionsPerAddress?: number | undefined;
  /** How many requests may wait for a middleware, `allowRequest` or `generateId` to decide. Default: 10000. */
  maxPendingHandshakes?: number | undefined;
  /** Milliseconds in which these must decide. Default: 45000. */
  handshakeTimeout?: number | undefined;
  /** How many packets one long-polling request may carry. Default: 65536. */
  maxPacketsPerPayload?: number | undefined;
  /** Milliseconds in which the body of a long-polling request must be complete; 0 for no limit. Default: 30000. */
  bodyTimeout?: number | undefined;
}

/** Where an engine listens on a server. */
export interface AttachOptions {
  /** Default: `/engine.io`. */
  path?: string | undefined;
  /** Whether the path ends with a slash. Default: true. */
  addTrailingSlash?: boolean | undefined;
  /** End WebSocket upgrades that nobody takes. Default: true. */
  destroyUpgrade?: boolean | undefined;
  /** Milliseconds before that. Default: 1000. */
  destroyUpgradeTimeout?: number | undefined;
}

/** Engine options with their defaults. Read when used, so changes apply to what comes after. */
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
  // Clients wait for both together.
  checks.time("pingInterval + pingTimeout", resolved.pingInterval + resolved.pingTimeout);
  return resolved;
}

/** The path as hosts match it. Throws `INVALID_OPTION`. */
export function normalisePath(options: AttachOptions): string {
  const path = (checks.path("path", options.path) ?? "/engine.io").replace(/\/$/, "");
  return checks.unlessFalse("addTrailingSlash", options.addTrailingSlash) ? `${path}/` : path;
}

/** How long an upgrade that nobody took may stay; undefined for ever. Throws `INVALID_OPTION`. */
export function upgradePatience(options: AttachOptions): number | undefined {
  const patience = checks.time("destroyUpgradeTimeout", options.destroyUpgradeTimeout || 1000);
  return checks.unlessFalse("destroyUpgrade", options.destroyUpgrade) ? patience : undefined;
}

/**
 * Throws `INVALID_OPTION` where an engine that is made with these options, or attached with them, would. For layers that
 * are given options before there is an engine.
 */
export function checkOptions(options: EngineOptions & AttachOptions): void {
  resolveOptions(options);
  normalisePath(options);
  upgradePatience(options);
}
