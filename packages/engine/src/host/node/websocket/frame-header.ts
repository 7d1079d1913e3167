/** Frame opcodes (RFC 6455, section 5.2). */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const FINAL = 0x80;
const RESERVED_BITS = 0x70;
const OPCODE_BITS = 0x0f;
const MASKED = 0x80;
const LENGTH_BITS = 0x7f;
const MASK_LENGTH = 4;
const MAX_CONTROL_BYTES = 125;

/**
 * The header of a client's frame. One object is reused, because it is read once for every incoming
 * message.
 */
export interface FrameHeader {
  opcode: number;
  final: boolean;
  /** Bytes before the payload; the last four are the mask. */
  headerLength: number;
  payloadLength: number;
}

/** `partial`: more bytes are needed. `invalid`: not allowed from a client. */
export type HeaderOutcome = "partial" | "whole" | "invalid";

export function emptyHeader(): FrameHeader {
  return { opcode: 0, final: false, headerLength: 0, payloadLength: 0 };
}

function isKnown(opcode: number): boolean {
  return opcode <= OPCODE.binary || (opcode >= OPCODE.close && opcode <= OPCODE.pong);
}

/**
 * Whether a client may send this frame without extensions: no reserved bits, masked, control frames
 * short and unfragmented, and continuations only inside a fragmented message.
 */
function isAllowed(first: number, second: number, insideMessage: boolean): boolean {
  const opcode = first & OPCODE_BITS;
  if ((first & RESERVED_BITS) !== 0 || (second & MASKED) === 0 || !isKnown(opcode)) return false;
  if (opcode >= OPCODE.close) return (first & FINAL) !== 0 && (second & LENGTH_BITS) <= MAX_CONTROL_BYTES;
  return (opcode === OPCODE.continuation) === insideMessage;
}

/** Returns the number of length bytes after the first two. */
function extendedLength(short: number): number {
  if (short < 126) return 0;
  return short === 126 ? 2 : 8;
}

function payloadLength(bytes: Buffer, at: number, short: number): number {
  if (short < 126) return short;
  if (short === 126) return bytes.readUInt16BE(at + 2);
  return bytes.readUInt32BE(at + 2) * 2 ** 32 + bytes.readUInt32BE(at + 6);
}

/**
 * Reads the header that begins at `at` into `header`, which is only valid when the outcome is
 * `whole`. The mask need not have arrived for that.
 */
export function readFrameHeader(
  bytes: Buffer,
  at: number,
  insideMessage: boolean,
  header: FrameHeader,
): HeaderOutcome {
  const available = bytes.length - at;
  if (available < 2) return "partial";
  const first = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  if (!isAllowed(first, second, insideMessage)) return "invalid";
  const short = second & LENGTH_BITS;
  const lengthEnd = 2 + extendedLength(short);
  if (available < lengthEnd) return "partial";
  header.opcode = first & OPCODE_BITS;
  header.final = (first & FINAL) !== 0;
  header.headerLength = lengthEnd + MASK_LENGTH;
  header.payloadLength = payloadLength(bytes, at, short);
  return "whole";
}
