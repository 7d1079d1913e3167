import { Buffer } from "node:buffer";
import { EngineError, type WebSocketListener, type WebSocketPort, type WireMessage } from "@skein/engine";
import type { Inbox, Recipient } from "./inbox.ts";
import { nextTick, setImmediate } from "../timers.ts";
import type { UwsSocket } from "../uws-types.ts";

/**
 * User data of a native socket. The port is set when the socket opens: µWebSockets.js copies the
 * properties of the given object one by one, which costs more than the rest of opening.
 */
export interface PortData {
  port?: UwsWebSocketPort;
}

/** The port whose handshake is being completed. */
let opening: UwsWebSocketPort | undefined;

/**
 * Calls `complete`, which completes a handshake: the native socket opens before it returns and is
 * assigned to the port.
 */
export function openFor(port: UwsWebSocketPort, complete: (data: PortData) => void): void {
  opening = port;
  try {
    complete({});
  } finally {
    opening = undefined;
  }
}

/** Assigns an opened native socket to its port. */
export function handleOpen(socket: UwsSocket<PortData>): void {
  const port = opening;
  if (port === undefined) return;
  opening = undefined;
  socket.getUserData().port = port;
  port.handleOpen(socket);
}

/**
 * Decodes text messages, which µWebSockets.js has validated; a byte order mark is part of the text.
 */
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Status codes returned by `send` of µWebSockets.js. */
const BUFFERED = 0;
const SENT = 1;
const DROPPED = 2;
/** Close code of a connection that ended without a close frame (RFC 6455, section 7.4.1). */
const ABNORMAL = 1006;
/**
 * Close reason that µWebSockets.js reports when the peer ended the TCP connection in an orderly
 * way.
 */
const PEER_ENDED = "Received TCP FIN before WebSocket close frame";

function wireForm(message: WireMessage): string | Uint8Array {
  return typeof message === "string" || message instanceof Uint8Array ? message : message.wireMessage;
}

function closeError(code: number, reason: ArrayBuffer): Error | undefined {
  if (code !== ABNORMAL || reason.byteLength === 0) return undefined;
  const text = Buffer.from(reason).toString();
  return text === PEER_ENDED ? undefined : new EngineError("WEBSOCKET_ERROR", text);
}

/**
 * One open WebSocket of µWebSockets.js. The host calls the `handle…` methods from its route's
 * behavior. `#socket` is undefined before the socket is open and once it closes: the native object
 * throws then.
 */
export class UwsWebSocketPort implements WebSocketPort, Recipient {
  readonly #compressFrom: number;
  readonly #released: (() => void) | undefined;
  #opened: ((port: WebSocketPort) => WebSocketListener) | undefined;
  #socket: UwsSocket<PortData> | undefined;
  #listener: WebSocketListener | undefined;
  #owesDrain = false;
  #terminated = false;
  #missed = false;
  /** Number of messages queued until the end of the turn. */
  #waiting = 0;

  /**
   * `compressFrom`: minimum length of a compressed message, in bytes or UTF-16 units of a text.
   * `released` is called once, in a turn of its own, when the socket has closed for any reason.
   */
  constructor(
    compressFrom: number,
    opened: (port: WebSocketPort) => WebSocketListener,
    released?: () => void,
  ) {
    this.#compressFrom = compressFrom;
    this.#released = released;
    this.#opened = opened;
  }

  get bufferedAmount(): number {
    return this.#socket?.getBufferedAmount() ?? 0;
  }

