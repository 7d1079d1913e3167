import { type ImplementationName, PEERS } from "../implementations.ts";
import type { Aim, Figure } from "../scenarios/scenario.ts";

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** A median with its minimum and maximum. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

function spread(values: readonly number[]): Spread {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** The compared number of a figure: CPU microseconds, or bytes of resident memory. */
function size(figure: Figure): number {
  return figure.kind === "cpu" ? figure.user + figure.system : figure.rss;
}

/** The parts that are shown separately: user and system time, or the heap's share. */
function parts(figure: Figure): Record<string, number> {
  return figure.kind === "cpu" ? { user: figure.user, system: figure.system } : { heap: figure.heap };
}

/** An aim and whether it was reached. */
export interface Verdict extends Aim {
  readonly value: number;
  readonly met: boolean;
}

/** All rounds of one scenario on one implementation. Times in microseconds, memory in bytes. */
export interface Result {
  readonly scenario: string;
  readonly unit: string;
  readonly implementation: ImplementationName;
  readonly kind: Figure["kind"];
  readonly size: Spread;
  readonly parts: Record<string, number>;
  /**
   * Ratios to socket.io on the same host, to the bare host, and to the first step, computed per
   * round.
   */
  readonly reference?: Spread;
  readonly floor?: Spread;
  readonly firstStep?: Spread;
  readonly verdicts: readonly Verdict[];
  readonly rounds: readonly Figure[];
}

interface Measured {
  readonly name: string;
  readonly unit: string;
  readonly aims: readonly Aim[];
}

type Rounds = readonly ReadonlyMap<ImplementationName, readonly Figure[]>[];

function figures(rounds: Rounds, name: ImplementationName, step: number): Figure[] {
  return rounds.flatMap((round) => round.get(name)?.[step] ?? []);
}

/**
 * Returns the ratio of two sides per round, as disturbances of a round affect both. Undefined if a
 * side is missing or both are the same.
 */
function ratio(own: readonly Figure[], peer: readonly Figure[]): Spread | undefined {
  if (own === peer || peer.length === 0) return undefined;
  return spread(own.map((figure, round) => size(figure) / size(peer[round] ?? figure)));
}

function verdict(aim: Aim, result: Omit<Result, "verdicts">): Verdict | undefined {
  const measured = {
    reference: result.reference?.median,
    floor: result.floor?.median,
    "first step": result.firstStep?.median,
    KiB: result.size.median / 1024,
  };
  const value = measured[aim.against];
  return value === undefined ? undefined : { ...aim, value, met: value <= aim.atMost };
}

/** An optional spread as an optional member. */
function member<Name extends string>(name: Name, value: Spread | undefined): { [key in Name]?: Spread } {
  return (value === undefined ? {} : { [name]: value }) as { [key in Name]?: Spread };
}

function resultOf(scenario: Measured, step: number, name: ImplementationName, rounds: Rounds): Result {
  const own = figures(rounds, name, step);
  const against = (peer: ImplementationName) =>
    peer === name ? undefined : ratio(own, figures(rounds, peer, step));
  const partNames = Object.keys(own[0] === undefined ? {} : parts(own[0]));
  const result = {
    scenario: scenario.name,
    unit: scenario.unit,
    implementation: name,
    kind: own[0]?.kind ?? "cpu",
    size: spread(own.map(size)),
    parts: Object.fromEntries(
      partNames.map((part) => [part, median(own.map((figure) => parts(figure)[part] ?? Number.NaN))]),
    ),
    ...member("reference", against(PEERS[name].reference)),
    ...member("floor", against(PEERS[name].floor)),
    ...member("firstStep", step === 0 ? undefined : ratio(own, figures(rounds, name, 0))),
    rounds: own,
  };
  const aims = scenario.aims.filter((aim) => aim.implementation === name);
  return { ...result, verdicts: aims.flatMap((aim) => verdict(aim, result) ?? []) };
}

/** Summarises a group of scenarios: each round has one figure for each scenario of the group. */
export function summarise(group: readonly Measured[], rounds: Rounds): Result[] {
  const names = [...(rounds[0]?.keys() ?? [])];
  return group.flatMap((scenario, step) => names.map((name) => resultOf(scenario, step, name, rounds)));
}
