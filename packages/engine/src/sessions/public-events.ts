import type { EventEmitter } from "node:events";
import type { OutgoingPacket, PacketType } from "../protocol/packet.ts";
import { PreparedMessage } from "../protocol/prepared-message.ts";
import { callContained } from "../time/rethrow-later.ts";

/**
 * Emits an event of the public edge in the middle of work that must go on. What a listener throws is the application's
 * own error, and reaches the process as uncaught afterwards.
 */
export function emitContained(events: EventEmitter, event: string, ...values: unknown[]): void {
  callContained(() => events.emit(event, ...values));
}

/** A packet on its way out as listeners see it: with its text or bytes, however it was prepared. */
export interface ShownPacket {
  readonly type: PacketType;
  readonly options: { readonly compress: boolean };
  readonly data?: string | Uint8Array;
}

/** Shows a packet to listeners. */
export function shownPacket({ type, data, compress }: OutgoingPacket): ShownPacket {
  const options = { compress: compress !== false };
  if (data === undefined) return { type, options };
  return { type, options, data: data instanceof PreparedMessage ? data.data : data };
}
