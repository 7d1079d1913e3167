import { PreparedMessage } from "../../protocol/prepared-message.ts";
import type { WireMessage } from "../host.ts";

const FINAL_TEXT = 0x81;
const FINAL_BINARY = 0x82;

/** Payload lengths of the batch being framed: one array for all, because this runs once per write. */
const lengths: number[] = [];

function headerLength(payload: number): number {
  if (payload < 126) return 2;
  return payload < 65_536 ? 4 : 10;
}

function measure(message: WireMessage, index: number): number {
  if (message instanceof PreparedMessage) return message.webSocketFrame.byteLength;
  const length = typeof message === "string" ? Buffer.byteLength(message) : message.byteLength;
  lengths[index] = length;
  return headerLength(length) + length;
}

function writeHeader(target: Buffer, offset: number, first: number, length: number): number {
  target[offset] = first;
  if (length < 126) {
    target[offset + 1] = length;
    return offset + 2;
  }
  if (length < 65_536) {
    target[offset + 1] = 126;
    return target.writeUInt16BE(length, offset + 2);
  }
  target[offset + 1] = 127;
  return target.writeBigUInt64BE(BigInt(length), offset + 2);
}

function writeMessage(target: Buffer, offset: number, message: WireMessage, index: number): number {
  if (message instanceof PreparedMessage) {
    target.set(message.webSocketFrame, offset);
    return offset + message.webSocketFrame.byteLength;
  }
  const length = lengths[index] ?? 0;
  if (typeof message === "string") {
    const start = writeHeader(target, offset, FINAL_TEXT, length);
    return start + target.write(message, start, length);
  }
  const start = writeHeader(target, offset, FINAL_BINARY, length);
  target.set(message, start);
  return start + length;
}

/**
 * Whole unmasked frames for a batch of messages (RFC 6455, section 5.2), in one piece of memory: one write, one
 * system call. The frame of a single prepared message is returned as it is.
 */
export function encodeFrames(messages: readonly WireMessage[]): Uint8Array {
  const [first] = messages;
  if (messages.length === 1 && first instanceof PreparedMessage) return first.webSocketFrame;
  let total = 0;
  for (const [index, message] of messages.entries()) total += measure(message, index);
  const bytes = Buffer.allocUnsafe(total);
  let offset = 0;
  for (const [index, message] of messages.entries()) offset = writeMessage(bytes, offset, message, index);
  return bytes;
}
