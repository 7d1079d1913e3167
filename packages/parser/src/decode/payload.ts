import { ParserError } from "../errors.ts";
import { escaped } from "../escaped.ts";
import { isEventName, isReserved } from "../event-names.ts";
import { readNamedAttachment } from "./named-attachment.ts";
import { isNestedDeeper } from "./nesting.ts";
import { PacketType } from "../packet.ts";
import { dropPrototypeKeys } from "./prototype-keys.ts";

/** Transforms decoded JSON values, like the second argument of `JSON.parse`. */
export type Reviver = (this: unknown, key: string, value: unknown) => unknown;

/** Options for reading payloads. */
export interface PayloadOptions {
  reviver: Reviver | undefined;
  maxDepth: number;
}

/** Parses the payload of a packet and checks that it has the shape required by the type. */
export function readPayload(type: PacketType, json: string, options: PayloadOptions): unknown {
  if (json === "") {
    return absentPayload(type);
  }
  if (isNestedDeeper(json, options.maxDepth)) {
    throw new ParserError("NESTED_TOO_DEEP");
  }
  const payload = parse(json, options.reviver);
  if (!hasShape(type, payload)) {
    throw new ParserError("INVALID_PAYLOAD");
  }
  dropPrototypeKeys(payload, json);
  return payload;
}

/**
 * Parses the payload of a packet with attachments: the most frequent form is read without
 * `JSON.parse`.
 */
export function readBinaryPayload(type: PacketType, json: string, options: PayloadOptions): unknown {
  const known = options.reviver === undefined && options.maxDepth > 1 ? readNamedAttachment(json) : undefined;
  return known === undefined || isReserved(known[0]) ? readPayload(type, json, options) : known;
}

/**
 * Returns the value of an absent payload: an event requires a name, but an acknowledgement may have
 * no arguments.
 */
function absentPayload(type: PacketType): unknown {
  switch (type) {
    case PacketType.EVENT:
      throw new ParserError("INVALID_PAYLOAD");
    case PacketType.ACK:
      return [];
    default:
      return undefined;
  }
}

function parse(json: string, reviver: Reviver | undefined): unknown {
  try {
    return JSON.parse(json, reviver);
  } catch (error) {
    throw new ParserError("INVALID_PAYLOAD", undefined, { cause: withoutSource(error) });
  }
}

/** Replaces errors of `JSON.parse`, which reference the whole text and quote it unescaped. */
function withoutSource(error: unknown): unknown {
  return error instanceof SyntaxError ? new SyntaxError(escaped(error.message)) : error;
}

/** Whether a present payload has the shape required by its type. */
export function hasShape(type: PacketType, payload: unknown): boolean {
  switch (type) {
    case PacketType.EVENT:
      return Array.isArray(payload) && isAllowedEvent(payload[0]);
    case PacketType.ACK:
      return Array.isArray(payload);
    case PacketType.CONNECT:
      return isRecord(payload);
    case PacketType.CONNECT_ERROR:
      return typeof payload === "string" || isRecord(payload);
    default:
      return false;
  }
}

function isAllowedEvent(name: unknown): boolean {
  return isEventName(name) && !isReserved(name);
}

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
