import type { Alarm } from "../../time/clock.ts";
import type { EngineError } from "../../errors.ts";
import type { ReceivedPacket } from "../../protocol/packet.ts";
import type { TransportListener } from "../../transport/transport.ts";
import { CLOSE_STATUSES, type CloseStatus, statusOfError } from "../../protocol/close-status.ts";
import { WebTransportTransport, type WebTransportSettings } from "../../transport/webtransport.ts";
import {
  closeSession,
  ignore,
  release,
  type StreamReader,
  type WebTransportSession,
  type WebTransportStream,
} from "../../transport/webtransport-session.ts";

/** Decides on a WebTransport session, from its handshake. */
export interface HandshakeContext {
  /**
   * The first packet arrived. Returns undefined after attaching a listener to the transport,
   * otherwise the status to close it with.
   */
  admit(transport: WebTransportTransport, first: ReceivedPacket): CloseStatus | undefined;
  /** The handshake timed out. Returns the status for the peer. */
  onTimeout(): CloseStatus;
  /** The handshake ended, with or without success. Called once. */
  onSettled(handshake: WebTransportHandshake): void;
}

/** What the handshake waits for: the stream, its first packet, or nothing any more. */
type Waiting =
  | { readonly for: "stream"; readonly reader: StreamReader<WebTransportStream> }
  | { readonly for: "packet"; readonly transport: WebTransportTransport }
  | { readonly for: "nothing" };

const NOTHING: Waiting = { for: "nothing" };

/**
 * A new WebTransport session up to its first packet (engine-protocol, "WebTransport"). It listens
 * to the transport until then; packets that arrive together with the first one go to the next
 * listener.
 */
export class WebTransportHandshake implements TransportListener, Alarm {
  readonly #session: WebTransportSession;
  readonly #settings: WebTransportSettings;
  readonly #context: HandshakeContext;
  #waiting: Waiting = NOTHING;

  constructor(session: WebTransportSession, settings: WebTransportSettings, context: HandshakeContext) {
    this.#session = session;
    this.#settings = settings;
    this.#context = context;
  }

  /** Starts waiting for the client, until `deadline`. */
  begin(deadline: number): void {
    const reader = this.#session.incomingBidirectionalStreams.getReader();
    this.#waiting = { for: "stream", reader };
    this.#settings.clock.arm(this, deadline);
    const abandon = (): void => this.abandon(CLOSE_STATUSES.SESSION_ENDED);
    this.#session.closed.then(abandon, abandon);
    this.#firstStream(reader).catch(abandon);
  }

  /** Ends the session, unless the transport has a new listener. */
  abandon(status: CloseStatus): void {
    const waiting = this.#waiting;
    if (waiting.for === "nothing") return;
    this.#settle();
    if (waiting.for === "packet") return waiting.transport.discard(status);
    closeSession(this.#session, status).catch(ignore);
    release(waiting.reader);
  }

  ring(): void {
    this.abandon(this.#context.onTimeout());
  }

  /** Grants start with the next listener. */
  onWritable(): void {}

  onPacket(transport: WebTransportTransport, packet: ReceivedPacket): void {
    this.#settle();
    const refusal = this.#context.admit(transport, packet);
    if (refusal !== undefined) transport.discard(refusal);
  }

  onClose(): void {
    this.abandon(CLOSE_STATUSES.SESSION_ENDED);
  }

  onFailure(_transport: unknown, error: EngineError): void {
    this.abandon(statusOfError(error));
  }

  async #firstStream(reader: StreamReader<WebTransportStream>): Promise<void> {
    try {
      const { value } = await reader.read();
      if (value === undefined) this.abandon(CLOSE_STATUSES.SESSION_ENDED);
      else this.#onStream(value);
    } finally {
      release(reader);
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
    this.#context.onSettled(this);
  }
}
