import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { WebSocketListener, WebSocketPort } from "../host.ts";
import { type LibraryWebSocket, LibraryWebSocketPort } from "./library-websocket-port.ts";
import { PortedWebSocket, RawWebSocketPort } from "./raw-websocket-port.ts";

/** A WebSocket server of a library: it is given upgrade requests and completes their handshake. */
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
  perMessageDeflate: boolean | object;
}) => WebSocketEngineServer;

/** What the `node:http` host must know to take WebSockets. */
export interface AcceptorOptions {
  readonly maxPayload: number;
  readonly perMessageDeflate?: boolean | object | undefined;
  readonly wsEngine?: WebSocketEngine | undefined;
}

/** An upgrade request that was admitted, and the header lines that join its 101. */
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

/** Completes WebSocket handshakes on sockets that an HTTP server handed over. */
export class WebSocketAcceptor {
  readonly #server: WebSocketEngineServer;
  readonly #lines = new WeakMap<IncomingMessage, readonly string[]>();

  constructor(options: AcceptorOptions) {
    const { maxPayload, wsEngine } = options;
    const perMessageDeflate = deflateOptions(options.perMessageDeflate);
    const common = { noServer: true, clientTracking: false, maxPayload, perMessageDeflate } as const;
    this.#server =
      wsEngine === undefined
        ? new WebSocketServer({ ...common, WebSocket: PortedWebSocket })
        : new wsEngine(common);
    this.#server.on?.("headers", (lines, request) => {
      lines.push(...(this.#lines.get(request) ?? []));
    });
  }

  /** A request that is no valid WebSocket handshake is answered by the library, and `opened` is not called. */
  accept(upgrade: AdmittedUpgrade, opened: (port: WebSocketPort) => WebSocketListener): void {
    const { incoming, socket, head, lines } = upgrade;
    this.#lines.set(incoming, lines);
    this.#server.handleUpgrade(incoming, socket, head, (webSocket) => {
      const port = this.#portFor(webSocket, socket);
      port.attach(opened(port));
    });
  }

  #portFor(webSocket: LibraryWebSocket, socket: Duplex): RawWebSocketPort | LibraryWebSocketPort {
    if (webSocket instanceof PortedWebSocket && webSocket.extensions === "") {
      return new RawWebSocketPort(webSocket, socket);
    }
    return new LibraryWebSocketPort(webSocket);
  }
}
