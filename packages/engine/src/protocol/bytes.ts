import { EngineError } from "../errors.ts";

/** The same bytes as the kind of view that applications know, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The bytes that any kind of view shows, or a whole buffer, without a copy. Throws `DETACHED_BINARY` where they are gone. */
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

/** Whether a value is bytes: a whole buffer, or any kind of view. */
export function isBytes(given: unknown): given is ArrayBuffer | ArrayBufferView {
  return ArrayBuffer.isView(given) || given instanceof ArrayBuffer;
}

/** Standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  return asBuffer(bytes).toString("base64");
}

/** Lenient, as every peer is used to: what is no base64 is skipped. */
export function fromBase64(text: string): Buffer {
  return Buffer.from(text, "base64");
}
