import { randomFillSync } from "node:crypto";

const BYTES = 15;

/** Randomness for so many ids at once: a call for it costs more than all the rest of an id. */
const drawn = Buffer.alloc(128 * BYTES);
let used = drawn.length;

/** 20 random characters of `[A-Za-z0-9_-]`: sharded adapters know a socket's own room by that length. */
export function randomId(): string {
  if (used === drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  used += BYTES;
  return drawn.toString("base64url", used - BYTES, used);
}
