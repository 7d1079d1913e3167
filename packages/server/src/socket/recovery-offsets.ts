import type { DisconnectReason } from "../api.ts";

/** The offsets of the first and the last event that went out to a socket. */
export class SentOffsets {
  first: string;
  last: string;

  constructor(offset: string) {
    this.first = offset;
    this.last = offset;
  }

  /** As they are now: what listeners send to a socket that is ending goes out to it too. */
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

/** Whether a client may come back after this end of its connection (socketio-protocol, "Connection state recovery"). */
export function isRecoverable(reason: DisconnectReason): boolean {
  return RECOVERABLE.has(reason);
}
