import { deflate, gzip } from "node:zlib";
import type { HttpCompressionOptions } from "../options.ts";

export type ContentCoding = "gzip" | "deflate";

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

/** The coding that the client likes best: the highest quality first, then its own order. */
export function negotiateCoding(acceptEncoding: string | undefined): ContentCoding | undefined {
  if (acceptEncoding === undefined) return undefined;
  let best: Preference | undefined;
  for (const item of acceptEncoding.split(",")) {
    const preference = preferenceOf(item);
    if (preference !== undefined && preference.quality > (best?.quality ?? 0)) best = preference;
  }
  return best?.coding;
}

/** Compresses a body away from the event loop; `done` is called once, without a result when zlib refuses its options or fails. */
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
