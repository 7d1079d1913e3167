import type { Result, Spread, Verdict } from "./statistics.ts";

type Column = readonly [title: string, cell: (result: Result) => string];

function amount(result: Result, value: number): string {
  if (result.kind === "memory") return `${(value / 1024).toFixed(1)} KiB`;
  return value < 10 ? `${value.toFixed(2)} µs` : `${value.toFixed(1)} µs`;
}

function share(value: Spread | undefined): string {
  if (value === undefined) return "";
  return `${value.median.toFixed(2)} (${value.least.toFixed(2)}–${value.most.toFixed(2)})`;
}

function part(result: Result, name: string): string {
  const value = result.parts[name];
  return value === undefined ? "" : amount(result, value);
}

const AGAINST: Record<Verdict["against"], string> = {
  reference: "",
  floor: " of raw",
  "first step": " of 1,000",
  KiB: " KiB",
};

function aims({ verdicts }: Result): string {
  return verdicts
    .map(({ atMost, against, met }) => `${met ? "✓" : "✗"} ≤ ${atMost.toFixed(2)}${AGAINST[against]}`)
    .join(", ");
}

const COLUMNS: readonly Column[] = [
  ["", ({ implementation }) => implementation],
  ["median", (result) => amount(result, result.size.median)],
  ["least – most", (result) => `${amount(result, result.size.least)} – ${amount(result, result.size.most)}`],
  ["user", (result) => part(result, "user")],
  ["system", (result) => part(result, "system")],
  ["heap", (result) => part(result, "heap")],
  ["÷ socket.io", ({ reference }) => share(reference)],
  ["÷ raw", ({ floor }) => share(floor)],
  ["÷ first", ({ firstStep }) => share(firstStep)],
  ["aim", aims],
];

function block(results: readonly Result[]): string[] {
  const columns = COLUMNS.map(([title, cell]) => [title].concat(results.map(cell))).filter(
    (column, index) => index === 0 || column.slice(1).some((text) => text !== ""),
  );
  const widths = columns.map((column) => Math.max(...column.map((text) => text.length)));
  return [undefined, ...results].map((_, row) => {
    const cells = columns.map((column, index) => {
      const width = widths[index] ?? 0;
      const text = column[row] ?? "";
      return index === 0 || column[0] === "aim" ? text.padEnd(width) : text.padStart(width);
    });
    return `  ${cells.join("   ")}`.trimEnd();
  });
}

/** One block per scenario, one line per implementation. */
export function table(results: readonly Result[]): string {
  const scenarios = [...new Set(results.map(({ scenario }) => scenario))];
  return scenarios
    .map((name) => {
      const own = results.filter(({ scenario }) => scenario === name);
      return [`${name} (per ${own[0]?.unit ?? ""})`, ...block(own)].join("\n");
    })
    .join("\n\n");
}
