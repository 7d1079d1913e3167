import { type Effect, NOTHING } from "./effects.ts";
import type { Outbox } from "./outbox.ts";
import { CLOSE, NOOP, type OutgoingPacket } from "../packet.ts";
import type { SessionConfig } from "./session-config.ts";

/**
 * How a session that closes lets go of its wire. `orderly`: all that waits leaves with the wire's grants, and a poll of its own
 * is told of the close. `brief`: the wire gets all that waits at once, and only a poll that must come for it is waited for.
 */
export type Ending = "orderly" | "brief";

/** Longest wait of a brief close, in milliseconds. A client that is still there polls again within a round trip. */
const MAX_BRIEF_MS = 5_000;

/** Milliseconds that the peer has to take what waits. */
export function closeTimeoutOf(ending: Ending, { closeTimeout }: SessionConfig): number {
  return ending === "brief" ? Math.min(closeTimeout, MAX_BRIEF_MS) : closeTimeout;
}

/** What leaves now, and whether that was the last of it: then the wire can be dropped. */
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

/** Clients hand messages on after a delay, and drop those that come in one answer with a close packet. */
function briefStep(outbox: Outbox): LastStep {
  const waits = outbox.packets.length > 0;
  if (!outbox.polled || (waits && outbox.granted)) return { effects: outbox.empty(), done: true };
  if (waits) return WAITING;
  return { effects: outbox.granted ? [outbox.transmit([CLOSE])] : NOTHING, done: true };
}

/** The next step towards the end of a session whose wire has just granted a batch, or whose close was just asked for (`asked`). */
export function lastStep(outbox: Outbox, ending: Ending, asked: boolean): LastStep {
  if (ending === "brief") return briefStep(outbox);
  return orderlyStep(outbox, asked ? [CLOSE] : [NOOP, CLOSE]);
}
