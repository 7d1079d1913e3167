import type { Candidate } from "./candidate.ts";
import type { CloseStatus } from "../close-status.ts";
import type { Ending } from "./ending.ts";

/**
 * The phase of a session. A closing session may still be upgrading: a peer that awaits its new
 * transport gets its last packets there.
 */
export type Phase =
  | { readonly kind: "opening" | "open" | "closed" }
  | { readonly kind: "upgrading"; readonly candidate: Candidate }
  | Closing;

/** The deadline for the last packets, how they are sent, and the final status for the peer. */
export interface Closing {
  readonly kind: "closing";
  readonly until: number;
  readonly status: CloseStatus;
  readonly ending: Ending;
  readonly candidate: Candidate | undefined;
}

export type SessionState = Phase["kind"];

export const OPENING: Phase = { kind: "opening" };
export const OPEN: Phase = { kind: "open" };
export const CLOSED: Phase = { kind: "closed" };

/**
 * True in the phases in which packets of the application are taken and sent, and those of the peer
 * are delivered.
 */
export function takesPackets(phase: Phase): boolean {
  return phase.kind === "open" || phase.kind === "upgrading";
}

export function candidateOf(phase: Phase): Candidate | undefined {
  return phase.kind === "upgrading" || phase.kind === "closing" ? phase.candidate : undefined;
}

/**
 * Returns the deadline of a phase, apart from the peer's heartbeat; Infinity if the phase has none.
 */
export function endOf(phase: Phase): number {
  const candidate = candidateOf(phase)?.deadline ?? Infinity;
  return phase.kind === "closing" ? Math.min(phase.until, candidate) : candidate;
}

/** Returns the same phase after the candidate became current or was dropped. */
export function withoutCandidate(phase: Phase): Phase {
  return phase.kind === "closing" ? { ...phase, candidate: undefined } : OPEN;
}
