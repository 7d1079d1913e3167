import type { VictimOptions } from "../messages.ts";
import type { VictimProcess } from "../victim-process.ts";

/** An action against a server by a client or another part of the program. */
export interface Attack {
  readonly name: string;
  /** The servers to attack. */
  readonly victims: readonly VictimOptions[];
  /** Runs the attack; throws if it did harm, and resolves to a summary. */
  run(victim: VictimProcess): Promise<string>;
}

export const EVERY_HOST: readonly VictimOptions[] = [{ host: "node" }, { host: "uws" }];

/** Throws unless `value` is at most `limit`; returns a text with both in MB. */
export function atMost(what: string, value: number, limit: number): string {
  const inMegabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  const text = `${what} ${inMegabytes(value)} MB of ${inMegabytes(limit)}`;
  if (value > limit) throw new Error(`${text} allowed`);
  return text;
}
