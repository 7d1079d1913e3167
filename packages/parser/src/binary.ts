import { ParserError } from "./errors.ts";

/**
 * How the encoder treats an object: as a container, as an attachment, as a boxed primitive, or as
 * an error (a Blob).
 */
export type ObjectKind = "container" | "binary" | "boxed" | "blob";

/**
 * Returns the kind of an object. Arrays and plain objects, by far the most frequent, are recognised
 * without reading their tag.
 */
export function kindOf(value: object): ObjectKind {
  if (isPlain(value)) {
    return "container";
  }
  return isBinary(value) ? "binary" : kindByTag(tagOf(value));
}

/**
 * Whether a value is an array or a plain object, which is never binary and needs no special
 * treatment.
 */
export function isPlain(value: object): boolean {
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

function kindByTag(tag: string): ObjectKind {
  switch (tag) {
    case "[object Blob]":
    case "[object File]":
      return "blob";
    case "[object String]":
    case "[object Number]":
    case "[object Boolean]":
    case "[object BigInt]":
      return "boxed";
    default:
      return "container";
  }
}

/** Whether a value is binary, and thus sent as an attachment and never as JSON. */
export function isBinary(value: unknown): value is ArrayBuffer | ArrayBufferView {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer || tagOf(value) === "[object ArrayBuffer]";
}

/**
 * Returns the bytes of a binary value without a copy; a Buffer is returned as it is. Throws
 * `DETACHED_BINARY` if its memory is detached or out of bounds.
 */
export function bytesOf(value: ArrayBuffer | ArrayBufferView): Uint8Array {
  try {
    const bytes = viewOf(value);
    // A typed array over detached memory looks empty, but its memory can't be copied.
    if (bytes.byteLength === 0) bytes.buffer.slice(0, 0);
    return bytes;
  } catch (cause) {
    throw new ParserError("DETACHED_BINARY", undefined, { cause });
  }
}

function viewOf(value: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (value instanceof Uint8Array) {
    return value;
  }
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
}

/** Key that marks a placeholder (socketio-protocol, "Packet encoding"). */
const MARK = "_placeholder";

/** Returns the JSON text of the placeholder of attachment `num`. */
export function placeholderText(num: number): string {
  return `{"${MARK}":true,"num":${num}}`;
}

/** Returns the placeholder of attachment `num` as a decoded object. */
export function placeholder(num: number): object {
  return { [MARK]: true, num };
}

/** Whether a decoded object is a placeholder of an attachment. Its `num` is not validated. */
export function isPlaceholder(value: object): value is { num?: unknown } {
  return (value as { [MARK]?: unknown })[MARK] === true;
}

/**
 * Returns the tag of a value. Unlike `instanceof` it also recognises objects of other realms:
 * frames, `node:vm` and some test runners.
 */
function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value);
}
