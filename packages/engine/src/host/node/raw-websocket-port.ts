import type { Duplex } from "node:stream";
import { WebSocket } from "ws";
import type { WebSocketListener, WebSocketPort, WireMessage } from "../host.ts";
import { messageData, type ReceivedData } from "./received-data.ts";
import { encodeFrames } from "./websocket-frames.ts";

/** A WebSocket of `ws` that knows its port, so that all connections share the same three listeners. */
export class PortedWebSocket extends WebSocket {
  port: RawWebSocketPort | undefined;
}

function onMessage(this: WebSocket, data: ReceivedData, isBinary: boolean): void {
  if (this instanceof PortedWebSocket) this.port?.received(messageData(data, isBinary));
}

function onError(this: WebSocket, error: Error): void {
  if (this instanceof PortedWebSocket) this.port?.failed(error);
}

function onClose(this: WebSocket): void {
  if (this instanceof PortedWebSocket) this.port?.ended();
}

/**
 * A WebSocket whose incoming half is read by `ws`, and to whose socket this port writes finished frames itself: a batch
 * is one buffer and one write. Only for connections without extensions. `ws` writes its pongs and close frames to the
 * same socket, as whole frames too, so the two never mix within a frame.
 */
export class RawWebSocketPort implements WebSocketPort {
  readonly #webSocket: PortedWebSocket;
  readonly #socket: Duplex;
  #listener: WebSocketListener | undefined;
  #error: Error | undefined;
  #awaitingDrain = false;

  constructor(webSocket: PortedWebSocket, socket: Duplex) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    webSocket.port = this;
    webSocket.on("message", onMessage).on("error", onError).on("close", onClose);
  }

  /** The listener is known only once the port was handed out. */
  attach(listener: WebSocketListener): void {
    this.#listener = listener;
  }

  get bufferedAmount(): number {
    return this.#socket.writableLength;
  }

  send(messages: readonly WireMessage[]): boolean {
    const socket = this.#socket;
    if (this.#webSocket.readyState !== WebSocket.OPEN || !socket.writable) return false;
    socket.write(encodeFrames(messages));
    if (socket.writableLength < socket.writableHighWaterMark) return true;
    this.#awaitDrain();
    return false;
  }

  close(code?: number, reason?: string): void {
    this.#webSocket.close(code, reason);
  }

  terminate(): void {
    this.#listener = undefined;
    this.#webSocket.terminate();
  }

  received(data: string | Uint8Array): void {
    this.#listener?.onMessage(data);
  }

  failed(error: Error): void {
    this.#error = error;
  }

  ended(): void {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.onClose(this.#error);
  }

  #awaitDrain(): void {
    if (this.#awaitingDrain) return;
    this.#awaitingDrain = true;
    this.#socket.once("drain", () => {
      this.#awaitingDrain = false;
      this.#listener?.onDrain();
    });
  }
}
