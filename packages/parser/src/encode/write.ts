import { bytesOf, isBinary, isPlain, kindOf, placeholderText } from "../binary.ts";
import type { EncodedPart } from "../parser.ts";
import { ParserError } from "../errors.ts";
import { writePrimitive, writeString } from "../primitive.ts";

/**
 * Transforms values before they are written as JSON, like the second argument of `JSON.stringify`.
 */
export type Replacer = (this: unknown, key: string, value: unknown) => unknown;

/** Options for writing payloads. */
export interface WriteOptions {
  maxDepth: number;
  replacer: Replacer | undefined;
}

type Container = Record<string | number, unknown>;

/** One container on the path from the payload to the current value. */
interface Frame {
  readonly parent: Frame | undefined;
  /** Number of containers on the path, this one included. */
  readonly depth: number;
  readonly source: Container;
  /** Absent for arrays, whose keys are indices. */
  readonly keys: readonly string[] | undefined;
  readonly size: number;
  /** Number of visited keys. */
  position: number;
  isEmpty: boolean;
}

/** The state of a payload that is being written. */
interface Writing extends WriteOptions {
  readonly parts: EncodedPart[];
  /** The innermost container that was begun but not ended. */
  frame: Frame | undefined;
}

/**
 * Writes the JSON of `holder[key]` as `JSON.stringify` does, except for binary, which is appended
 * to `parts`, numbered in the order of a depth-first walk, and replaced by placeholders. Iterative,
 * so that no nesting depth can overflow the stack; slower than `JSON.stringify`, and so only for
 * payloads that it can't write.
 */
export function writePayload(
  holder: object,
  key: string | number,
  parts: EncodedPart[],
  { maxDepth, replacer }: WriteOptions,
): string {
  const writing: Writing = { parts, maxDepth, replacer, frame: undefined };
  let json = writeValue(prepare(holder as Container, key, replacer), writing) ?? "null";
  for (let { frame } = writing; frame !== undefined; { frame } = writing) {
    if (frame.position < frame.size) {
      json += writeNext(frame, writing);
    } else {
      json += frame.keys === undefined ? "]" : "}";
      writing.frame = frame.parent;
    }
  }
  return json;
}

/**
 * Writes the next item or member of a container, or its beginning; empty if JSON omits the member.
 */
function writeNext(frame: Frame, writing: Writing): string {
  const { source, keys } = frame;
  const position = frame.position++;
  const key = keys?.[position] ?? position;
  const text = writeValue(prepare(source, key, writing.replacer), writing);
  if (text === undefined && keys !== undefined) {
    return "";
  }
  const comma = frame.isEmpty ? "" : ",";
  frame.isEmpty = false;
  return keys === undefined ? comma + (text ?? "null") : `${comma}${writeString(String(key))}:${text}`;
}

/**
 * Returns the value to write: the result of its `toJSON`, which is final, and then that of the
 * replacer.
 */
function prepare(holder: Container, key: string | number, replacer: Replacer | undefined): unknown {
  let value = holder[key];
  if (typeof value === "object" && value !== null) {
    if (!isPlain(value) && isBinary(value)) {
      return value;
    }
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === "function") {
      value = toJSON.call(value, String(key));
    }
  }
  return replacer === undefined ? value : replacer.call(holder, String(key), value);
}

/**
 * Writes a value; undefined if JSON omits it. Only the beginning of a container is written, its
 * content belongs to the next frame.
 */
function writeValue(value: unknown, writing: Writing): string | undefined {
  return typeof value === "object" && value !== null ? writeObject(value, writing) : writePrimitive(value);
}

function writeObject(value: object, writing: Writing): string {
  switch (kindOf(value)) {
    case "binary":
      return writeBinary(value as ArrayBuffer | ArrayBufferView, writing.parts);
    case "blob":
      throw new ParserError("UNSUPPORTED_BLOB");
    case "boxed":
      return JSON.stringify(value);
    case "container":
      return open(value as Container, writing);
  }
}

/** Appends binary to the parts, of which the first is the text; returns its placeholder. */
export function writeBinary(value: ArrayBuffer | ArrayBufferView, parts: EncodedPart[]): string {
  return placeholderText(parts.push(bytesOf(value)) - 2);
}

function open(source: Container, writing: Writing): string {
  const parent = writing.frame;
  const depth = parent === undefined ? 1 : parent.depth + 1;
  if (depth > writing.maxDepth) {
    throw isOnPath(source, parent)
      ? new ParserError("CYCLIC_PAYLOAD")
      : new ParserError("PAYLOAD_TOO_DEEP", `${writing.maxDepth} levels`);
  }
  const keys = Array.isArray(source) ? undefined : Object.keys(source);
  const size = keys === undefined ? (source as unknown as readonly unknown[]).length : keys.length;
  writing.frame = { parent, depth, source, keys, size, position: 0, isEmpty: true };
  return keys === undefined ? "[" : "{";
}

function isOnPath(source: Container, innermost: Frame | undefined): boolean {
  for (let frame = innermost; frame !== undefined; frame = frame.parent) {
    if (frame.source === source) {
      return true;
    }
  }
  return false;
}
