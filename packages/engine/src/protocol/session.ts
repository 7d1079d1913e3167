import type { OutgoingPacket, ReceivedPacket, Revision } from "./packet.ts";

/** Which of a session's two possible wires: the one in use, or the one that an upgrade is probing. */
export type Wire = "current" | "candidate";

/** What the session must know of a wire. */
export interface WireTraits {
  /** True for long-polling: the peer fetches batches, so closing is a packet in one of them, not an event on the wire. */
  readonly polled: boolean;
}

/** Why a session ended (engine-protocol, "Closing"). */
export type CloseReason =
  | "transport close"
  | "transport error"
  | "parse error"
  | "ping timeout"
  | "forced close";

/** Times are in milliseconds. */
export interface SessionConfig {
  readonly revision: Revision;
  /** Revision 4: the server pings and the client answers. Revision 3: the other way round. */
  readonly pinger: "server" | "client";
  readonly pingInterval: number;
  readonly pingTimeout: number;
  /** From the arrival of a candidate wire to the packet that commits the upgrade. */
  readonly upgradeTimeout: number;
  /** While a candidate is probed, a pending poll is answered with a noop this long after the probe, and again. */
  readonly noopInterval: number;
  /** How long a closing session waits for the poll that takes the close packet. */
  readonly closeTimeout: number;
}

/** What the driver has to do, in this order. */
export type Effect =
  /** Hand this batch to the wire. The grant of that wire is used up. */
  | { readonly kind: "transmit"; readonly wire: Wire; readonly batch: readonly OutgoingPacket[] }
  /** End this wire: let it finish what it was sent, or not. */
  | { readonly kind: "drop"; readonly wire: Wire; readonly discard: boolean }
  /** A packet arrived on the current wire; `message` packets are for the application, the others are only observed. */
  | { readonly kind: "deliver"; readonly packet: ReceivedPacket }
  /** The peer proved to be alive (revision 4: a pong; revision 3: a ping that was answered). */
  | { readonly kind: "heartbeat" }
  /** A probe was answered: the peer is about to move to the candidate. */
  | { readonly kind: "upgrading" }
  /** The candidate is now the current wire; what was current has been dropped by an effect before this one. */
  | { readonly kind: "upgraded" }
  /** The candidate was given up; the session goes on where it was. A `drop` of the candidate came before, unless it had gone by itself. */
  | { readonly kind: "upgrade-failed" }
  /** The session is over. The last effect of all. */
  | { readonly kind: "closed"; readonly reason: CloseReason; readonly cause?: unknown };

export type SessionState = "opening" | "open" | "upgrading" | "closing" | "closed";

/**
 * One Engine.IO session as a pure state machine: no socket, no timer, no clock (engine-protocol, sections 6 to 8).
 *
 * Every input returns the effects that the driver must carry out, in order, before the next input; `deadline` then
 * tells when `elapse` must be called. Inputs in a state where they mean nothing return no effects.
 *
 * - Outgoing packets wait in the outbox; all of it leaves as one batch when the current wire holds a grant and `flush`,
 *   `grant` or a step of the protocol (open packet, heartbeat, close) comes. `send` alone never transmits: the driver
 *   calls `flush` at the end of the turn, so that what one turn produces leaves in one write.
 * - Nothing is lost, doubled or reordered by an upgrade: until the peer commits it the outbox drains through the old wire.
 */
export declare class SessionShape {
  constructor(config: SessionConfig, traits: WireTraits);
  readonly state: SessionState;
  /** When `elapse` must be called next, in the clock's milliseconds; Infinity if never. */
  readonly deadline: number;
  /** True when a message sent now would leave with the next flush and nothing is queued before it: what "volatile" looks at. */
  readonly writable: boolean;
  /** Packets that wait for a grant. */
  readonly outbox: readonly OutgoingPacket[];
  readonly upgraded: boolean;
  /** Starts the session: queues the open packet, and what is to follow it at once, and starts the heartbeat. */
  open(first: readonly OutgoingPacket[], now: number): readonly Effect[];
  /** Queues a packet. False when the session no longer takes any (closing, closed): the packet is dropped. */
  send(packet: OutgoingPacket): boolean;
  flush(now: number): readonly Effect[];
  /** A wire grants one batch. */
  grant(wire: Wire, now: number): readonly Effect[];
  receive(wire: Wire, packet: ReceivedPacket, now: number): readonly Effect[];
  /** A second wire asks to take over. False if it can't: not open, already upgrading or already upgraded. */
  offer(candidate: WireTraits, now: number): boolean;
  /** A wire ended (`transport close`) or broke (`transport error`, `parse error`). */
  lost(wire: Wire, reason: CloseReason, cause: unknown, now: number): readonly Effect[];
  /** Ends the session from this side: after the outbox has left, or at once without it. */
  close(discard: boolean, now: number): readonly Effect[];
  /** Time has passed; called at or after `deadline`. */
  elapse(now: number): readonly Effect[];
}
