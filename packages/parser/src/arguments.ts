import { bytesOf, isBinary, placeholderText } from "./binary.ts";
import { writePrimitive } from "./primitive.ts";
import { isPlainJson } from "./scan.ts";
import { PayloadWriter, type Replacer } from "./write.ts";

/**
 * Writes the JSON of an event's or acknowledgement's arguments and adds their binary to `attachments`.
 *
 * Each argument is written in the fastest way that will do: by hand if it is primitive or binary, since then the price of
 * JSON.stringify is mostly that of calling it; by JSON.stringify if it can; else by the `PayloadWriter`.
 */
export function writeArguments(
  args: readonly unknown[],
  attachments: Uint8Array[],
  maxDepth: number,
): string {
  let json = "[";
  for (let i = 0; i < args.length; i++) {
    const argument = args[i];
    const text =
      typeof argument === "object" && argument !== null
        ? writeObject(args, i, argument, attachments, maxDepth - 1)
        : writePrimitive(argument);
    json += i === 0 ? (text ?? "null") : `,${text ?? "null"}`;
  }
  return `${json}]`;
}

/** The same for arguments that a replacer may change: it must meet them in their list, as it does in JSON.stringify. */
export function writeReplaced(
  args: readonly unknown[],
  attachments: Uint8Array[],
  maxDepth: number,
  replacer: Replacer,
): string {
  return isPlainJson(args, maxDepth)
    ? JSON.stringify(args, replacer)
    : new PayloadWriter(attachments, maxDepth, replacer).write({ "": args }, "");
}

function writeObject(
  args: readonly unknown[],
  index: number,
  value: object,
  attachments: Uint8Array[],
  maxDepth: number,
): string {
  if (isPlainJson(value, maxDepth)) {
    return JSON.stringify(value);
  }
  if (isBinary(value)) {
    return placeholderText(attachments.push(bytesOf(value)) - 1);
  }
  return new PayloadWriter(attachments, maxDepth, undefined).write(args, index);
}
