import { randomFillSync } from "node:crypto";

const BYTES = 15;

/** Random bytes for 128 ids, because a call for them costs more than the rest of an id. */
const drawn = Buffer.alloc(128 * BYTES);
let used = drawn.length;

/**
 * Returns 20 random characters of `[A-Za-z0-9_-]`. Sharded adapters recognise a socket's own room
 * by that length.
 */
export function randomId(): string {
  if (used === drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  used += BYTES;
  return drawn.toString("base64url", used - BYTES, used);
}
