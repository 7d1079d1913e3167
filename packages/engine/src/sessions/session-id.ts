import { randomFillSync } from "node:crypto";

const RANDOM_BYTES = 12;
const COUNTER_BYTES = 3;
const BYTES = RANDOM_BYTES + COUNTER_BYTES;

/** Number of ids prepared at once: a call for random bytes costs more than the rest of an id. */
const IDS_AT_ONCE = 128;

/**
 * Creates a source of session ids: 20 characters of `[A-Za-z0-9_-]`, 96 random bits followed by a
 * counter, so that ids of one process never repeat (engine-protocol, "Session id"). Sticky load
 * balancers and cluster adapters rely on the length.
 */
export function createIdSource(): () => string {
  const prepared = Buffer.alloc(BYTES * IDS_AT_ONCE);
  let used = prepared.length;
  let counter = 0;
  const prepare = (): void => {
    randomFillSync(prepared);
    for (let at = RANDOM_BYTES; at < prepared.length; at += BYTES) {
      prepared.writeUIntBE(counter, at, COUNTER_BYTES);
      counter = (counter + 1) & 0xff_ff_ff;
    }
    used = 0;
  };
  return () => {
    if (used === prepared.length) prepare();
    used += BYTES;
    return prepared.toString("base64url", used - BYTES, used);
  };
}
