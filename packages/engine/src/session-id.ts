import { randomFillSync } from "node:crypto";

const RANDOM_BYTES = 12;

/** Randomness is drawn for so many ids at once: a call for it costs more than all the rest of an id. */
const IDS_AT_ONCE = 128;

/**
 * A source of session ids: 20 characters of `[A-Za-z0-9_-]`, 96 random bits followed by a counter, so that ids of one
 * process never repeat (engine-protocol, "Session id"). Sticky load balancers and cluster adapters rely on the length.
 */
export function createIdSource(): () => string {
  const bytes = Buffer.alloc(RANDOM_BYTES + 3);
  const drawn = Buffer.alloc(RANDOM_BYTES * IDS_AT_ONCE);
  let used = drawn.length;
  let counter = 0;
  return () => {
    if (used === drawn.length) {
      randomFillSync(drawn);
      used = 0;
    }
    drawn.copy(bytes, 0, used, used + RANDOM_BYTES);
    used += RANDOM_BYTES;
    bytes.writeUIntBE(counter, RANDOM_BYTES, 3);
    counter = (counter + 1) & 0xff_ff_ff;
    return bytes.toString("base64url");
  };
}
