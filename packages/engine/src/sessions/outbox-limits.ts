/** How much may wait for a peer, in bytes, and what happens then. Read when used. */
export interface OutboxLimits {
  readonly maxOutboxBytes: number;
  readonly outboxPolicy: "close" | "refuse-volatile";
}
