import { bytesOf, kindOf, placeholder } from "./binary.ts";
import { ParserError } from "./errors.ts";

/** A payload ready for `JSON.stringify`, and the binary that was taken out of it. */
export interface Extraction {
  data: unknown;
  /** In the order of their placeholders' numbers, which is the order of a depth-first walk. */
  attachments: Uint8Array[];
}

/**
 * Takes the binary out of a payload and leaves placeholders. The caller's objects are not touched: those that hold
 * binary somewhere below are copied, all others are shared with the result.
 *
 * `toJSON` is called here, once for each object that has one, and not again by `JSON.stringify`.
 */
export function extractBinary(data: readonly unknown[], maxDepth: number): Extraction {
  const attachments: Uint8Array[] = [];
  const holder = frameOf([data], undefined, "");
  const path = [holder];
  for (let frame: Frame | undefined = holder; frame !== undefined; frame = path[path.length - 1]) {
    if (frame.position === frame.size) {
      path.pop();
      handOver(frame);
      continue;
    }
    const below = visit(frame, attachments);
    if (below !== undefined) {
      // The holder is the path's first frame but no level of the payload.
      if (path.length > maxDepth) {
        throw tooDeep(below, path, maxDepth);
      }
      path.push(below);
    }
  }
  return { data: (holder.copy ?? holder.source)[0], attachments };
}

/** Deals with a container's next value; answers with the frame to descend into, if it is a container. */
function visit(frame: Frame, attachments: Uint8Array[]): Frame | undefined {
  const position = frame.position++;
  const key = frame.keys?.[position] ?? position;
  const original = frame.source[key];
  if (typeof original !== "object" || original === null) {
    return undefined;
  }
  // A Buffer has a `toJSON` too.
  if (ArrayBuffer.isView(original) || !hasToJson(original)) {
    return visitObject(original, frame, key, attachments);
  }
  // Text, and JSON.stringify will ask for it.
  if (original.toJSON === Date.prototype.toJSON) {
    return undefined;
  }
  return visitAnswer(original.toJSON(String(key)), frame, key, attachments);
}

/**
 * Deals with what a `toJSON` answered. The answer is final, even if it has a `toJSON` itself: only a copy without one
 * keeps JSON.stringify from asking again.
 */
function visitAnswer(answer: unknown, frame: Frame, key: string | number, attachments: Uint8Array[]) {
  write(frame, key, answer);
  if (typeof answer !== "object" || answer === null) {
    return undefined;
  }
  const below = visitObject(answer, frame, key, attachments);
  if (below !== undefined && hasToJson(answer)) {
    write(below, "toJSON", undefined);
  }
  return below;
}

function visitObject(value: object, frame: Frame, key: string | number, attachments: Uint8Array[]) {
  switch (kindOf(value)) {
    case "container":
      return frameOf(value, frame, key);
    case "blob":
      throw new ParserError("UNSUPPORTED_BLOB");
    case "binary":
      write(frame, key, placeholder(attachments.push(bytesOf(value as ArrayBuffer | ArrayBufferView)) - 1));
      return undefined;
  }
}

function tooDeep(below: Frame, path: readonly Frame[], maxDepth: number): ParserError {
  return path.some((frame) => frame.source === below.source)
    ? new ParserError("CYCLIC_PAYLOAD")
    : new ParserError("PAYLOAD_TOO_DEEP", `${maxDepth} levels`);
}

function hasToJson(value: object): value is { toJSON: (key: string) => unknown } {
  return "toJSON" in value && typeof value.toJSON === "function";
}

type Container = Record<string | number, unknown>;

/**
 * One container on the path from the payload to the value at hand, copied as soon as something in it changes.
 * A plain record, since frames are made by the thousand.
 */
interface Frame {
  readonly source: Container;
  readonly parent: Frame | undefined;
  /** The parent's key for this container. */
  readonly slot: string | number;
  /** Absent for arrays: their keys are counted. */
  readonly keys: readonly string[] | undefined;
  readonly size: number;
  /** How many keys were visited. */
  position: number;
  copy: Container | undefined;
}

function frameOf(source: object, parent: Frame | undefined, slot: string | number): Frame {
  const keys = Array.isArray(source) ? undefined : Object.keys(source);
  const size = keys === undefined ? (source as readonly unknown[]).length : keys.length;
  return { source: source as Container, parent, slot, keys, size, position: 0, copy: undefined };
}

/** The copy has every own key before one is set, `__proto__` too: setting never reaches a prototype's setter. */
function write(frame: Frame, key: string | number, value: unknown): void {
  frame.copy ??= copyOf(frame.source);
  frame.copy[key] = value;
}

/** Once all in a container is visited: if it was copied, its parent must hold the copy. */
function handOver(frame: Frame): void {
  if (frame.copy !== undefined && frame.parent !== undefined) {
    write(frame.parent, frame.slot, frame.copy);
  }
}

function copyOf(source: Container): Container {
  return (Array.isArray(source) ? source.slice() : { ...source }) as Container;
}
