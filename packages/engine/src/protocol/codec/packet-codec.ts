import { asBuffer, fromBase64 } from "../bytes.ts";
import type { Message, OutgoingPacket, ReceivedPacket } from "../packet.ts";
import { decodeDigitAndText, encodeAsText } from "./text-packet.ts";

// Revision 4 (engine-protocol, "Packet types and text encoding"). The contracts are in PacketCodec.

/** The prefix of binary in base64. It has no type, because binary is always a message. */
const BINARY_MARK = "b";

export function encodeText(packet: OutgoingPacket): string {
  return encodeAsText(packet, BINARY_MARK);
}

export function encodeForWebSocket(packet: OutgoingPacket, base64: boolean): Message {
  const { data } = packet;
  if (data === undefined || typeof data === "string" || base64) return encodeText(packet);
  return data;
}

export function decodeText(text: string): ReceivedPacket {
  if (text.startsWith(BINARY_MARK)) return { type: "message", data: fromBase64(text.slice(1)) };
  return decodeDigitAndText(text);
}

export function decodeBinary(bytes: Uint8Array): ReceivedPacket {
  return { type: "message", data: asBuffer(bytes) };
}
