import { parseArgs } from "node:util";
import { PACES, type Pace } from "./scenarios/scenario.ts";
import { IMPLEMENTATIONS, type ImplementationName } from "./implementations.ts";

export interface BenchOptions {
  readonly implementations: readonly ImplementationName[];
  /** Scenarios whose names contain any of these texts; all if empty. */
  readonly only: readonly string[];
  readonly rounds: number;
  readonly short: boolean;
  readonly pace: Pace;
  /** Path of the Node.js binary that runs the servers. */
  readonly node: string;
  /** Output folder of the JSON and the chart. */
  readonly out: string;
}

export const USAGE = `pnpm bench [--short] [--only text[,text]] [--impl name[,name]] [--rounds n] [--pace single|batched] [--node binary] [--out folder]
implementations: ${IMPLEMENTATIONS.join(", ")}`;

function list(value: string | undefined): string[] {
  return value === undefined ? [] : value.split(",").map((item) => item.trim());
}

function paceOf(value = "single"): Pace {
  const pace = PACES.find((known) => known === value);
  if (pace === undefined) throw new Error(`--pace takes ${PACES.join(" or ")}`);
  return pace;
}

/** Parses the command line; throws an Error that describes what is invalid. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      short: { type: "boolean" },
      only: { type: "string" },
      impl: { type: "string" },
      rounds: { type: "string" },
      pace: { type: "string" },
      node: { type: "string" },
      out: { type: "string" },
    },
  });
  const names = list(values.impl);
  const unknown = names.filter((name) => !IMPLEMENTATIONS.some((known) => known === name));
  if (unknown.length > 0) throw new Error(`there is no implementation ${unknown.join(", ")}`);
  const short = values.short ?? false;
  const rounds = Number(values.rounds ?? (short ? 1 : 5));
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error("--rounds takes a whole number from 1");
  return {
    implementations:
      names.length === 0 ? IMPLEMENTATIONS : IMPLEMENTATIONS.filter((name) => names.includes(name)),
    only: list(values.only),
    rounds,
    short,
    pace: paceOf(values.pace),
    node: values.node ?? process.execPath,
    out: values.out ?? "bench-results",
  };
}
