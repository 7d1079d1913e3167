/** The maximum size (bytes) of an outbox, and the policy beyond it. Read on use. */
export interface OutboxLimits {
  readonly maxOutboxBytes: number;
  readonly outboxPolicy: "close" | "refuse-volatile";
}
