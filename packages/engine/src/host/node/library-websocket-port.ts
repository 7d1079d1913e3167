import { PreparedMessage } from "../../protocol/prepared-message.ts";
import type { WebSocketListener, WebSocketPort, WireMessage } from "../host.ts";
import { messageData, type ReceivedData } from "./received-data.ts";

/** The part of a WebSocket library's connection that is used; `ws` and its lookalikes have it. */
export interface LibraryWebSocket {
  readonly bufferedAmount?: number;
  on(event: "message", listener: (data: ReceivedData, isBinary: boolean) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "close", listener: () => void): unknown;
  send(data: string | Uint8Array, options: { compress: boolean }, done: (error?: Error) => void): void;
  close(code?: number, reason?: string): void;
  terminate?(): void;
}

function ignoreResult(): void {}

/**
 * A WebSocket that is written through its library: for connections with permessage-deflate, and for custom engines.
 * It takes one batch at a time, and the next one when the library reports the last message as written.
 */
export class LibraryWebSocketPort implements WebSocketPort {
  readonly #webSocket: LibraryWebSocket;
  #listener: WebSocketListener | undefined;
  #error: Error | undefined;

  constructor(webSocket: LibraryWebSocket) {
    this.#webSocket = webSocket;
    webSocket.on("message", (data, isBinary) => this.#listener?.onMessage(messageData(data, isBinary)));
    webSocket.on("error", (error) => {
      this.#error = error;
    });
    webSocket.on("close", () => this.#ended());
  }

  /** The listener is known only once the port was handed out. */
  attach(listener: WebSocketListener): void {
    this.#listener = listener;
  }

  get bufferedAmount(): number {
    return this.#webSocket.bufferedAmount ?? 0;
  }

  send(messages: readonly WireMessage[], compress: boolean): boolean {
    const last = messages.length - 1;
    for (const [index, message] of messages.entries()) {
      const data = message instanceof PreparedMessage ? message.wireMessage : message;
      this.#webSocket.send(data, { compress }, index === last ? this.#onSent : ignoreResult);
    }
    return false;
  }

  close(code?: number, reason?: string): void {
    this.#webSocket.close(code, reason);
  }

  terminate(): void {
    this.#listener = undefined;
    if (this.#webSocket.terminate === undefined) this.#webSocket.close();
    else this.#webSocket.terminate();
  }

  /** After an error the library closes the connection, which is told by `onClose`. */
  readonly #onSent = (error?: Error): void => {
    if (error === undefined || error === null) this.#listener?.onDrain();
  };

  #ended(): void {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.onClose(this.#error);
  }
}