  /**
   * Sends messages; returns whether the operating system accepted all of them. The high-water mark
   * is zero.
   */
  send(messages: readonly WireMessage[], compress: boolean): boolean {
    const socket = this.#socket;
    if (socket === undefined || this.#missed) return false;
    const status = this.#writeAll(socket, messages, compress ? this.#compressFrom : Infinity);
    if (status === DROPPED) this.#overflow();
    this.#owesDrain = status === BUFFERED;
    return status === SENT;
  }

  close(code?: number, reason?: string): void {
    const socket = this.#release();
    if (socket === undefined) return;
    if (code === undefined) socket.end();
    else socket.end(code, reason ?? "");
    nextTick(notifyClosed, this, undefined);
  }

  terminate(): void {
    this.#terminated = true;
    this.#listener = undefined;
    this.#release()?.close();
  }

  subscribe(topic: string): void {
    this.#socket?.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    this.#socket?.unsubscribe(topic);
  }

  handleOpen(socket: UwsSocket<PortData>): void {
    this.#socket = socket;
    const listener = this.#opened?.(this);
    this.#opened = undefined;
    if (!this.#terminated) this.#listener = listener;
  }

  /** Queues a received message in the inbox, which delivers it with the others of the turn. */
  handleMessage(message: ArrayBuffer, isBinary: boolean, inbox: Inbox): void {
    this.#waiting += 1;
    inbox.put(this, messageOf(message, isBinary));
  }

  receive(message: string | Uint8Array): void {
    this.#waiting -= 1;
    this.#listener?.onMessage(message);
  }

  /**
   * Schedules the drain notification for the next turn. A port that a publish skipped is closed
   * natively in the same turn, right after its drain handler, and must not send another message in
   * between.
   */
  handleDrain(): void {
    if (this.#owesDrain) setImmediate(notifyDrained, this);
  }

  /**
   * Records that a sent or published message was skipped: µWebSockets.js closes the socket for it,
   * in this turn or the next.
   */
  handleDropped(): void {
    this.#missed = true;
  }

  /**
   * Ignores a close by this port, which has released its socket by then. Otherwise queued messages
   * are delivered, and the ticks that they schedule run, before `onClose` is called.
   */
  handleClose(code: number, reason: ArrayBuffer, inbox: Inbox): void {
    if (this.#release() === undefined) return;
    const error = this.#missed ? new EngineError("OUTBOX_OVERFLOW") : closeError(code, reason);
    if (this.#waiting === 0) this.notifyClosed(error);
    else {
      inbox.deliver();
      setImmediate(notifyClosed, this, error);
    }
  }

  notifyDrained(): void {
    if (!this.#owesDrain || this.#socket === undefined || this.bufferedAmount > 0) return;
    this.#owesDrain = false;
    this.#listener?.onDrain();
  }

  notifyClosed(error: Error | undefined): void {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.onClose(error);
  }

  #writeAll(socket: UwsSocket<PortData>, messages: readonly WireMessage[], compressFrom: number): number {
    const first = messages[0];
    if (first !== undefined && messages.length === 1) return write(socket, first, compressFrom);
    let status = SENT;
    socket.cork(() => {
      for (let index = 0; index < messages.length && status !== DROPPED; index++) {
        status = write(socket, messages[index] ?? "", compressFrom);
      }
    });
    if (status === DROPPED) return DROPPED;
    return socket.getBufferedAmount() > 0 ? BUFFERED : SENT;
  }

  #overflow(): void {
    this.#release()?.close();
    nextTick(notifyClosed, this, new EngineError("OUTBOX_OVERFLOW"));
  }

  #release(): UwsSocket<PortData> | undefined {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket !== undefined && this.#released !== undefined) nextTick(this.#released);
    return socket;
  }
}

/**
 * Returns a copy of a message, whose bytes are valid only during the callback of µWebSockets.js.
 */
function messageOf(message: ArrayBuffer, isBinary: boolean): string | Uint8Array {
  return isBinary ? copyOf(message) : utf8.decode(message);
}

/**
 * Copies into Node's buffer pool: for small messages an own allocation would cost more than all
 * other work.
 */
function copyOf(message: ArrayBuffer): Uint8Array {
  return Buffer.from(new Uint8Array(message));
}

function write(socket: UwsSocket<PortData>, message: WireMessage, compressFrom: number): number {
  const data = wireForm(message);
  return socket.send(data, typeof data !== "string", data.length >= compressFrom);
}

function notifyDrained(port: UwsWebSocketPort): void {
  port.notifyDrained();
}

function notifyClosed(port: UwsWebSocketPort, error: Error | undefined): void {
  port.notifyClosed(error);
}
