import { bytesOf } from "./bytes.ts";
import type { Message } from "./packet.ts";
import { PreparedMessage } from "./prepared-message.ts";

/** What an application may give as a message: of a buffer all bytes are meant, of a view those in view. */
export type Sendable = Message | ArrayBuffer | ArrayBufferView;

/** The message that is meant. What untyped programs and codecs give besides is sent as text, `null` as an empty one. */
export function messageOf(given: Sendable): Message {
  if (typeof given === "string" || given instanceof PreparedMessage || given instanceof Uint8Array)
    return given;
  if (given instanceof ArrayBuffer || ArrayBuffer.isView(given)) return bytesOf(given);
  return String(given ?? "");
}
