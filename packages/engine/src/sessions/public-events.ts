import type { EventEmitter } from "node:events";
import type { OutgoingPacket, PacketType } from "../protocol/packet.ts";
import { PreparedMessage } from "../protocol/prepared-message.ts";
import { safeCall } from "../time/rethrow-later.ts";

/**
 * Emits a public event during work that must continue. A listener's exception becomes an uncaught
 * exception afterwards.
 */
export function emitContained(events: EventEmitter, event: string, ...values: unknown[]): void {
  safeCall(() => events.emit(event, ...values));
}

/** An outgoing packet as listeners see it: with its text or bytes, also if it was prepared. */
export interface ShownPacket {
  readonly type: PacketType;
  readonly options: { readonly compress: boolean };
  readonly data?: string | Uint8Array;
}

/** Returns a packet in the form for listeners. */
export function shownPacket({ type, data, compress }: OutgoingPacket): ShownPacket {
  const options = { compress: compress !== false };
  if (data === undefined) return { type, options };
  return { type, options, data: data instanceof PreparedMessage ? data.data : data };
}
