import { randomBytes } from "node:crypto";

/** 20 random characters of `[A-Za-z0-9_-]`: sharded adapters know a socket's own room by that length. */
export function randomId(): string {
  return randomBytes(15).toString("base64url");
}
