import type { CloseReason, CloseStatus } from "../close-status.ts";
import type { OutgoingPacket, ReceivedPacket } from "../packet.ts";

/** The role of a session's transport: the one in use, or the one that an upgrade probes. */
export type TransportRole = "current" | "candidate";

/** The properties of a transport that matter to the session. */
export interface TransportTraits {
  /**
   * True for long-polling: the peer fetches batches, so closing is a packet in a batch instead of
   * an event of the transport.
   */
  readonly polled: boolean;
}

/** An action that the driver must carry out, in the given order. */
export type Effect =
  /** Hands this batch to the transport, which uses up its grant. */
  | { readonly kind: "transmit"; readonly wire: TransportRole; readonly batch: readonly OutgoingPacket[] }
  /** Ends this transport with a status for the peer; `discard` drops what is not sent yet. */
  | {
      readonly kind: "drop";
      readonly wire: TransportRole;
      readonly discard: boolean;
      readonly status: CloseStatus;
    }
  /**
   * A packet arrived on the current transport; `message` packets are for the application, others
   * are only observed.
   */
  | { readonly kind: "deliver"; readonly packet: ReceivedPacket }
  /** The peer proved to be alive (revision 4: a pong; revision 3: a ping that was answered). */
  | { readonly kind: "heartbeat" }
  /**
   * A probe was answered, or will be with the candidate's next grant: the peer is about to move to
   * the candidate.
   */
  | { readonly kind: "upgrading" }
  /** The candidate is now the current transport; an earlier effect has dropped the previous one. */
  | { readonly kind: "upgraded" }
  /**
   * The upgrade failed and the session continues on its transport; a `drop` of the candidate came
   * before. `status` is the one sent to the candidate, undefined if the peer closed it.
   */
  | { readonly kind: "upgrade-failed"; readonly status: CloseStatus | undefined }
  /**
   * The session is closed; always the last effect. Every transport it still had, also a lost one,
   * got a `drop` before.
   */
  | { readonly kind: "closed"; readonly reason: CloseReason; readonly cause?: unknown };

/** The effects of an input without consequences; shared, because most inputs have none. */
export const NOTHING: readonly Effect[] = Object.freeze([]);
