import { EngineError, type EngineErrorCode } from "../../../errors.ts";
import { PreparedMessage } from "../../../protocol/prepared-message.ts";
import type { WebSocketListener, WebSocketPort, WireMessage } from "../../host.ts";
import { messageData, type ReceivedData } from "./received-data.ts";

type SendCallback = (error?: Error) => void;

/** The used part of a WebSocket library's connection, as in `ws` and compatible libraries. */
export interface LibraryWebSocket {
  readonly bufferedAmount?: number;
  on(event: "message", listener: (data: ReceivedData, isBinary: boolean) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "close", listener: () => void): unknown;
  send(data: string | Uint8Array, done: SendCallback): void;
  /** A `send` with three declared parameters takes options before its callback, as in `ws`. */
  send(data: string | Uint8Array, options: { compress: boolean }, done: SendCallback): void;
  close(code?: number, reason?: string): void;
  terminate?(): void;
  pause?(): void;
  resume?(): void;
}

/**
 * The limits among the protocol violations that `ws` and compatible libraries report by an error
 * code; all others are invalid frames.
 */
const VIOLATIONS: Readonly<Record<string, EngineErrorCode | undefined>> = {
  WS_ERR_INVALID_UTF8: "INVALID_TEXT",
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: "MESSAGE_TOO_LARGE",
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: "MESSAGE_TOO_LARGE",
  WS_ERR_TOO_MANY_BUFFERED_PARTS: "TOO_MANY_FRAGMENTS",
};

function typed(error: Error): Error {
  const code: unknown = Reflect.get(error, "code");
  if (typeof code !== "string" || !code.startsWith("WS_ERR_")) return error;
  return new EngineError(VIOLATIONS[code] ?? "INVALID_FRAME", error.message, { cause: error });
}

function ignoreResult(): void {}

/**
 * A WebSocket that is written through its library: for permessage-deflate and custom engines. It
 * writes one batch at a time, and the next one when the library reports the last message as
 * written.
 */
export class LibraryWebSocketPort implements WebSocketPort {
  readonly #webSocket: LibraryWebSocket;
  readonly #takesOptions: boolean;
  #listener: WebSocketListener | undefined;
  #error: Error | undefined;

  constructor(webSocket: LibraryWebSocket) {
    this.#webSocket = webSocket;
    this.#takesOptions = webSocket.send.length > 2;
    webSocket.on("message", (data, isBinary) => this.#listener?.onMessage(messageData(data, isBinary)));
    webSocket.on("error", (error) => {
      this.#error = typed(error);
    });
    webSocket.on("close", () => this.#ended());
  }

  /** Sets the listener, which is only known after the port was handed out. */
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
      const done = index === last ? this.#onSent : ignoreResult;
      if (this.#takesOptions) this.#webSocket.send(data, { compress }, done);
      else this.#webSocket.send(data, done);
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

  /** After an error the library closes the connection, which `onClose` reports. */
  readonly #onSent = (error?: Error): void => {
    if (error === undefined || error === null) this.#listener?.onDrain();
  };

  #ended(): void {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.onClose(this.#error);
  }
}
