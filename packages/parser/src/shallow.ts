import { bytesOf, isBinary, kindOf, placeholderText } from "./binary.ts";

/** Longer strings are scanned faster by JSON.stringify, whose call then no longer weighs. */
const SHORT = 48;

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_SURROGATE = 0xd800;

/**
 * Writes the JSON of arguments that are all primitive or binary, and adds the binary ones to `attachments`. Undefined if
 * any is something else; `attachments` means nothing then.
 *
 * This exists for speed alone: such arguments are what most events have, and for them the price of JSON.stringify is
 * mostly the price of calling it.
 */
export function writeShallow(args: readonly unknown[], attachments: Uint8Array[]): string | undefined {
  if (args.some(isContainer)) {
    return undefined;
  }
  let json = "[";
  for (let i = 0; i < args.length; i++) {
    const argument = args[i];
    const text =
      typeof argument === "object" && argument !== null && isBinary(argument)
        ? writeBinary(argument, attachments)
        : writePrimitive(argument);
    if (text === undefined) {
      return undefined;
    }
    json += i === 0 ? text : `,${text}`;
  }
  return `${json}]`;
}

function isContainer(value: unknown): boolean {
  return typeof value === "object" && value !== null && kindOf(value) !== "binary";
}

function writeBinary(value: ArrayBuffer | ArrayBufferView, attachments: Uint8Array[]): string {
  return placeholderText(attachments.push(bytesOf(value)) - 1);
}

/** BigInts, functions and symbols are left to JSON.stringify, which may throw or ask their `toJSON`. */
function writePrimitive(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return writeString(value);
    case "number":
      return Number.isFinite(value) ? String(value) : "null";
    case "boolean":
      return value ? "true" : "false";
    case "undefined":
    case "object":
      return "null";
    default:
      return undefined;
  }
}

function writeString(value: string): string {
  return value.length <= SHORT && needsNoEscape(value) ? `"${value}"` : JSON.stringify(value);
}

/** Surrogates count as if they needed one: JSON.stringify escapes those that have no partner. */
function needsNoEscape(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code < SPACE || code === QUOTE || code === BACKSLASH || code >= FIRST_SURROGATE) {
      return false;
    }
  }
  return true;
}
