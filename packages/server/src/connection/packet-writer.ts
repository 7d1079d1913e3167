import type { BroadcastFlags } from "@skein/adapter";
import type { Connection, SendOptions } from "@skein/engine";
import type { PacketParts } from "../broadcast/topics/encoded-packet.ts";

const UNCOMPRESSED: SendOptions = { compress: false };

/**
 * Returns whether the peer keeps up with output. If much was sent in this tick, or nothing may be
 * sent, the transport reports its state only after a flush.
 */
function keepsUp(connection: Connection): boolean {
  if (connection.writable) return true;
  return connection.settle() && connection.writable;
}

/** Sends all parts of a packet, or none if it is volatile and the peer is slow. */
export function writePacket(connection: Connection, parts: PacketParts, flags: BroadcastFlags): void {
  if (flags.volatile === true && !keepsUp(connection)) return;
  const options = flags.compress === false ? UNCOMPRESSED : undefined;
  for (let index = 0; index < parts.length; index++) connection.send(parts[index] ?? "", options);
}
