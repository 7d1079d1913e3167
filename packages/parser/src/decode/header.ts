import { ParserError } from "../errors.ts";
import { PacketType } from "../packet.ts";
import { BINARY_OFFSET } from "../wire.ts";

/** The text part of a packet before its payload (socketio-protocol, "Packet encoding"). */
export interface Header {
  type: PacketType;
  /** Number of binary parts that follow; 0 for the types without attachments. */
  attachments: number;
  nsp: string;
  id: number | undefined;
  /** Index at which the payload begins; the text's length if there is none. */
  end: number;
}

const ZERO = 0x30;
const DASH = 0x2d;
const SLASH = 0x2f;
const NINE = 0x39;
const LAST_ASCII = 0x7f;

/**
 * Reads the header of a text part. Characters are read one by one, and only numbers are collected.
 */
export function readHeader(text: string, maxAttachments: number): Header {
  const wireType = digitAt(text, 0);
  if (wireType < 0 || wireType > PacketType.ACK + BINARY_OFFSET) {
    throw new ParserError("UNKNOWN_PACKET_TYPE", wireType < 0 ? Number.NaN : wireType);
  }
  const header = { type: packetType(wireType), attachments: 0, nsp: "/", id: undefined, end: 1 };
  if (wireType > PacketType.CONNECT_ERROR) {
    readAttachments(text, header, maxAttachments);
  }
  // Most packets have neither namespace nor id: their payload begins here, with a bracket.
  const next = text.charCodeAt(header.end);
  if (next > NINE && next < LAST_ASCII) {
    return header;
  }
  if (text.charCodeAt(header.end) === SLASH) {
    readNamespace(text, header);
  }
  readAckId(text, header);
  return header;
}

function packetType(wireType: number): PacketType {
  return (wireType > PacketType.CONNECT_ERROR ? wireType - BINARY_OFFSET : wireType) as PacketType;
}

function readAttachments(text: string, header: Header, maxAttachments: number): void {
  const start = header.end;
  const end = skipDigits(text, start);
  const count = numberIn(text, start, end);
  if (end === start || text.charCodeAt(end) !== DASH || count < 1) {
    throw new ParserError("ILLEGAL_ATTACHMENT_COUNT");
  }
  if (count > maxAttachments) {
    throw new ParserError("TOO_MANY_ATTACHMENTS");
  }
  header.attachments = count;
  header.end = end + 1;
}

/** Reads up to the next comma, or to the end: a namespace with nothing after it needs no comma. */
function readNamespace(text: string, header: Header): void {
  const comma = text.indexOf(",", header.end);
  const end = comma === -1 ? text.length : comma;
  header.nsp = text.slice(header.end, end);
  header.end = comma === -1 ? end : end + 1;
}

/** Reads the acknowledgement id. White space around it or in its place is ignored. */
function readAckId(text: string, header: Header): void {
  const start = skipSpace(text, header.end);
  const end = skipDigits(text, start);
  header.end = skipSpace(text, end);
  if (end === start) {
    return;
  }
  const id = numberIn(text, start, end);
  if (!Number.isSafeInteger(id)) {
    throw new ParserError("ILLEGAL_ACK_ID");
  }
  header.id = id;
}

function skipSpace(text: string, start: number): number {
  let end = start;
  while (end < text.length && text.charAt(end).trim() === "") {
    end++;
  }
  return end;
}

function skipDigits(text: string, start: number): number {
  let end = start;
  while (digitAt(text, end) >= 0) {
    end++;
  }
  return end;
}

/**
 * Returns the number; exact up to the largest safe integer, and only known to be larger beyond it.
 */
function numberIn(text: string, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) {
    value = value * 10 + digitAt(text, i);
  }
  return value;
}

/** Returns the value of a digit; -1 for any other character and the end of the text. */
function digitAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code >= ZERO && code <= NINE ? code - ZERO : -1;
}
