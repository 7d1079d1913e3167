import type { DisconnectReason } from "./api.ts";

/** How a client that lost its connection can come back as the same one (socketio-protocol, "Connection state recovery"). */
export interface RecoveryOptions {
  /** How long sessions and events are kept, in milliseconds. Default: 120000. */
  maxDisconnectionDuration?: number;
  /** Whether a recovered socket goes past the middlewares. Default: true. */
  skipMiddlewares?: boolean;
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
