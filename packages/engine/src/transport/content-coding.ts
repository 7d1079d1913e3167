import type { IncomingHttpHeaders } from "node:http";
import { deflate, gzip } from "node:zlib";
import type { HttpCompressionOptions } from "../options.ts";
import type { OutgoingPacket } from "../protocol/packet.ts";

export type ContentCoding = "gzip" | "deflate";

/** Maximum bytes of one UTF-16 unit in UTF-8. */
const MAX_UNIT_BYTES = 3;

interface Preference {
  readonly coding: ContentCoding;
  readonly quality: number;
}

function preferenceOf(item: string): Preference | undefined {
  const [name = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
  const coding = name === "*" ? "gzip" : name;
  if (coding !== "gzip" && coding !== "deflate") return undefined;
  const weight = parameters.find((parameter) => parameter.startsWith("q="));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return quality > 0 ? { coding, quality } : undefined;
}

/** Returns the client's preferred coding: by quality, then by the client's order. */
function negotiateCoding(acceptEncoding: string | undefined): ContentCoding | undefined {
  if (acceptEncoding === undefined) return undefined;
  let best: Preference | undefined;
  for (const item of acceptEncoding.split(",")) {
    const preference = preferenceOf(item);
    if (preference !== undefined && preference.quality > (best?.quality ?? 0)) best = preference;
  }
  return best?.coding;
}

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
  const accepted = request["accept-encoding"];
  return negotiateCoding(Array.isArray(accepted) ? accepted.join(",") : accepted);
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
