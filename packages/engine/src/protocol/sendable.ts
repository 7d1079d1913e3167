import { bytesOf, isBytes } from "./bytes.ts";
import type { Message } from "./packet.ts";
import { PreparedMessage, textOf } from "./prepared-message.ts";

/** What an application may give as a message: of a buffer all bytes are meant, of a view those in view. */
export type Sendable = Message | ArrayBuffer | ArrayBufferView;

/** Bytes from which a message is framed at once: where its frame is all that is sent, it needs no second copy. */
const FRAMED_AT_ONCE = 65_536;

/** A copy that nobody else can change. */
function captured(given: ArrayBuffer | ArrayBufferView): Message {
  const bytes = bytesOf(given);
  return bytes.byteLength < FRAMED_AT_ONCE ? Buffer.from(bytes) : new PreparedMessage(bytes);
}

/**
 * The message that is meant. Bytes are copied, because a message may wait and its sender may use the memory again.
 */
export function messageOf(given: Sendable): Message {
  if (typeof given === "string" || given instanceof PreparedMessage) return given;
  return isBytes(given) ? captured(given) : textOf(given);
}
