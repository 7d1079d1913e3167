import type { Subject } from "../subject.ts";
import { type Codec, flat, type Part } from "./codec.ts";
import { ARGUMENTS } from "./samples.ts";
import { SAMPLES, type Sample, type Task } from "./task.ts";

const BETWEEN_LOOKS = 50;

/** The parts of a sample in the protocol's encoding, created by the reference codec. */
async function partsOf(sample: Sample): Promise<Part[]> {
  const { Encoder, PacketType } = await import("socket.io-parser");
  const parts = new Encoder().encode({ type: PacketType.EVENT, nsp: "/", data: ARGUMENTS[sample] });
  return parts.map((part) => (typeof part === "string" ? flat(part) : (part as Part)));
}

async function jobs(codec: Codec): Promise<Map<string, () => unknown>> {
  const all = new Map<string, () => unknown>();
  for (const sample of SAMPLES) {
    all.set(`encode ${sample}`, codec.encoding(ARGUMENTS[sample]));
    all.set(`decode ${sample}`, codec.decoding(await partsOf(sample)));
  }
  return all;
}

function repeat(job: () => unknown, milliseconds: number): number {
  const end = performance.now() + milliseconds;
  let done = 0;
  while (performance.now() < end) {
    for (let index = 0; index < BETWEEN_LOOKS; index++) job();
    done += BETWEEN_LOOKS;
  }
  return done;
}

/** Encodes and decodes packets without a network. */
export async function codecSubject(codec: Codec): Promise<Subject> {
  const all = await jobs(codec);
  // A server receives packets of all shapes: code that was run with one shape only would be faster
  // than in practice.
  for (const job of all.values()) repeat(job, 30);
  return {
    port: 0,
    place() {},
    code({ direction, sample }: Task, milliseconds) {
      const job = all.get(`${direction} ${sample}`);
      if (job === undefined) throw new Error(`there is no sample ${sample}`);
      return repeat(job, milliseconds);
    },
  };
}
