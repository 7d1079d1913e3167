import type { CloseStatus } from "../protocol/close-status.ts";

/**
 * The readable side of a WHATWG stream. It is never cancelled: an implementation that later closes
 * a cancelled stream, or adds to it, throws in a turn of its own, where the error can't be caught.
 * The end of the session ends its streams.
 */
export interface StreamReader<T> {
  read(): Promise<{ readonly done: boolean; readonly value?: T | undefined }>;
  releaseLock(): void;
}

/** The writable side of a WHATWG stream of bytes. */
export interface StreamWriter {
  /** Settled while the stream takes more; replaced whenever its buffer is full. */
  readonly ready: Promise<unknown>;
  write(bytes: Uint8Array): Promise<unknown>;
  close(): Promise<unknown>;
  abort(reason?: unknown): Promise<unknown>;
}

/** A stream that one reader can read. */
export interface ReadableSide<T> {
  getReader(): StreamReader<T>;
}

/** One bidirectional stream of a WebTransport session. */
export interface WebTransportStream {
  readonly readable: ReadableSide<Uint8Array>;
  readonly writable: { getWriter(): StreamWriter };
}

/**
 * A WebTransport session of an HTTP/3 server: the part of the W3C interface that the engine uses.
 * `closed` is fulfilled when a peer has closed the session, and rejected when the connection
 * failed.
 */
export interface WebTransportSession {
  readonly closed: Promise<unknown>;
  readonly incomingBidirectionalStreams: ReadableSide<WebTransportStream>;
  close(info?: WebTransportCloseInfo): unknown;
}

/** The code and reason sent to the peer when a session is closed. */
export interface WebTransportCloseInfo {
  readonly closeCode: number;
  readonly reason: string;
}

/**
 * Ignores a rejection that carries no new information, because its session or stream has already
 * ended.
 */
export function ignore(): void {}

/** Closes a session, which may already have ended; some implementations throw in that case. */
export async function closeSession(
  session: WebTransportSession,
  { code, reason }: CloseStatus,
): Promise<void> {
  try {
    await session.close({ closeCode: code, reason });
  } catch {
    // It is already closed.
  }
}

/** Stops reading a stream. Some implementations throw for a read in progress. */
export function release(reader: StreamReader<unknown>): void {
  try {
    reader.releaseLock();
  } catch {
    // It ends with its session.
  }
}

/** Ends a stream after what was written. */
export async function finish(writer: StreamWriter): Promise<void> {
  await writer.close();
}

/**
 * Ends a stream and drops undelivered data, which a peer that reads nothing would keep in memory.
 */
export async function abort(writer: StreamWriter): Promise<void> {
  await writer.abort();
}
