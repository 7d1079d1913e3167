import { Decoder, Encoder, type Packet, type Parser } from "@skein/parser";
import * as publishedMsgpack from "socket.io-msgpack-parser";
import * as published from "socket.io-parser";

/** The published MessagePack codec; its declarations say less than it does. */
export const msgpack = publishedMsgpack as unknown as Parser;

/** One packet as a MessagePack message. */
export function packed(packet: unknown): Buffer {
  const [part] = new msgpack.Encoder().encode(packet as Packet);
  return part as Buffer;
}

/** The packet in a MessagePack message. */
export function unpacked(message: string | Uint8Array): unknown {
  let packet: unknown;
  const decoder = new msgpack.Decoder();
  decoder.on("decoded", (decoded) => {
    packet = decoded;
  });
  decoder.add(message);
  return packet;
}

/**
 * The JSON of a packet, split into all kinds of parts that a codec may return: text, bytes, views
 * and buffers.
 */
class ChunkedEncoder {
  encode(packet: Packet): (string | Uint8Array)[] {
    const bytes = new TextEncoder().encode(JSON.stringify(packet));
    const third = Math.ceil(bytes.length / 3);
    const cut = (index: number): Uint8Array<ArrayBuffer> => bytes.slice(index * third, (index + 1) * third);
    const parts: unknown[] = ["3", Buffer.from(cut(0)), cut(1).buffer, new DataView(cut(2).buffer)];
    return parts as Uint8Array[];
  }
}

class ChunkedDecoder {
  readonly #parts: Uint8Array[] = [];
  #missing = 0;
  #listener: ((packet: Packet) => void) | undefined;

  on(_event: "decoded", listener: (packet: Packet) => void): void {
    this.#listener = listener;
  }

  off(): void {
    this.#listener = undefined;
  }

  add(part: string | Uint8Array): void {
    if (typeof part === "string") {
      this.#missing = Number(part);
      return;
    }
    this.#parts.push(new Uint8Array(part));
    this.#missing -= 1;
    if (this.#missing > 0) return;
    const text = new TextDecoder().decode(Buffer.concat(this.#parts.splice(0)));
    this.#listener?.(JSON.parse(text) as Packet);
  }

  destroy(): void {}
}

/** A codec of several parts, mostly not text. */
export const chunked: Parser = { Encoder: ChunkedEncoder, Decoder: ChunkedDecoder };

/** Dates and big integers, which JSON has no words for, in words of the application's. */
function replacer(this: unknown, key: string, value: unknown): unknown {
  if (typeof value === "bigint") return { big: String(value) };
  const original = (this as Record<string, unknown>)[key];
  return original instanceof Date ? { date: original.getTime() } : value;
}

function reviver(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("big" in value) return BigInt(String(value.big));
  return "date" in value ? new Date(Number(value.date)) : value;
}

/** Skein's codec with the application's own words. */
export const revivingSkein: Parser = {
  Encoder: class extends Encoder {
    constructor() {
      super(replacer);
    }
  },
  Decoder: class extends Decoder {
    constructor() {
      super(reviver);
    }
  },
};

/** The published codec with the same words. */
export const revivingPublished = {
  Encoder: class extends published.Encoder {
    constructor() {
      super(replacer);
    }
  },
  Decoder: class extends published.Decoder {
    constructor() {
      super(reviver);
    }
  },
} as unknown as Parser;
