import { bytesOf, isBytes } from "./bytes.ts";
import type { Message } from "./packet.ts";
import { PreparedMessage, textOf } from "./prepared-message.ts";

/**
 * Values that can be sent as a message: of a buffer all bytes are sent, of a view those in view.
 */
export type Sendable = Message | ArrayBuffer | ArrayBufferView;

/**
 * Size (bytes) from which a message is framed at once, which saves a second copy when only its
 * frame is sent.
 */
const FRAMED_AT_ONCE = 65_536;

/** Copies bytes, so that the sender can't change them any more. */
function captured(given: ArrayBuffer | ArrayBufferView): Message {
  const bytes = bytesOf(given);
  return bytes.byteLength < FRAMED_AT_ONCE ? Buffer.from(bytes) : new PreparedMessage(bytes);
}

/**
 * Returns the message to send. Bytes are copied, because a message may be queued while its sender
 * reuses the memory.
 */
export function messageOf(given: Sendable): Message {
  if (typeof given === "string" || given instanceof PreparedMessage) return given;
  return isBytes(given) ? captured(given) : textOf(given);
}
