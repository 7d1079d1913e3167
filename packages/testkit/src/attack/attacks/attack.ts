import type { VictimOptions } from "../messages.ts";
import type { VictimProcess } from "../victim-process.ts";

/** Something that a client, or another part of the program, does to a server. */
export interface Attack {
  readonly name: string;
  /** The servers that it is tried on. */
  readonly victims: readonly VictimOptions[];
  /** Attacks; throws where it did harm, and resolves to what is worth telling. */
  run(victim: VictimProcess): Promise<string>;
}

export const EVERY_HOST: readonly VictimOptions[] = [{ host: "node" }, { host: "uws" }];

/** Throws unless `value` is at most `limit`; otherwise tells both, in MB. */
export function atMost(what: string, value: number, limit: number): string {
  const inMegabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  const text = `${what} ${inMegabytes(value)} MB of ${inMegabytes(limit)}`;
  if (value > limit) throw new Error(`${text} allowed`);
  return text;
}
