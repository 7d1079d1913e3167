import type { EngineOptions } from "@skein/engine";
import type { Errand } from "./talk.ts";

/** No bytes, one, both sides of each change of a WebSocket frame's length field, a megabyte. */
const SIZES = [0, 1, 125, 126, 65_535, 65_536, 65_537, 1_000_000];
const TEN_MEGABYTES = 10_000_000;

/**
 * The limit for a message of ten megabytes: one byte more for its type, and a third more in base64.
 */
export const ROOMY: EngineOptions = { maxHttpBufferSize: 14_000_000, allowEIO3: true };

/** The ways of a client, and the transports that it is on in the course of each. */
export const PATHS = [
  ["long-polling", ["polling"]],
  ["WebSocket", ["websocket"]],
  ["an upgrade", ["polling", "websocket"]],
] as const;

export type Transports = (typeof PATHS)[number][1];

/** Messages of every size, small ones of them while the upgrade is on its way. */
export function everySize(url: string, transports: Transports, options: object = {}): Errand {
  return {
    url,
    options: { ...options, transports },
    first: [0, 1, 125, 126, 65_536],
    sizes: [...SIZES, TEN_MEGABYTES],
  };
}

/**
 * In a page the old client takes only whole buffers for binary. It converts a view to base64 with
 * one argument on the stack per byte, before any request: above about 100 kB that throws a
 * RangeError.
 */
export function everySizeOfOldPages(url: string, transports: Transports): Errand {
  return { ...everySize(url, transports), buffers: true };
}

/** A few messages. */
export function aFew(url: string, transports: Transports, options: object = {}): Errand {
  return { url, options: { ...options, transports }, first: [1], sizes: [0, 126, 65_536] };
}

/** The same before and after a cut. */
export function acrossACut(url: string, transports: Transports): Errand {
  return { ...aFew(url, transports), untilCut: true };
}
