import { ParserError } from "./errors.ts";

/** What the encoder must do with an object: look into it, send its bytes, write the primitive in it, or refuse it. */
export type ObjectKind = "container" | "binary" | "boxed" | "blob";

/** Tells the kind of an object. Arrays and plain objects, the most by far, are known without a look at their tag. */
export function kindOf(value: object): ObjectKind {
  if (isPlain(value)) {
    return "container";
  }
  return isBinary(value) ? "binary" : kindByTag(tagOf(value));
}

/** Whether a value is an array or an object that was written as one: never binary, and nothing special in any way. */
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

/** Whether a value is binary: it then travels as an attachment of its own and never as JSON. */
export function isBinary(value: unknown): value is ArrayBuffer | ArrayBufferView {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer || tagOf(value) === "[object ArrayBuffer]";
}

/** The bytes of a binary value, without a copy. A Buffer stays one. Throws `DETACHED_BINARY` where its memory is gone. */
export function bytesOf(value: ArrayBuffer | ArrayBufferView): Uint8Array {
  try {
    const bytes = viewOf(value);
    // A typed array over detached memory looks like an empty one, but its memory can't be copied.
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

/** The key that marks a placeholder (protocol revision 5, "Packet encoding"). */
const MARK = "_placeholder";

/** What stands in the JSON text for attachment `num`. */
export function placeholderText(num: number): string {
  return `{"${MARK}":true,"num":${num}}`;
}

/** The same as an object, as it comes out of JSON. */
export function placeholder(num: number): object {
  return { [MARK]: true, num };
}

/** Whether a decoded object stands for an attachment. Its `num` is still whatever the peer wrote. */
export function isPlaceholder(value: object): value is { num?: unknown } {
  return (value as { [MARK]?: unknown })[MARK] === true;
}

/** Unlike `instanceof` this also knows the objects of other realms: frames, `node:vm` and some test runners. */
function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value);
}
