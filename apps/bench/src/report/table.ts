import type { Summary } from "./statistics.ts";

function amount(summary: Summary, value: number): string {
  return summary.kind === "cpu" ? `${value.toFixed(1)} µs` : `${(value / 1024).toFixed(1)} KiB`;
}

function row(summary: Summary): string[] {
  return [
    summary.implementation,
    amount(summary, summary.median),
    `${amount(summary, summary.spread[0])} – ${amount(summary, summary.spread[1])}`,
    summary.ratio === undefined ? "" : summary.ratio.toFixed(2),
  ];
}

/** One block a scenario: implementation, median per unit, spread, ratio to socket.io on the same host. */
export function table(summaries: readonly Summary[]): string {
  const lines: string[] = [];
  for (const scenario of new Set(summaries.map((summary) => summary.scenario))) {
    const block = summaries.filter((summary) => summary.scenario === scenario);
    lines.push("", `${scenario} (per ${block[0]?.unit ?? ""})`);
    for (const summary of block) {
      const [name = "", middle = "", spread = "", ratio = ""] = row(summary);
      lines.push(
        `  ${name.padEnd(14)} ${middle.padStart(12)}   ${spread.padStart(26)}   ${ratio.padStart(5)}`,
      );
    }
  }
  return lines.join("\n");
}
