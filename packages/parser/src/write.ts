import { bytesOf, isBinary, kindOf, placeholderText } from "./binary.ts";
import { ParserError } from "./errors.ts";
import { writePrimitive, writeString } from "./primitive.ts";

/** Changes values on their way into JSON, as the second argument of `JSON.stringify` does. */
export type Replacer = (this: unknown, key: string, value: unknown) => unknown;

type Container = Record<string | number, unknown>;

/** One container on the path from the payload to the value at hand. A plain record: they are made by the thousand. */
interface Frame {
  readonly source: Container;
  /** Absent for arrays: their keys are counted. */
  readonly keys: readonly string[] | undefined;
  readonly size: number;
  /** How many keys were visited. */
  position: number;
  isEmpty: boolean;
}

/**
 * Writes the JSON of a payload as JSON.stringify does, but for its binary: that goes to `attachments`, numbered in the
 * order of a depth-first walk, and leaves placeholders. Iterative, so that no depth can overflow the stack; slower than
 * JSON.stringify, hence only for payloads that it can't write.
 */
export class PayloadWriter {
  readonly #attachments: Uint8Array[];
  readonly #maxDepth: number;
  readonly #replacer: Replacer | undefined;
  readonly #path: Frame[] = [];
  #json = "";

  constructor(attachments: Uint8Array[], maxDepth: number, replacer: Replacer | undefined) {
    this.#attachments = attachments;
    this.#maxDepth = maxDepth;
    this.#replacer = replacer;
  }

  /** Writes the value that `holder` has at `key`. Once for each writer. */
  write(holder: object, key: string | number): string {
    this.#writeValue(this.#prepare(holder as Container, key), "", true);
    for (let frame = this.#path.at(-1); frame !== undefined; frame = this.#path[this.#path.length - 1]) {
      if (frame.position === frame.size) {
        this.#json += frame.keys === undefined ? "]" : "}";
        this.#path.pop();
      } else {
        this.#writeNext(frame);
      }
    }
    return this.#json;
  }

  #writeNext(frame: Frame): void {
    const position = frame.position++;
    const key = frame.keys?.[position] ?? position;
    const value = this.#prepare(frame.source, key);
    const comma = frame.isEmpty ? "" : ",";
    const lead = frame.keys === undefined ? comma : `${comma}${writeString(String(key))}:`;
    if (this.#writeValue(value, lead, frame.keys === undefined)) {
      frame.isEmpty = false;
    }
  }

  /** What stands for a value in JSON: the answer of its `toJSON`, which is final, and then that of the replacer. */
  #prepare(holder: Container, key: string | number): unknown {
    const value = holder[key];
    if (typeof value !== "object" || value === null) {
      return this.#replace(holder, key, value);
    }
    if (isBinary(value)) {
      return value;
    }
    return this.#replace(holder, key, hasToJson(value) ? value.toJSON(String(key)) : value);
  }

  #replace(holder: Container, key: string | number, value: unknown): unknown {
    return this.#replacer === undefined ? value : this.#replacer.call(holder, String(key), value);
  }

  /** False if JSON leaves the value out. A container is only begun: its content is the next frame's. */
  #writeValue(value: unknown, lead: string, isItem: boolean): boolean {
    const text =
      typeof value === "object" && value !== null ? this.#writeObject(value) : writePrimitive(value);
    if (text === undefined && !isItem) {
      return false;
    }
    this.#json += lead + (text ?? "null");
    return true;
  }

  #writeObject(value: object): string {
    switch (kindOf(value)) {
      case "binary":
        return placeholderText(this.#attachments.push(bytesOf(value as ArrayBuffer | ArrayBufferView)) - 1);
      case "blob":
        throw new ParserError("UNSUPPORTED_BLOB");
      case "boxed":
        return JSON.stringify(value);
      case "container":
        return this.#open(value as Container);
    }
  }

  #open(source: Container): string {
    if (this.#path.length >= this.#maxDepth) {
      throw this.#path.some((frame) => frame.source === source)
        ? new ParserError("CYCLIC_PAYLOAD")
        : new ParserError("PAYLOAD_TOO_DEEP", `${this.#maxDepth} levels`);
    }
    const keys = Array.isArray(source) ? undefined : Object.keys(source);
    const size = keys === undefined ? (source as unknown as readonly unknown[]).length : keys.length;
    this.#path.push({ source, keys, size, position: 0, isEmpty: true });
    return keys === undefined ? "[" : "{";
  }
}

function hasToJson(value: object): value is { toJSON: (key: string) => unknown } {
  return "toJSON" in value && typeof value.toJSON === "function";
}
