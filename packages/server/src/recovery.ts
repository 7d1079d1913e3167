import type { DisconnectReason } from "./api.ts";

/** How a client that lost its connection can come back as the same one (socketio-protocol, "Connection state recovery"). */
export interface RecoveryOptions {
  /** How long sessions and events are kept, in milliseconds. Default: 120000. */
  maxDisconnectionDuration?: number;
  /** Whether a recovered socket goes past the middlewares. Default: true. */
  skipMiddlewares?: boolean;
}

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

/** What a client takes for an event's offset: its last argument, if that is a string (socketio-protocol, section 7). */
export function offsetOf(data: unknown): string | undefined {
  const last: unknown = Array.isArray(data) ? data.at(-1) : undefined;
  return typeof last === "string" ? last : undefined;
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
