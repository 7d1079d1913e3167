import type { CloseStatus } from "../protocol/close-status.ts";

/**
 * The reading end of a stream, as WHATWG streams have it. It is never cancelled: an implementation that later closes a
 * cancelled stream, or adds to it, throws from a turn of its own, where nobody can catch it. The end of the session ends
 * its streams.
 */
export interface StreamReader<T> {
  read(): Promise<{ readonly done: boolean; readonly value?: T | undefined }>;
  releaseLock(): void;
}

/** The writing end of a stream of bytes, as WHATWG streams have it. */
export interface StreamWriter {
  /** Settled while the stream takes more; replaced whenever its buffer is full. */
  readonly ready: Promise<unknown>;
  write(bytes: Uint8Array): Promise<unknown>;
  close(): Promise<unknown>;
  abort(reason?: unknown): Promise<unknown>;
}

/** A stream that can be read by one reader. */
export interface ReadableSide<T> {
  getReader(): StreamReader<T>;
}

/** One bidirectional stream of a WebTransport session. */
export interface WebTransportStream {
  readonly readable: ReadableSide<Uint8Array>;
  readonly writable: { getWriter(): StreamWriter };
}

/**
 * A WebTransport session, as an HTTP/3 server hands it over: what the engine needs of the W3C interface.
 * `closed` is fulfilled when a peer has closed the session, and rejected when the connection broke.
 */
export interface WebTransportSession {
  readonly closed: Promise<unknown>;
  readonly incomingBidirectionalStreams: ReadableSide<WebTransportStream>;
  close(info?: WebTransportCloseInfo): unknown;
}

/** What the far end is told with the end of a session. */
export interface WebTransportCloseInfo {
  readonly closeCode: number;
  readonly reason: string;
}

/** For promises whose failure says nothing new: what they were part of has ended already. */
export function ignore(): void {}

/** Closes a session, which may have ended by itself: implementations differ in whether they object to that. */
export async function closeSession(
  session: WebTransportSession,
  { code, reason }: CloseStatus,
): Promise<void> {
  try {
    await session.close({ closeCode: code, reason });
  } catch {
    // It is closed, and that was all that was asked for.
  }
}

/** Reads no more of a stream. What is being read comes to nothing, for which some implementations throw. */
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

/** Ends a stream without what it has not delivered: a peer that reads nothing would keep that in memory. */
export async function abort(writer: StreamWriter): Promise<void> {
  await writer.abort();
}
