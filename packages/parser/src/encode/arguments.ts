import { isBinary, isPlain } from "../binary.ts";
import type { EncodedPart } from "../parser.ts";
import { writePrimitive } from "../primitive.ts";
import { isPlainJson } from "./scan.ts";
import { type Replacer, writeBinary, writePayload } from "./write.ts";

/**
 * Writes the JSON of an event's or acknowledgement's arguments and appends their binary to `parts`,
 * which already has a place for the text.
 *
 * Each argument is written in the fastest possible way: directly if it is primitive or binary,
 * because a call of `JSON.stringify` costs more than its work then; by `JSON.stringify` if
 * possible; otherwise by `writePayload`.
 */
export function writeArguments(args: readonly unknown[], parts: EncodedPart[], maxDepth: number): string {
  let json = "[";
  for (let i = 0; i < args.length; i++) {
    const argument = args[i];
    const text =
      typeof argument === "object" && argument !== null
        ? writeObject(args, i, argument, parts, maxDepth - 1)
        : writePrimitive(argument);
    json += i === 0 ? (text ?? "null") : `,${text ?? "null"}`;
  }
  return `${json}]`;
}

/** Writes arguments with a replacer, which receives them in their list as in `JSON.stringify`. */
export function writeReplaced(
  args: readonly unknown[],
  parts: EncodedPart[],
  maxDepth: number,
  replacer: Replacer,
): string {
  return isPlainJson(args, maxDepth)
    ? JSON.stringify(args, replacer)
    : writePayload({ "": args }, "", parts, { maxDepth, replacer });
}

function writeObject(
  args: readonly unknown[],
  index: number,
  value: object,
  parts: EncodedPart[],
  maxDepth: number,
): string {
  if (!isPlain(value) && isBinary(value)) {
    return writeBinary(value, parts);
  }
  if (isPlainJson(value, maxDepth)) {
    return JSON.stringify(value);
  }
  return writePayload(args, index, parts, { maxDepth, replacer: undefined });
}
