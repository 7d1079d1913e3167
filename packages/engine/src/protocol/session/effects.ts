import type { CloseReason, CloseStatus } from "../close-status.ts";
import type { OutgoingPacket, ReceivedPacket } from "../packet.ts";

/** Which of a session's two possible wires: the one in use, or the one that an upgrade is probing. */
export type TransportRole = "current" | "candidate";

/** What the session must know of a wire. */
export interface TransportTraits {
  /** True for long-polling: the peer fetches batches, so closing is a packet in one of them, not an event on the wire. */
  readonly polled: boolean;
}

/** What the driver has to do, in this order. */
export type Effect =
  /** Hand this batch to the wire. The grant of that wire is used up. */
  | { readonly kind: "transmit"; readonly wire: TransportRole; readonly batch: readonly OutgoingPacket[] }
  /** End this wire, with this word to the peer: let it finish what it was sent, or not. */
  | {
      readonly kind: "drop";
      readonly wire: TransportRole;
      readonly discard: boolean;
      readonly status: CloseStatus;
    }
  /** A packet arrived on the current wire; `message` packets are for the application, the others are only observed. */
  | { readonly kind: "deliver"; readonly packet: ReceivedPacket }
  /** The peer proved to be alive (revision 4: a pong; revision 3: a ping that was answered). */
  | { readonly kind: "heartbeat" }
  /** A probe was answered, or will be with the candidate's next grant: the peer is about to move to the candidate. */
  | { readonly kind: "upgrading" }
  /** The candidate is now the current wire; what was current has been dropped by an effect before this one. */
  | { readonly kind: "upgraded" }
  /**
   * The candidate was given up; the session goes on where it was. A `drop` of the candidate came before. `status` is what
   * that said, and undefined where the candidate had left by itself.
   */
  | { readonly kind: "upgrade-failed"; readonly status: CloseStatus | undefined }
  /** The session is over. The last effect of all. A `drop` of every wire it still had came before, also of a lost one. */
  | { readonly kind: "closed"; readonly reason: CloseReason; readonly cause?: unknown };

/** What an input without consequences returns: shared, because most inputs have none. */
export const NOTHING: readonly Effect[] = Object.freeze([]);
