import { ParserError } from "../errors.ts";
import { escaped } from "../escaped.ts";
import { isEventName, isReserved } from "../event-names.ts";
import { readNamedAttachment } from "./named-attachment.ts";
import { isNestedDeeper } from "./nesting.ts";
import { PacketType } from "../packet.ts";
import { dropPrototypeKeys } from "./prototype-keys.ts";

/** Changes values on their way out of JSON, as the second argument of `JSON.parse` does. */
export type Reviver = (this: unknown, key: string, value: unknown) => unknown;

/** How payloads are read. */
export interface PayloadOptions {
  reviver: Reviver | undefined;
  maxDepth: number;
}

/** Parses the payload of a packet and checks that it has the shape which its type asks for. */
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

/** The same for a packet that has attachments: most of them are of a form that can be read without `JSON.parse`. */
export function readBinaryPayload(type: PacketType, json: string, options: PayloadOptions): unknown {
  const known = options.reviver === undefined && options.maxDepth > 1 ? readNamedAttachment(json) : undefined;
  return known === undefined || isReserved(known[0]) ? readPayload(type, json, options) : known;
}

/** An event must say its name; an acknowledgement without arguments may say nothing. */
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

/** The errors of `JSON.parse` refer to the whole text, and quote it as it is; this one does neither. */
function withoutSource(error: unknown): unknown {
  return error instanceof SyntaxError ? new SyntaxError(escaped(error.message)) : error;
}

/** Whether a payload, which is there, has the shape that its type asks for. */
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
