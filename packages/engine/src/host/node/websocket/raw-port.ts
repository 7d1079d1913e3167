import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Alarm, Clock } from "../../../time/clock.ts";
import type { EngineError } from "../../../errors.ts";
import { statusOfError } from "../../../protocol/close-status.ts";
import type { WebSocketListener, WebSocketPort, WireMessage } from "../../host.ts";
import { type FrameListener, FrameReader } from "./frame-reader.ts";
import { closeFrame, pongFrame, writeFrames } from "./frame-writer.ts";

/** The context that all ports of an acceptor share. */
export interface PortTerms {
  readonly maxPayload: number;
  /** Timeout (ms) for the peer's part of the closing handshake. */
  readonly closeTimeout: number;
  readonly clock: Clock;
}

const PORT = Symbol("port");

/**
 * A socket with a reference to its port, so that all connections share the same listeners without
 * closures.
 */
type PortedSocket = Duplex & { [PORT]?: RawWebSocketPort };

function onData(this: PortedSocket, chunk: Buffer): void {
  this[PORT]?.received(chunk);
}

function onDrain(this: PortedSocket): void {
  this[PORT]?.drained();
}

function onEnd(this: PortedSocket): void {
  this[PORT]?.halfClosed();
}

function onClose(this: PortedSocket): void {
  this[PORT]?.ended();
}

/** `closing`: this side has sent its close frame, or will send nothing more. */
type State = "open" | "closing";

/**
 * A WebSocket without extensions on a socket handed over by an HTTP server (RFC 6455). A batch is
 * one buffer and one write; besides the socket, an idle connection costs only the port and its
 * reader.
 */
export class RawWebSocketPort implements WebSocketPort, FrameListener, Alarm {
  readonly #socket: Duplex;
  readonly #terms: PortTerms;
  readonly #reader: FrameReader;
  #listener: WebSocketListener | undefined;
  #error: Error | undefined;
  #state: State = "open";
  #awaitingDrain = false;

  constructor(socket: Duplex, terms: PortTerms) {
    this.#socket = socket;
    this.#terms = terms;
    this.#reader = new FrameReader(this, terms.maxPayload);
  }

  /** Starts reading. Nothing is delivered before the current turn of the event loop has ended. */
  start(head: Buffer): void {
    const socket: PortedSocket = this.#socket;
    socket[PORT] = this;
    if (socket instanceof Socket) socket.setTimeout(0).setNoDelay();
    if (head.length > 0) socket.unshift(head);
    socket.on("data", onData).on("end", onEnd).on("close", onClose);
  }

  /** Sets the listener, which is only known after the port was handed out. */
  attach(listener: WebSocketListener): void {
    this.#listener = listener;
  }

  get bufferedAmount(): number {
    return this.#socket.writableLength;
  }

  send(messages: readonly WireMessage[]): boolean {
    const socket = this.#socket;
    if (this.#state !== "open" || !socket.writable) return false;
    writeFrames(socket, messages);
    if (socket.writableLength < socket.writableHighWaterMark) return true;
    if (!this.#awaitingDrain) socket.once("drain", onDrain);
    this.#awaitingDrain = true;
    return false;
  }

  close(code?: number, reason?: string): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    if (this.#socket.writable) this.#socket.write(closeFrame(code, reason));
    this.#limitClosing();
  }

  terminate(): void {
    this.#listener = undefined;
    this.#socket.destroy();
  }

  /** The peer did not complete the closing handshake in time. */
  ring(): void {
    this.#socket.destroy();
  }

  onMessage(data: string | Buffer): void {
    this.#listener?.onMessage(data);
  }

  /**
   * Pings of a peer that reads nothing are not answered, because the responses would accumulate.
   */
  onPing(payload: Buffer): void {
    const socket = this.#socket;
    if (this.#state !== "open" || socket.writableLength >= socket.writableHighWaterMark) return;
    if (socket.writable) socket.write(pongFrame(payload));
  }

  onCloseFrame(code: number | undefined): void {
    this.close(code);
    this.#socket.end();
  }

  onViolation(error: EngineError): void {
    this.#error = error;
    const { code, reason } = statusOfError(error);
    this.close(code, reason);
    this.#socket.end();
  }

  received(chunk: Buffer): void {
    this.#reader.push(chunk);
  }

  drained(): void {
    this.#awaitingDrain = false;
    this.#listener?.onDrain();
  }

  /** The peer ended its side without a close frame; queued data is still sent. */
  halfClosed(): void {
    if (this.#state === "open") this.#limitClosing();
    this.#state = "closing";
    if (!this.#socket.writableEnded) this.#socket.end();
  }

  ended(): void {
    this.#terms.clock.disarm(this);
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.onClose(this.#error);
  }

  #limitClosing(): void {
    const { clock, closeTimeout } = this.#terms;
    clock.arm(this, clock.now() + closeTimeout);
  }
}
