import { type IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from "node:http";
import { CLOSE_CODES } from "../../protocol/close-status.ts";
import type {
  HostRequest,
  HostResponse,
  UpgradeExchange,
  WebSocketListener,
  WebSocketPort,
} from "../host.ts";
import { type LibraryWebSocket, LibraryWebSocketPort } from "./websocket/library-port.ts";
import { NodeRequest } from "./node-request.ts";

/**
 * The WebSocket of a framework that has completed the handshake itself. A refusal closes it, because there is no HTTP
 * response any more: headers that middlewares set go nowhere, and one that ends its response refuses as well.
 */
export class OpenedWebSocketExchange implements UpgradeExchange {
  readonly request: HostRequest;
  readonly #incoming: IncomingMessage;
  readonly #webSocket: LibraryWebSocket;
  readonly #port: LibraryWebSocketPort;
  #outgoing: ServerResponse | undefined;
  #settled = false;

  constructor(incoming: IncomingMessage, webSocket: LibraryWebSocket) {
    this.request = new NodeRequest(incoming);
    this.#incoming = incoming;
    this.#webSocket = webSocket;
    this.#port = new LibraryWebSocketPort(webSocket);
    webSocket.pause?.();
    webSocket.on("close", () => {
      this.#settled = true;
    });
  }

  get outgoing(): ServerResponse {
    this.#outgoing ??= new ServerResponse(this.#incoming).once("finish", () => this.destroy());
    return this.#outgoing;
  }

  get ended(): boolean {
    return this.#settled || this.#outgoing?.writableEnded === true;
  }

  accept(_headers: OutgoingHttpHeaders, opened: (port: WebSocketPort) => WebSocketListener): void {
    if (this.ended) return;
    this.#settled = true;
    this.#port.attach(opened(this.#port));
    this.#webSocket.resume?.();
  }

  refuse({ body = "" }: HostResponse): void {
    if (this.ended) return;
    this.#close(String(body));
  }

  destroy(): void {
    if (!this.#settled) this.#close("");
  }

  /** A reason has at most 123 bytes; those of refusals are short ASCII texts, unless an application made them. */
  #close(reason: string): void {
    this.#settled = true;
    this.#webSocket.resume?.();
    this.#webSocket.close(CLOSE_CODES.POLICY_VIOLATION, Buffer.byteLength(reason) > 123 ? "" : reason);
  }
}
