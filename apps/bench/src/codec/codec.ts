import type { CodecName } from "../implementations.ts";

export type Part = string | Uint8Array;

/** A codec under measurement; each call of a returned function does the work once. */
export interface Codec {
  encoding(args: readonly unknown[]): () => unknown;
  decoding(parts: readonly Part[]): () => unknown;
}

interface Packet {
  type: number;
  nsp: string;
  data: unknown;
}

/** The common exports of both packages that are used here. */
interface ParserModule {
  Encoder: new () => { encode(packet: Packet): unknown[] };
  Decoder: new () => {
    add(part: Part): void;
    on(event: "decoded", listener: (packet: unknown) => void): unknown;
  };
}

const EVENT = 2;

/**
 * Uses both packages through their common interface: `encode` with a packet, `add` and the
 * `decoded` event.
 */
function viaParser({ Encoder, Decoder }: ParserModule): Codec {
  const encoder = new Encoder();
  const decoder = new Decoder();
  let decoded: unknown;
  decoder.on("decoded", (packet) => {
    decoded = packet;
  });
  return {
    encoding: (data) => () => encoder.encode({ type: EVENT, nsp: "/", data }),
    decoding: (parts) => () => {
      for (const part of parts) decoder.add(part);
      return decoded;
    },
  };
}

/** The minimum work of any codec in JavaScript: no headers, no binary and no checks. */
const bareJson: Codec = {
  encoding(args) {
    const plain: unknown = JSON.parse(
      JSON.stringify(args, (_key, value: unknown) => (isBytes(value) ? PLACEHOLDER : value)),
    );
    return () => JSON.stringify(plain);
  },
  decoding([text]) {
    const json = flat(String(text).slice(String(text).indexOf("[")));
    return () => JSON.parse(json) as unknown;
  },
};

const PLACEHOLDER = { _placeholder: true, num: 0 };

/** Whether a value is bytes. Buffers have a `toJSON`, so a replacer receives its result. */
function isBytes(value: unknown): boolean {
  return typeof value === "object" && value !== null && "type" in value && value.type === "Buffer";
}

/**
 * Copies a text into one piece, as received from the network: joined or cut strings consist of
 * several.
 */
export function flat(text: string): string {
  return Buffer.from(text).toString();
}

/** Loaders of the codecs: each process loads only the codec that it measures. */
export const CODEC: Record<CodecName, () => Promise<Codec>> = {
  "socket.io-parser": async () => viaParser(await import("socket.io-parser")),
  "skein-parser": async () => viaParser((await import("@skein/parser")) as unknown as ParserModule),
  json: () => Promise.resolve(bareJson),
};
