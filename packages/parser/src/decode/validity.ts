import { type Packet, PacketType } from "../packet.ts";
import { hasShape } from "./payload.ts";

/**
 * Whether a value is a packet that a peer may send (socketio-protocol, "Packet types"): a
 * namespace, a known type, data of the shape required by the type, an event name that is not
 * reserved, and an integer id.
 */
export function isPacketValid(packet: unknown): packet is Packet {
  if (typeof packet !== "object" || packet === null) return false;
  const { type, nsp, data, id } = packet as Record<keyof Packet, unknown>;
  if (typeof nsp !== "string" || !(id === undefined || Number.isInteger(id))) return false;
  return data === undefined ? needsNoData(type) : hasShape(type as Packet["type"], data);
}

function needsNoData(type: unknown): boolean {
  return type === PacketType.CONNECT || type === PacketType.DISCONNECT;
}
