import type { EngineCounters } from "@skein/engine";

/** How long a client may take for its first packet, in milliseconds. */
export const UPGRADE_TIMEOUT = 500;

/** Flow-control windows. Node 20 can't announce them, so both ends use the same. */
export const FLOW = { initialStreamFlowControlWindow: 1_000_000, initialSessionFlowControlWindow: 1_000_000 };

/** Requests to the server over IPC: for its state, or for its state after closing the engine. */
export type Question = "state" | "close";

export interface State {
  readonly sessions: number;
  /** Alarms of the engine's clock. */
  readonly armed: number;
  readonly counters: EngineCounters;
}

export type Answer = State | { readonly port: number };

/** How far a client goes. */
export const STAGES = [
  "no stream",
  "a stream and no bytes",
  "half a packet",
  "garbage",
  "an open session",
  "an open session and half a packet",
] as const;

export type Stage = (typeof STAGES)[number];
