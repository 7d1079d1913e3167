import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Clock } from "../../../time/clock.ts";
import { checks } from "../../../option-checks.ts";
import type { WebSocketListener, WebSocketPort } from "../../host.ts";
import { type LibraryWebSocket, LibraryWebSocketPort } from "./library-port.ts";
import { type PortTerms, RawWebSocketPort } from "./raw-port.ts";
import { plainHandshakeKey, switchingProtocols } from "./handshake.ts";

/** Milliseconds. */
const CLOSE_TIMEOUT = 30_000;

/** A WebSocket server of a library, which completes the handshake of upgrade requests. */
export interface WebSocketEngineServer {
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    opened: (webSocket: LibraryWebSocket) => void,
  ): void;
  on?(event: "headers", listener: (lines: string[], request: IncomingMessage) => void): unknown;
}

/** A class with the interface of the `ws` package's server. */
export type WebSocketEngine = new (options: {
  noServer: true;
  clientTracking: false;
  maxPayload: number;
  closeTimeout: number;
  perMessageDeflate: boolean | object;
  maxBufferedChunks: number;
  maxFragments: number;
}) => WebSocketEngineServer;

/** WebSocket options of the `node:http` host. */
export interface AcceptorOptions {
  readonly maxPayload: number;
  /** Milliseconds for the closing handshake. Default: 30000. */
  readonly closeTimeout?: number | undefined;
  readonly perMessageDeflate?: boolean | object | undefined;
  readonly wsEngine?: WebSocketEngine | undefined;
}

/** An admitted upgrade request, and the header lines for its 101. */
export interface AdmittedUpgrade {
  readonly incoming: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly lines: readonly string[];
}

function deflateOptions(setting: AcceptorOptions["perMessageDeflate"]): boolean | object {
  if (setting === undefined || setting === false) return false;
  return { threshold: 1024, ...(setting === true ? {} : setting) };
}

/**
 * Bytes of `maxPayload` per message fragment that the library may hold; each costs an object of
 * some 200 bytes.
 */
const BYTES_PER_PIECE = 128;
const MIN_PIECES = 1024;
const MAX_FRAGMENTS = 16_384;
/** The library takes these limits as 32-bit integers. */
const MAX_INT32 = 2 ** 31 - 1;

/**
 * Returns how many fragments of a message the library may hold; it keeps them separate until the
 * message is complete.
 */
function pieceLimits(maxPayload: number): { maxBufferedChunks: number; maxFragments: number } {
  const pieces = Math.max(MIN_PIECES, Math.ceil(maxPayload / BYTES_PER_PIECE));
  const maxBufferedChunks = Math.min(pieces, MAX_INT32);
  return { maxBufferedChunks, maxFragments: Math.min(pieces, MAX_FRAGMENTS) };
}

/** Creates the library's server. Throws `INVALID_OPTION` for another kind of class. */
function serverOf(
  wsEngine: WebSocketEngine | undefined,
  options: ConstructorParameters<WebSocketEngine>[0],
): WebSocketEngineServer {
  if (wsEngine === undefined) return new WebSocketServer(options);
  const expected = "a class such as the WebSocketServer of ws, with the method handleUpgrade";
  let server: WebSocketEngineServer;
  try {
    server = new wsEngine(options);
  } catch (cause) {
    throw checks.refusal("wsEngine", expected, wsEngine, `Making one has failed: ${String(cause)}`, cause);
  }
  if (typeof server.handleUpgrade === "function") return server;
  throw checks.refusal("wsEngine", expected, wsEngine);
}

/**
 * Completes WebSocket handshakes on sockets handed over by an HTTP server. Plain handshakes, which
 * nearly all clients send, are answered here and their frames handled by our own code; the library
 * handles compression, subprotocols, responses to invalid handshakes, and custom engines.
 */
export class WebSocketAcceptor {
  readonly #terms: PortTerms;
  readonly #options: AcceptorOptions;
  readonly #server: WebSocketEngineServer;
  readonly #lines = new WeakMap<IncomingMessage, readonly string[]>();

  constructor(options: AcceptorOptions, clock: Clock) {
    const { closeTimeout = CLOSE_TIMEOUT } = options;
    // The library takes this as a 32-bit integer.
    const maxPayload = Math.min(options.maxPayload, MAX_INT32);
    this.#options = options;
    this.#terms = { maxPayload, closeTimeout, clock };
    const perMessageDeflate = deflateOptions(options.perMessageDeflate);
    const limits = { maxPayload, closeTimeout, perMessageDeflate, ...pieceLimits(maxPayload) };
    const common = { noServer: true, clientTracking: false, ...limits } as const;
    this.#server = serverOf(options.wsEngine, common);
    this.#server.on?.("headers", (lines, request) => {
      lines.push(...(this.#lines.get(request) ?? []));
    });
  }

  /**
   * Accepts an upgrade. The library responds to an invalid WebSocket handshake, and `opened` is not
   * called.
   */
  accept(upgrade: AdmittedUpgrade, opened: (port: WebSocketPort) => WebSocketListener): void {
    const { incoming, socket, head, lines } = upgrade;
    const key = this.#isOurs(incoming) ? plainHandshakeKey(incoming) : undefined;
    if (key !== undefined) return this.#acceptPlain(key, upgrade, opened);
    this.#lines.set(incoming, lines);
    this.#server.handleUpgrade(incoming, socket, head, (webSocket) => {
      const port = new LibraryWebSocketPort(webSocket);
      port.attach(opened(port));
    });
  }

  /**
   * Whether this class can accept the upgrade without the library: `false` for custom engines, and
   * when the client offers extensions that may be accepted.
   */
  #isOurs({ headers }: IncomingMessage): boolean {
    const { wsEngine, perMessageDeflate } = this.#options;
    if (wsEngine !== undefined) return false;
    return !perMessageDeflate || headers["sec-websocket-extensions"] === undefined;
  }

  #acceptPlain(
    key: string,
    { socket, head, lines }: AdmittedUpgrade,
    opened: (port: WebSocketPort) => WebSocketListener,
  ): void {
    socket.write(switchingProtocols(key, lines));
    const port = new RawWebSocketPort(socket, this.#terms);
    port.start(head);
    port.attach(opened(port));
  }
}
