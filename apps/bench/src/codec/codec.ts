import type { CodecName } from "../implementations.ts";

export type Part = string | Uint8Array;

/** A codec under measurement: each function does the work once for each call. */
export interface Codec {
  encoding(args: readonly unknown[]): () => unknown;
  decoding(parts: readonly Part[]): () => unknown;
}

interface Packet {
  type: number;
  nsp: string;
  data: unknown;
}

/** What both packages export, as far as it is used here. */
interface ParserModule {
  Encoder: new () => { encode(packet: Packet): unknown[] };
  Decoder: new () => {
    add(part: Part): void;
    on(event: "decoded", listener: (packet: unknown) => void): unknown;
  };
}

const EVENT = 2;

/** Both through the contract that they share: `encode` with a packet, `add` and the `decoded` event. */
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

/** The least that any codec in JavaScript does: it knows no headers, meets no binary and checks nothing. */
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

/** Buffers have a `toJSON`, so that a replacer meets its answer. */
function isBytes(value: unknown): boolean {
  return typeof value === "object" && value !== null && "type" in value && value.type === "Buffer";
}

/** A text as it comes from the network: in one piece, while what was joined or cut is still in several. */
export function flat(text: string): string {
  return Buffer.from(text).toString();
}

/** Each process loads what it measures and nothing else. */
export const CODEC: Record<CodecName, () => Promise<Codec>> = {
  "socket.io-parser": async () => viaParser(await import("socket.io-parser")),
  "skein-parser": async () => viaParser((await import("@skein/parser")) as unknown as ParserModule),
  json: () => Promise.resolve(bareJson),
};
