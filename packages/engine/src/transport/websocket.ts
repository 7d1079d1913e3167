import { EngineError } from "../errors.ts";
import type { WebSocketListener, WebSocketPort, WireMessage } from "../host/host.ts";
import type { Codec } from "../protocol/codec/codec.ts";
import type { CloseStatus } from "../protocol/close-status.ts";
import type { OutgoingPacket, ReceivedPacket } from "../protocol/packet.ts";
import type { Transport, TransportListener } from "./transport.ts";

/** Returns the number of packets from `start` on that agree in whether they may be compressed. */
function runLength(batch: readonly OutgoingPacket[], start: number): number {
  const compress = batch[start]?.compress !== false;
  let end = start + 1;
  while (end < batch.length && (batch[end]?.compress !== false) === compress) end += 1;
  return end - start;
}

/**
 * Returns the error for a failed WebSocket. A full buffer keeps its code on every host; other
 * errors become a cause.
 */
function failureOf(error: Error): EngineError {
  if (error instanceof EngineError && error.code === "OUTBOX_OVERFLOW") return error;
  return new EngineError("WEBSOCKET_ERROR", undefined, { cause: error });
}

/** WebSocket, with one packet per message (engine-protocol, "WebSocket transport"). */
export class WebSocketTransport implements Transport, WebSocketListener {
  readonly name = "websocket";
  readonly port: WebSocketPort;
  readonly #codec: Codec;
  readonly #base64: boolean;
  #listener: TransportListener | undefined;

  constructor(codec: Codec, port: WebSocketPort, base64: boolean) {
    this.#codec = codec;
    this.port = port;
    this.#base64 = base64;
  }

  attach(listener: TransportListener): void {
    this.#listener = listener;
  }

  /** Grants the first batch. */
  start(): void {
    this.#listener?.onWritable(this);
  }

  get bufferedAmount(): number {
    return this.port.bufferedAmount;
  }

  /** True if the peer gets a plain message in the form that a host publishes. */
  get takesPublished(): boolean {
    return !this.#base64;
  }

  send(batch: readonly OutgoingPacket[]): void {
    let writable = true;
    for (let start = 0; start < batch.length; ) {
      const end = start + runLength(batch, start);
      const messages = this.#encode(start === 0 && end === batch.length ? batch : batch.slice(start, end));
      writable = this.port.send(messages, batch[start]?.compress !== false);
      start = end;
    }
    if (writable) this.#listener?.onWritable(this);
  }

  close({ code, reason }: CloseStatus): void {
    this.#listener = undefined;
    this.#closePort(code, reason);
  }

  /**
   * Ends the WebSocket. A peer that has taken everything gets the status; otherwise unsent data
   * would stay in memory until it does.
   */
  discard({ code, reason }: CloseStatus): void {
    this.#listener = undefined;
    if (this.port.bufferedAmount > 0) this.port.terminate();
    else this.#closePort(code, reason);
  }

  onMessage(data: string | Uint8Array): void {
    const listener = this.#listener;
    if (listener === undefined) return;
    let packet: ReceivedPacket;
    try {
      packet = this.#decode(data);
    } catch (error) {
      return this.#fail(error instanceof EngineError ? error : new EngineError("PARSE_ERROR"));
    }
    listener.onPacket(this, packet);
  }

  onDrain(): void {
    this.#listener?.onWritable(this);
  }

  onClose(error?: Error): void {
    if (error !== undefined) return this.#fail(failureOf(error));
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.onClose(this);
  }

  /** Closes the port, or terminates it if it can't write the close frame. */
  #closePort(code: number, reason: string): void {
    try {
      this.port.close(code, reason);
    } catch {
      this.port.terminate();
    }
  }

  #encode(batch: readonly OutgoingPacket[]): WireMessage[] {
    const { packets } = this.#codec;
    const first = batch[0];
    // A growing list reserves room for sixteen more items.
    if (first !== undefined && batch.length === 1) return [packets.encodeForWebSocket(first, this.#base64)];
    const messages: WireMessage[] = [];
    for (const packet of batch) messages.push(packets.encodeForWebSocket(packet, this.#base64));
    return messages;
  }

  #decode(data: string | Uint8Array): ReceivedPacket {
    const { packets } = this.#codec;
    return typeof data === "string" ? packets.decodeText(data) : packets.decodeBinary(data);
  }

  #fail(error: EngineError): void {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.onFailure(this, error);
  }
}
