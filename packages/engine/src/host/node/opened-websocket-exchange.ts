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
 * A WebSocket whose handshake was completed by a framework. A refusal closes it, because there is
 * no HTTP response any more: headers set by middlewares are discarded, and a middleware that ends
 * its response refuses the WebSocket.
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

  /**
   * Closes the WebSocket. A reason has at most 123 bytes; those of refusals are short ASCII texts
   * unless made by an application.
   */
  #close(reason: string): void {
    this.#settled = true;
    this.#webSocket.resume?.();
    this.#webSocket.close(CLOSE_CODES.POLICY_VIOLATION, Buffer.byteLength(reason) > 123 ? "" : reason);
  }
}
