import type { Result } from "./statistics.ts";

const BAR = 16;
const LABEL = 290;
const WIDTH = 420;

function bar(result: Result, y: number): string {
  const ratio = result.reference?.median ?? 0;
  const width = Math.min(ratio / 1.2, 1) * WIDTH;
  const label = result.implementation.endsWith("uws") ? "on µWS" : "on ws";
  return (
    `<text x="${LABEL - 8}" y="${y + 12}" text-anchor="end" class="s">${label}</text>` +
    `<rect x="${LABEL}" y="${y}" width="${width.toFixed(1)}" height="${BAR - 3}" rx="2"/>` +
    `<text x="${LABEL + width + 6}" y="${y + 12}" class="s">${ratio.toFixed(2)}</text>`
  );
}

/** Skein's ratio to socket.io on the same host, a bar each, with a line at 1. */
export function chart(results: readonly Result[]): string {
  const shown = results.filter(
    ({ implementation, reference }) => implementation.startsWith("skein") && reference !== undefined,
  );
  const parts: string[] = [];
  let y = 34;
  for (const scenario of new Set(shown.map((result) => result.scenario))) {
    parts.push(`<text x="0" y="${y + 12}">${scenario}</text>`);
    for (const result of shown.filter((other) => other.scenario === scenario)) {
      parts.push(bar(result, y));
      y += BAR;
    }
    y += 8;
  }
  const one = LABEL + WIDTH / 1.2;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LABEL + WIDTH + 50} ${y}" font-family="system-ui, sans-serif" font-size="12">` +
    "<style>text{fill:#57606a}.s{font-size:11px}rect{fill:#2f81f7}line{stroke:#8c959f;stroke-dasharray:3 3}</style>" +
    '<text x="0" y="14" font-size="13">Cost of Skein ÷ cost of socket.io on the same host (less is better)</text>' +
    `<line x1="${one}" x2="${one}" y1="24" y2="${y}"/>${parts.join("")}</svg>\n`
  );
}
