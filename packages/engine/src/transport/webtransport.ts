import type { Alarm, Clock, Flushable } from "../time/clock.ts";
import { EngineError } from "../errors.ts";
import { codecFor } from "../protocol/codec/codec.ts";
import { CLOSE_STATUSES, type CloseStatus } from "../protocol/close-status.ts";
import type { OutgoingPacket, ReceivedPacket } from "../protocol/packet.ts";
import { PreparedMessage } from "../protocol/prepared-message.ts";
import { encodeFrames, StreamDecoder, type StreamMessage } from "../protocol/codec/stream-codec.ts";
import { rethrowLater } from "../time/rethrow-later.ts";
import {
  abort,
  closeSession,
  finish,
  ignore,
  release,
  type StreamReader,
  type StreamWriter,
  type WebTransportSession,
  type WebTransportStream,
} from "./webtransport-session.ts";
import type { Transport, TransportListener } from "./transport.ts";

/** WebTransport came after revision 3. */
const { packets } = codecFor(4);

/** The settings of a WebTransport. */
export interface WebTransportSettings {
  /** Maximum size of an incoming packet, in bytes. */
  readonly maxPayload: number;
  /** Milliseconds within which a peer may still take what was sent before closing. */
  readonly closeTimeout: number;
  readonly clock: Clock;
}

/** Open, closing with the last writes, or ended. */
type State = "open" | "closing" | "ended";

/**
 * Encodes a packet. A frame can't be empty, so an empty binary message, which has no type, is sent
 * as text.
 */
function encode(packet: OutgoingPacket): StreamMessage {
  const message = packets.encodeForWebSocket(packet, false);
  const data = message instanceof PreparedMessage ? message.wireMessage : message;
  return data.length === 0 ? packets.encodeText(packet) : data;
}

function decode(message: StreamMessage): ReceivedPacket {
  return typeof message === "string" ? packets.decodeText(message) : packets.decodeBinary(message);
}

/**
 * One bidirectional stream of a WebTransport session, with one packet per frame (engine-protocol,
 * "WebTransport"). The session has no other use and ends with the transport.
 */
export class WebTransportTransport implements Transport, Alarm, Flushable {
  readonly name = "webtransport";
  readonly #session: WebTransportSession;
  readonly #reader: StreamReader<Uint8Array>;
  readonly #writer: StreamWriter;
  readonly #decoder: StreamDecoder;
  readonly #clock: Clock;
  readonly #closeTimeout: number;
  #listener: TransportListener | undefined;
  #state: State = "open";
  #unwritten = 0;
  #closeStatus: CloseStatus = CLOSE_STATUSES.CLOSED;
  #breakage: { readonly cause: unknown } | undefined;

  constructor(session: WebTransportSession, stream: WebTransportStream, settings: WebTransportSettings) {
    this.#session = session;
    this.#reader = stream.readable.getReader();
    this.#writer = stream.writable.getWriter();
    this.#decoder = new StreamDecoder(settings.maxPayload);
    this.#clock = settings.clock;
    this.#closeTimeout = settings.closeTimeout;
  }

  /**
   * Sets the listener, which also gets packets that arrived together with one of the previous
   * listener.
   */
  attach(listener: TransportListener): void {
    this.#listener = listener;
  }

  /** Starts reading, and watching for the end. */
  open(): void {
    const ended = (): void => this.#endedByPeer();
    const broke = (error: unknown): void => this.#broke(error);
    this.#session.closed.then(ended, broke);
    this.#read().then(ended, broke);
  }

  /** Grants the first batch. */
  start(): void {
    this.#grantWhenReady();
  }

  /** Bytes of frames that the stream has not taken. */
  get bufferedAmount(): number {
    return this.#unwritten;
  }

  send(batch: readonly OutgoingPacket[]): void {
    if (this.#state !== "open") return;
    const frames = encodeFrames(batch.map(encode));
    this.#unwritten += frames.byteLength;
    this.#writer.write(frames).then(
      () => this.#written(frames.byteLength),
      (error: unknown) => this.#broke(error),
    );
    this.#grantWhenReady();
  }

  /**
   * Closes the transport. The stream ends first, because closing a session drops what its streams
   * have not delivered.
   */
  close(status: CloseStatus): void {
    if (this.#state !== "open") return;
    this.#listener = undefined;
    this.#state = "closing";
    this.#closeStatus = status;
    this.#clock.arm(this, this.#clock.now() + this.#closeTimeout);
    const end = (): void => this.#end(status);
    finish(this.#writer).then(end, end);
  }

  discard(status: CloseStatus): void {
    this.#listener = undefined;
    if (this.#state === "ended") return;
    abort(this.#writer).catch(ignore);
    this.#end(status);
  }

  /** The peer did not take the rest in time. */
  ring(): void {
    this.discard(this.#closeStatus);
  }

  /**
   * Called a turn after the stream failed; if the peer had closed the session, that would be known
   * by now.
   */
  flush(): void {
    if (this.#breakage === undefined) return;
    this.#fail(new EngineError("WEBTRANSPORT_ERROR", undefined, this.#breakage));
  }

  #written(length: number): void {
    this.#unwritten -= length;
  }

  #grantWhenReady(): void {
    this.#writer.ready.then(
      () => this.#tell((listener) => listener.onWritable(this)),
      (error: unknown) => this.#broke(error),
    );
  }

  /**
   * Reads until the stream or the transport ends. Data that arrives while closing is dropped, so
   * that the peer is not blocked.
   */
  async #read(): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await this.#reader.read();
        if (done) return;
        if (value !== undefined) this.#receive(value);
      }
    } finally {
      release(this.#reader);
    }
  }

  #receive(piece: Uint8Array): void {
    const messages = this.#decoder.decode(piece);
    while (this.#listener !== undefined) {
      let packet: ReceivedPacket;
      try {
        const next = messages.next();
        if (next.done === true) return;
        packet = decode(next.value);
      } catch (error) {
        return this.#fail(error instanceof EngineError ? error : new EngineError("PARSE_ERROR"));
      }
      this.#tell((listener) => listener.onPacket(this, packet));
    }
  }

  #endedByPeer(): void {
    this.#tell((listener) => {
      this.#listener = undefined;
      listener.onClose(this);
    });
  }

  #broke(cause: unknown): void {
    if (this.#listener === undefined || this.#breakage !== undefined) return;
    this.#breakage = { cause };
    this.#clock.atTurnEnd(this);
  }

  #fail(error: EngineError): void {
    this.#tell((listener) => {
      this.#listener = undefined;
      listener.onFailure(this, error);
    });
  }

  /**
   * Calls the listener. Its exceptions are the application's own, and must not be taken for errors
   * of the stream.
   */
  #tell(call: (listener: TransportListener) => void): void {
    if (this.#listener === undefined) return;
    try {
      call(this.#listener);
    } catch (error) {
      rethrowLater(error);
    }
  }

  #end(status: CloseStatus): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#clock.disarm(this);
    closeSession(this.#session, status).catch(ignore);
    release(this.#reader);
  }
}
