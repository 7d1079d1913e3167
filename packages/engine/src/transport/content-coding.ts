import type { IncomingHttpHeaders } from "node:http";
import { deflate, gzip } from "node:zlib";
import { chooseCoding } from "../http/accept-encoding.ts";
import type { HttpCompressionOptions } from "../options.ts";
import type { OutgoingPacket } from "../protocol/packet.ts";

const CODINGS = ["gzip", "deflate"] as const;

export type ContentCoding = (typeof CODINGS)[number];

/** Maximum bytes of one UTF-16 unit in UTF-8. */
const MAX_UNIT_BYTES = 3;

/**
 * Whether a body has at least this many bytes. Most have far fewer, which is decided without
 * counting them.
 */
function hasLength(body: string | Uint8Array, bytes: number): boolean {
  return body.length * MAX_UNIT_BYTES >= bytes && Buffer.byteLength(body) >= bytes;
}

/** Returns the coding of a long-polling response; undefined to send it uncompressed. */
export function responseCoding(
  setting: boolean | HttpCompressionOptions,
  batch: readonly OutgoingPacket[],
  body: string | Uint8Array,
  request: IncomingHttpHeaders,
): ContentCoding | undefined {
  if (setting === false) return undefined;
  const threshold = typeof setting === "object" ? (setting.threshold ?? 0) : 0;
  if (!hasLength(body, threshold)) return undefined;
  if (!batch.some((packet) => packet.compress !== false)) return undefined;
  return chooseCoding(request["accept-encoding"], CODINGS);
}

/**
 * Compresses a body off the event loop; `done` is called once, without a result when zlib rejects
 * its options or fails.
 */
export function compressBody(
  body: string | Uint8Array,
  coding: ContentCoding,
  options: HttpCompressionOptions,
  done: (compressed: Uint8Array | undefined) => void,
): void {
  const compress = coding === "gzip" ? gzip : deflate;
  try {
    compress(body, options, (error, compressed) => done(error === null ? compressed : undefined));
  } catch {
    done(undefined);
  }
}
