import type { Writable } from "node:stream";
import { PreparedMessage } from "../../../protocol/prepared-message.ts";
import type { WireMessage } from "../../host.ts";

const FINAL_TEXT = 0x81;
const FINAL_BINARY = 0x82;
const FINAL_CLOSE = 0x88;
const FINAL_PONG = 0x8a;

/** Maximum payload of a control frame, minus the two bytes of the code in a close frame. */
const MAX_REASON_BYTES = 123;

/** Payload lengths of the current batch. One array is reused, because this runs once per write. */
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
    return start + writeText(target, message, start, length);
  }
  const start = writeHeader(target, offset, FINAL_BINARY, length);
  target.set(message, start);
  return start + length;
}

/**
 * Writes a text. ASCII strings have as many bytes as characters, and are then written several times
 * as fast.
 */
function writeText(target: Buffer, text: string, offset: number, length: number): number {
  return target.write(text, offset, length, length === text.length ? "latin1" : "utf8");
}

/**
 * Maximum size (bytes) of frames that are kept for the next connection, and of encoded frames that
 * are copied.
 */
const MAX_KEPT_BYTES = 65_536;

/**
 * The last batch of prepared messages only. Several broadcasts in one turn give every connection
 * the same batch.
 */
let keptBatch: readonly WireMessage[] = [];
let keptFrames: Uint8Array = Buffer.alloc(0);

function isKept(messages: readonly WireMessage[]): boolean {
  if (messages.length !== keptBatch.length) return false;
  for (let index = 0; index < messages.length; index++) {
    if (messages[index] !== keptBatch[index]) return false;
  }
  return true;
}

function isPrepared(messages: readonly WireMessage[]): boolean {
  for (const message of messages) if (!(message instanceof PreparedMessage)) return false;
  return true;
}

function join(messages: readonly WireMessage[]): Uint8Array {
  let total = 0;
  for (let index = 0; index < messages.length; index++) total += measure(messages[index] ?? "", index);
  const bytes = Buffer.allocUnsafe(total);
  let offset = 0;
  for (let index = 0; index < messages.length; index++) {
    offset = writeMessage(bytes, offset, messages[index] ?? "", index);
  }
  return bytes;
}

/**
 * Encodes a batch of messages as unmasked frames (RFC 6455, section 5.2) in one buffer: one write,
 * one system call. The buffer of a batch of prepared messages is shared by all its connections and
 * must not be modified.
 */
export function encodeFrames(messages: readonly WireMessage[]): Uint8Array {
  const [first] = messages;
  if (!(first instanceof PreparedMessage)) return join(messages);
  if (messages.length === 1) return first.webSocketFrame;
  if (isKept(messages)) return keptFrames;
  const frames = join(messages);
  if (frames.byteLength <= MAX_KEPT_BYTES && isPrepared(messages)) {
    keptBatch = messages.slice();
    keptFrames = frames;
  }
  return frames;
}

function isLargeFrame(message: WireMessage | undefined): boolean {
  return message instanceof PreparedMessage && message.webSocketFrame.byteLength > MAX_KEPT_BYTES;
}

function hasLargeFrame(messages: readonly WireMessage[]): boolean {
  for (const message of messages) if (isLargeFrame(message)) return true;
  return false;
}

/** Returns the end of the frames that are written together with the one at `start`. */
function runEnd(messages: readonly WireMessage[], start: number): number {
  let end = start + 1;
  while (end < messages.length && !isLargeFrame(messages[end]) && !isLargeFrame(messages[start])) end += 1;
  return end;
}

/**
 * Writes a batch of messages in one system call. Large encoded frames are passed on without a copy,
 * which would be the largest cost per connection.
 */
export function writeFrames(socket: Writable, messages: readonly WireMessage[]): void {
  if (messages.length === 1 || !hasLargeFrame(messages)) {
    socket.write(encodeFrames(messages));
    return;
  }
  socket.cork();
  try {
    for (let start = 0; start < messages.length; ) {
      const end = runEnd(messages, start);
      socket.write(encodeFrames(messages.slice(start, end)));
      start = end;
    }
  } finally {
    socket.uncork();
  }
}

/** Encodes a close frame (RFC 6455, section 5.5.1). A reason that is too long is omitted. */
export function closeFrame(code?: number, reason = ""): Uint8Array {
  if (code === undefined) return Uint8Array.of(FINAL_CLOSE, 0);
  const text = Buffer.from(reason);
  const rest = text.length > MAX_REASON_BYTES ? Buffer.alloc(0) : text;
  return Buffer.concat([Uint8Array.of(FINAL_CLOSE, 2 + rest.length, code >> 8, code & 0xff), rest]);
}

/** Encodes the response to a ping (RFC 6455, section 5.5.3). */
export function pongFrame(payload: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(FINAL_PONG, payload.byteLength), payload]);
}
