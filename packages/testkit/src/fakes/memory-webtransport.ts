import type { WebTransportCloseInfo, WebTransportSession, WebTransportStream } from "@skein/engine";

/** One end of a bidirectional stream, as WHATWG streams. */
export interface MemoryStream extends WebTransportStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/** One direction of a stream: it holds nothing, so a write waits until the far end reads. */
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

/** How often a session's own end was asked to do something, and what it still holds. */
export interface SessionCensus {
  /** Calls of `close`. */
  readonly closes: number;
  /** True while the reader of incoming streams was not released. */
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
 * Both ends of a WebTransport session in memory: `session` for the server, and what a client does with its own.
 * As the W3C interface has it, the end of a session breaks its streams first, dropping what they have not delivered,
 * and settles `closed` when whoever reads them has heard of that.
 */
export class MemoryWebTransport {
  readonly session: WebTransportSession;
  /** Settled with the end of the session, for both ends alike, and with what whoever closed it said. */
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

  /** Opens a stream from the client. Gives the client's end; the server's end is announced to the session. */
  openStream(): MemoryStream {
    const up = new Pipe();
    const down = new Pipe();
    this.#pipes.push(up, down);
    this.#announce?.enqueue({ readable: up.ends.readable, writable: down.ends.writable });
    return { readable: down.ends.readable, writable: up.ends.writable };
  }

  /** The client closes the session. */
  close(info: WebTransportCloseInfo = { closeCode: 0, reason: "" }): void {
    this.#breakPipes(new Error("the session was closed"));
    // As the W3C interface has it, and as implementations do it: it throws if the stream was cancelled.
    this.#announce?.close();
    this.#announce = undefined;
    process.nextTick(() => this.#settle?.resolve(info));
  }

  /** The connection is lost. */
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
