import type { Message } from "./packet.ts";
import { PreparedMessage } from "./prepared-message.ts";

/**
 * Returns the size of a payload for every limit and counter of the engine: the bytes of binary
 * data, and the UTF-16 units of a text. That is exact for ASCII and never more than what is sent;
 * an exact UTF-8 count would need a pass over every text.
 */
export function payloadSize(data: Message | undefined): number {
  if (data === undefined) return 0;
  const plain = data instanceof PreparedMessage ? data.data : data;
  return typeof plain === "string" ? plain.length : plain.byteLength;
}
