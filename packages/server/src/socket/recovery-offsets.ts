import type { DisconnectReason } from "../api.ts";

/** Offsets of the first and the last event sent to a socket. */
export class SentOffsets {
  first: string;
  last: string;

  constructor(offset: string) {
    this.first = offset;
    this.last = offset;
  }

  /** Returns a snapshot, because listeners may still send to an ending socket. */
  copy(): Pick<SentOffsets, "first" | "last"> {
    return { first: this.first, last: this.last };
  }
}

const RECOVERABLE: ReadonlySet<DisconnectReason> = new Set<DisconnectReason>([
  "transport error",
  "transport close",
  "forced close",
  "ping timeout",
  "server shutting down",
  "forced server close",
]);

/**
 * Whether a session can be recovered after this reason (socketio-protocol, "Connection state
 * recovery").
 */
export function isRecoverable(reason: DisconnectReason): boolean {
  return RECOVERABLE.has(reason);
}
