import type { Result } from "./statistics.ts";

const ROW = 16;
const LABEL = 350;
const WIDTH = 420;
/** Ratio represented by the width of the chart; longer bars are cut. */
const MAX_RATIO = 1.2;

function place(ratio: number): number {
  return LABEL + (Math.min(ratio, MAX_RATIO) / MAX_RATIO) * WIDTH;
}

function hostOf({ implementation }: Result): string {
  if (implementation === "skein-parser") return "codec";
  return implementation === "skein-uws" ? "on µWS" : "on ws";
}

function bar(result: Result, ratio: number, y: number): string {
  const end = place(ratio).toFixed(1);
  const aim = result.verdicts.find(({ against }) => against === "reference");
  return (
    `<text x="${LABEL - 8}" y="${y + 11}" text-anchor="end" class="s">${hostOf(result)}</text>` +
    `<rect x="${LABEL}" y="${y}" width="${(Number(end) - LABEL).toFixed(1)}" height="${ROW - 3}" rx="2"/>` +
    (aim === undefined ? "" : `<path d="M${place(aim.atMost).toFixed(1)} ${y - 1}v${ROW - 1}" class="a"/>`) +
    `<text x="${Number(end) + 6}" y="${y + 11}" class="s">${ratio.toFixed(2)}</text>`
  );
}

/**
 * Skein's share of the cost of socket.io on the same host: one bar each, a mark at the aim, and a
 * line at 1.
 */
export function chart(results: readonly Result[]): string {
  const shown = results.flatMap((result) =>
    result.implementation.startsWith("skein") && result.reference !== undefined
      ? [{ result, ratio: result.reference.median }]
      : [],
  );
  const lines: string[] = [];
  let y = 34;
  for (const scenario of new Set(shown.map(({ result }) => result.scenario))) {
    lines.push(`<text x="0" y="${y + 11}">${scenario}</text>`);
    for (const { result, ratio } of shown) {
      if (result.scenario !== scenario) continue;
      lines.push(bar(result, ratio, y));
      y += ROW;
    }
    y += 8;
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LABEL + WIDTH + 50} ${y}" font-family="system-ui, sans-serif" font-size="12">` +
    "<style>text{fill:#6e7781}.s{font-size:11px}rect{fill:#2f81f7}.a{stroke:#d29922;stroke-width:2}line{stroke:#8c959f;stroke-dasharray:3 3}</style>" +
    '<text x="0" y="14" font-size="13">Cost of Skein ÷ cost of socket.io on the same host: less is better; the mark is the aim</text>' +
    `<line x1="${place(1)}" x2="${place(1)}" y1="24" y2="${y}"/>${lines.join("")}</svg>\n`
  );
}
