import { type Effect, NOTHING } from "./effects.ts";
import type { Outbox } from "./outbox.ts";
import { CLOSE, NOOP, type OutgoingPacket } from "../packet.ts";
import type { SessionConfig } from "./session-config.ts";

/**
 * How a closing session releases its transport. `orderly`: queued packets leave with the
 * transport's grants, and a poll of its own carries the close packet. `brief`: the transport gets
 * all queued packets at once; only a poll needed for them is awaited.
 */
export type Ending = "orderly" | "brief";

/**
 * Maximum duration (ms) of a brief close. A client that is still connected polls again within a
 * round trip.
 */
const MAX_BRIEF_MS = 5_000;

/** Returns the timeout (ms) for the peer to take queued packets. */
export function closeTimeoutOf(ending: Ending, { closeTimeout }: SessionConfig): number {
  return ending === "brief" ? Math.min(closeTimeout, MAX_BRIEF_MS) : closeTimeout;
}

/** What is sent now, and whether that was the last: then the transport can be dropped. */
export interface LastStep {
  readonly effects: readonly Effect[];
  readonly done: boolean;
}

const WAITING: LastStep = { effects: NOTHING, done: false };

function orderlyStep(outbox: Outbox, lastBatch: readonly OutgoingPacket[]): LastStep {
  const effects = outbox.drain();
  if (outbox.packets.length > 0) return WAITING;
  if (!outbox.polled) return { effects, done: true };
  return outbox.granted ? { effects: [outbox.transmit(lastBatch)], done: true } : { effects, done: false };
}

/**
 * Returns the step of a brief close. A batch of messages has no close packet: clients deliver
 * messages with a delay, and drop those that arrive in one response with a close packet.
 */
function briefStep(outbox: Outbox): LastStep {
  const waits = outbox.packets.length > 0;
  if (!outbox.polled || (waits && outbox.granted)) return { effects: outbox.empty(), done: true };
  if (waits) return WAITING;
  return { effects: outbox.granted ? [outbox.transmit([CLOSE])] : NOTHING, done: true };
}

/**
 * Returns the next step to end a session after its transport granted a batch, or its close was
 * requested (`asked`).
 */
export function lastStep(outbox: Outbox, ending: Ending, asked: boolean): LastStep {
  if (ending === "brief") return briefStep(outbox);
  return orderlyStep(outbox, asked ? [CLOSE] : [NOOP, CLOSE]);
}
