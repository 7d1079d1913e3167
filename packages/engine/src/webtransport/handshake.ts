import type { Alarm } from "../clock.ts";
import type { ReceivedPacket } from "../protocol/packet.ts";
import type { TransportListener } from "../transport/transport.ts";
import { WebTransportTransport, type WebTransportSettings } from "../transport/webtransport.ts";
import {
  closeSession,
  ignore,
  type StreamReader,
  type WebTransportSession,
  type WebTransportStream,
} from "./session.ts";

/** Whoever decides what becomes of a WebTransport session. */
export interface HandshakeJudge {
  /** The first packet has come. True if somebody has attached itself to the transport; otherwise the session is closed. */
  admit(transport: WebTransportTransport, first: ReceivedPacket): boolean;
  /** The handshake is over, one way or the other. Called once. */
  onSettled(handshake: WebTransportHandshake): void;
}

/** For its stream, for the first packet on the stream, or for nothing any more. */
type Waiting =
  | { readonly for: "stream"; readonly reader: StreamReader<WebTransportStream> }
  | { readonly for: "packet"; readonly transport: WebTransportTransport }
  | { readonly for: "nothing" };

const NOTHING: Waiting = { for: "nothing" };

/**
 * From a new WebTransport session to its first packet (engine-protocol, "WebTransport"). It listens to the transport
 * until then, so what the client sends together with that packet is read by whoever takes over.
 */
export class WebTransportHandshake implements TransportListener, Alarm {
  readonly #session: WebTransportSession;
  readonly #settings: WebTransportSettings;
  readonly #judge: HandshakeJudge;
  #waiting: Waiting = NOTHING;

  constructor(session: WebTransportSession, settings: WebTransportSettings, judge: HandshakeJudge) {
    this.#session = session;
    this.#settings = settings;
    this.#judge = judge;
  }

  /** Waits for the client until `deadline`. */
  begin(deadline: number): void {
    const reader = this.#session.incomingBidirectionalStreams.getReader();
    this.#waiting = { for: "stream", reader };
    this.#settings.clock.arm(this, deadline);
    const abandon = (): void => this.abandon();
    this.#session.closed.then(abandon, abandon);
    this.#firstStream(reader).catch(abandon);
  }

  /** Ends the session, unless somebody has taken it over. */
  abandon(): void {
    const waiting = this.#waiting;
    if (waiting.for === "nothing") return;
    this.#settle();
    if (waiting.for === "packet") return waiting.transport.discard();
    closeSession(this.#session).catch(ignore);
    waiting.reader.cancel().catch(ignore);
  }

  ring(): void {
    this.abandon();
  }

  /** Grants begin when the transport has been taken over. */
  onWritable(): void {}

  onPacket(transport: WebTransportTransport, packet: ReceivedPacket): void {
    this.#settle();
    if (!this.#judge.admit(transport, packet)) transport.discard();
  }

  onClose(): void {
    this.abandon();
  }

  onFailure(): void {
    this.abandon();
  }

  async #firstStream(reader: StreamReader<WebTransportStream>): Promise<void> {
    try {
      const { value } = await reader.read();
      if (value === undefined) this.abandon();
      else this.#onStream(value);
    } finally {
      reader.releaseLock();
    }
  }

  #onStream(stream: WebTransportStream): void {
    if (this.#waiting.for !== "stream") return;
    const transport = new WebTransportTransport(this.#session, stream, this.#settings);
    this.#waiting = { for: "packet", transport };
    transport.attach(this);
    transport.open();
  }

  #settle(): void {
    this.#waiting = NOTHING;
    this.#settings.clock.disarm(this);
    this.#judge.onSettled(this);
  }
}
