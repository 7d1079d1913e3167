import type { CandidateConfig } from "./candidate.ts";
import type { HeartbeatConfig } from "./heartbeat.ts";
import type { Revision } from "../packet.ts";

/** Times are in milliseconds. */
export interface SessionConfig extends HeartbeatConfig, CandidateConfig {
  readonly revision: Revision;
  /** How long a closing session waits for the grants that take its last packets. */
  readonly closeTimeout: number;
}
