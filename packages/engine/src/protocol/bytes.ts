import { EngineError } from "../errors.ts";

/** Returns the same bytes as a `Buffer`, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Returns the bytes of any kind of view or of a whole buffer, without a copy. Throws
 * `DETACHED_BINARY` if their memory is detached.
 */
export function bytesOf(given: ArrayBuffer | ArrayBufferView): Uint8Array {
  try {
    const bytes = viewOf(given);
    // A typed array over detached memory looks like an empty one, but its memory can't be copied.
    if (bytes.byteLength === 0) bytes.buffer.slice(0, 0);
    return bytes;
  } catch (cause) {
    throw new EngineError("DETACHED_BINARY", undefined, { cause });
  }
}

function viewOf(given: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (given instanceof Uint8Array) return given;
  return ArrayBuffer.isView(given)
    ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength)
    : new Uint8Array(given);
}

/** Whether a value is binary: a whole buffer, or any kind of view. */
export function isBytes(given: unknown): given is ArrayBuffer | ArrayBufferView {
  return ArrayBuffer.isView(given) || given instanceof ArrayBuffer;
}

/** Standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  return asBuffer(bytes).toString("base64");
}

/** Lenient, as clients expect: characters outside base64 are skipped. */
export function fromBase64(text: string): Buffer {
  return Buffer.from(text, "base64");
}
