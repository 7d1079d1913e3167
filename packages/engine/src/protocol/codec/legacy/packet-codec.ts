import { EngineError } from "../../../errors.ts";
import { asBuffer, fromBase64 } from "../../bytes.ts";
import type { Message, OutgoingPacket, ReceivedPacket } from "../../packet.ts";
import { PreparedMessage } from "../../prepared-message.ts";
import { decodeDigitAndText, encodeAsText } from "../text-packet.ts";

// Revision 3 (engine-protocol, "EIO=3"). The contracts are in PacketCodec.

/**
 * The type of all binary packets, which are always messages: a byte before bytes, a digit before
 * base64.
 */
const MESSAGE_BYTE = 4;
const BINARY_MARK = "b4";

export function encodeText(packet: OutgoingPacket): string {
  return encodeAsText(packet, BINARY_MARK);
}

export function isBinary(packet: OutgoingPacket): boolean {
  const data = packet.data instanceof PreparedMessage ? packet.data.data : packet.data;
  return data instanceof Uint8Array;
}

/** Returns the type byte and the bytes; undefined for a text packet. */
export function encodeBytes(packet: OutgoingPacket): Uint8Array | undefined {
  const { data } = packet;
  if (data instanceof Uint8Array) return Buffer.concat([Uint8Array.of(MESSAGE_BYTE), data]);
  return data instanceof PreparedMessage && isBinary(packet) ? data.legacyBytes : undefined;
}

export function encodeForWebSocket(packet: OutgoingPacket, base64: boolean): Message {
  // A prepared text is the same in both revisions, so its encoded frame is used.
  if (packet.data instanceof PreparedMessage && !isBinary(packet)) return packet.data;
  const bytes = base64 ? undefined : encodeBytes(packet);
  return bytes ?? encodeText(packet);
}

export function decodeText(text: string): ReceivedPacket {
  if (text.startsWith(BINARY_MARK)) return { type: "message", data: fromBase64(text.slice(2)) };
  return decodeDigitAndText(text);
}

export function decodeBinary(bytes: Uint8Array): ReceivedPacket {
  if (bytes[0] !== MESSAGE_BYTE) throw new EngineError("PARSE_ERROR");
  return { type: "message", data: asBuffer(bytes).subarray(1) };
}
