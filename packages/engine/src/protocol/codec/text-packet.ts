import { EngineError } from "../../errors.ts";
import { toBase64 } from "../bytes.ts";
import type { OutgoingPacket, PacketType, ReceivedPacket } from "../packet.ts";
import { PreparedMessage } from "../prepared-message.ts";

const TYPES: readonly PacketType[] = ["open", "close", "ping", "pong", "message", "upgrade", "noop"];
const ZERO = 48;

/** The digit of each packet type, the same on every transport (engine-protocol, "Packet types"). */
const DIGITS: Readonly<Record<PacketType, string>> = {
  open: "0",
  close: "1",
  ping: "2",
  pong: "3",
  message: "4",
  upgrade: "5",
  noop: "6",
};

/**
 * Encodes a packet as text; binary, which is always a message, as the revision's mark and base64.
 */
export function encodeAsText(packet: OutgoingPacket, binaryMark: string): string {
  const { type, data } = packet;
  if (data === undefined) return DIGITS[type];
  if (typeof data === "string") return DIGITS[type] + data;
  if (!(data instanceof PreparedMessage)) return binaryMark + toBase64(data);
  const { wireMessage } = data;
  return typeof wireMessage === "string" ? wireMessage : binaryMark + data.base64;
}

/**
 * Decodes a digit and the optional text after it. Throws `PARSE_ERROR` if `text` does not start
 * with the digit of a type.
 */
export function decodeDigitAndText(text: string): ReceivedPacket {
  const type = TYPES[text.charCodeAt(0) - ZERO];
  if (type === undefined) throw new EngineError("PARSE_ERROR");
  return text.length === 1 ? { type } : { type, data: text.slice(1) };
}
