import type { Candidate } from "./candidate.ts";
import type { CloseStatus } from "../close-status.ts";
import type { Ending } from "./ending.ts";

/** What a session is doing. One that is closing may still be upgrading: the peer that waits for its new wire gets its last packets there. */
export type Phase =
  | { readonly kind: "opening" | "open" | "closed" }
  | { readonly kind: "upgrading"; readonly candidate: Candidate }
  | Closing;

/** Until when the last packets may leave, how, and what the peer is told then. */
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

/** True in the phases in which the application's packets are taken and sent, and those of the peer are delivered. */
export function takesPackets(phase: Phase): boolean {
  return phase.kind === "open" || phase.kind === "upgrading";
}

export function candidateOf(phase: Phase): Candidate | undefined {
  return phase.kind === "upgrading" || phase.kind === "closing" ? phase.candidate : undefined;
}

/** When something is due in a phase of limited time, whatever the peer's heartbeat; Infinity in the others. */
export function endOf(phase: Phase): number {
  const candidate = candidateOf(phase)?.deadline ?? Infinity;
  return phase.kind === "closing" ? Math.min(phase.until, candidate) : candidate;
}

/** The same phase once the candidate has taken over or was given up. */
export function withoutCandidate(phase: Phase): Phase {
  return phase.kind === "closing" ? { ...phase, candidate: undefined } : OPEN;
}
