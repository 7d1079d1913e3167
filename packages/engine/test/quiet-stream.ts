/**
 * Wraps a stream so that its end is not reported: the official client does not handle the failure
 * of its pipe when a session ends.
 */
export function quiet(writable: WritableStream<Uint8Array>): WritableStream<Uint8Array> {
  const writer = writable.getWriter();
  return new WritableStream<Uint8Array>({ write: (piece) => writer.write(piece).catch(() => {}) });
}
