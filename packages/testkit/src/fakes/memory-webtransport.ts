import type { WebTransportCloseInfo, WebTransportSession, WebTransportStream } from "@skein/engine";

/** One end of a bidirectional stream, as WHATWG streams. */
export interface MemoryStream extends WebTransportStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/** One direction of a stream without a buffer: a write waits until the far end reads. */
class Pipe {
  readonly ends: TransformStream<Uint8Array, Uint8Array>;
  #controller: TransformStreamDefaultController<Uint8Array> | undefined;

  constructor() {
    this.ends = new TransformStream({
      start: (controller) => {
        this.#controller = controller;
      },
    });
  }

  break(reason: Error): void {
    this.#controller?.error(reason);
  }
}

/** Usage counters of the server's end of a session. */
export interface SessionCensus {
  /** Number of `close` calls. */
  readonly closes: number;
  /** True until the reader of incoming streams is released. */
  readonly locked: boolean;
}

/** The server's end of a session in memory. */
class MemorySession implements WebTransportSession {
  readonly closed: Promise<unknown>;
  readonly incomingBidirectionalStreams: ReadableStream<WebTransportStream>;
  readonly #onClose: (info?: WebTransportCloseInfo) => void;

  constructor(
    closed: Promise<unknown>,
    streams: ReadableStream<WebTransportStream>,
    onClose: (info?: WebTransportCloseInfo) => void,
  ) {
    this.closed = closed;
    this.incomingBidirectionalStreams = streams;
    this.#onClose = onClose;
  }

  close(info?: WebTransportCloseInfo): void {
    this.#onClose(info);
  }
}

/**
 * Both ends of a WebTransport session in memory: `session` for the server, and the methods of the
 * client. As in the W3C interface, the end of a session first breaks its streams, discarding
 * undelivered data, and settles `closed` after the readers of the streams were notified.
 */
export class MemoryWebTransport {
  readonly session: WebTransportSession;
  /**
   * Settles with the end of the session, for both ends, with the information given by the side that
   * closed it.
   */
  readonly closed: Promise<WebTransportCloseInfo>;
  readonly #incoming: ReadableStream<WebTransportStream>;
  readonly #pipes: Pipe[] = [];
  #announce: ReadableStreamDefaultController<WebTransportStream> | undefined;
  #settle: { resolve(info: WebTransportCloseInfo): void; reject(reason: Error): void } | undefined;
  #closes = 0;

  constructor() {
    this.closed = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.closed.catch(() => {});
    this.#incoming = new ReadableStream({
      start: (controller) => {
        this.#announce = controller;
      },
    });
    this.session = new MemorySession(this.closed, this.#incoming, (info) => {
      this.#closes += 1;
      this.close(info);
    });
  }

  get census(): SessionCensus {
    return { closes: this.#closes, locked: this.#incoming.locked };
  }

  /**
   * Opens a stream from the client. Returns the client's end; the server's end is announced to the
   * session.
   */
  openStream(): MemoryStream {
    const up = new Pipe();
    const down = new Pipe();
    this.#pipes.push(up, down);
    this.#announce?.enqueue({ readable: up.ends.readable, writable: down.ends.writable });
    return { readable: down.ends.readable, writable: up.ends.writable };
  }

  /** Closes the session from the client. */
  close(info: WebTransportCloseInfo = { closeCode: 0, reason: "" }): void {
    this.#breakPipes(new Error("the session was closed"));
    // As in the W3C interface and its implementations, this throws if the stream was cancelled.
    this.#announce?.close();
    this.#announce = undefined;
    process.nextTick(() => this.#settle?.resolve(info));
  }

  /** Simulates the loss of the connection. */
  break(reason: Error): void {
    this.#breakPipes(reason);
    this.#announce?.error(reason);
    this.#announce = undefined;
    process.nextTick(() => this.#settle?.reject(reason));
  }

  #breakPipes(reason: Error): void {
    for (const pipe of this.#pipes) pipe.break(reason);
  }
}
