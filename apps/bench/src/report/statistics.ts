import type { ImplementationName } from "../protocol.ts";
import type { Figure } from "../scenarios/scenario.ts";

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The one number of a figure that is compared: CPU microseconds, or bytes of resident memory. */
function size(figure: Figure): number {
  return figure.kind === "cpu" ? figure.user + figure.system : figure.rss;
}

/** All rounds of one scenario on one implementation. */
export interface Summary {
  readonly scenario: string;
  readonly unit: string;
  readonly implementation: ImplementationName;
  readonly kind: Figure["kind"];
  readonly median: number;
  /** Smallest and largest round. */
  readonly spread: readonly [number, number];
  /** Median divided by that of socket.io on the same host; undefined if that was not measured. */
  ratio?: number;
  readonly rounds: readonly Figure[];
}

export function summarise(
  scenario: { name: string; unit: string },
  implementation: ImplementationName,
  rounds: readonly Figure[],
): Summary {
  const sizes = rounds.map(size);
  return {
    scenario: scenario.name,
    unit: scenario.unit,
    implementation,
    kind: rounds[0]?.kind ?? "cpu",
    median: median(sizes),
    spread: [Math.min(...sizes), Math.max(...sizes)],
    rounds,
  };
}

/** Fills in each summary's ratio to socket.io on the same host. */
export function compare(summaries: readonly Summary[]): void {
  for (const summary of summaries) {
    const host = summary.implementation.endsWith("uws") ? "uws" : "ws";
    const peer = summaries.find(
      (other) => other.scenario === summary.scenario && other.implementation === `socket.io-${host}`,
    );
    if (peer !== undefined) summary.ratio = summary.median / peer.median;
  }
}
