import { randomBytes } from "node:crypto";

const RANDOM_BYTES = 12;

/**
 * A source of session ids: 20 characters of `[A-Za-z0-9_-]`, 96 random bits followed by a counter, so that ids of one
 * process never repeat (engine-protocol, "Session id"). Sticky load balancers and cluster adapters rely on the length.
 */
export function createIdSource(): () => string {
  let counter = 0;
  return () => {
    const bytes = Buffer.allocUnsafe(RANDOM_BYTES + 3);
    randomBytes(RANDOM_BYTES).copy(bytes);
    bytes.writeUIntBE(counter, RANDOM_BYTES, 3);
    counter = (counter + 1) & 0xff_ff_ff;
    return bytes.toString("base64url");
  };
}
