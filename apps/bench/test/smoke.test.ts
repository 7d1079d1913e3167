import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CODECS, SERVERS } from "../src/implementations.ts";
import type { Result } from "../src/report/statistics.ts";

const BENCH = fileURLToPath(new URL("../dist/bench.js", import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bench-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function resultsIn(path: string): Promise<Result[]> {
  const json = await readFile(join(path, "results.json"), "utf8");
  return (JSON.parse(json) as { results: Result[] }).results;
}

async function bench(...args: string[]): Promise<{ results: Result[]; table: string; chart: string }> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    BENCH,
    "--short",
    "--out",
    folder,
    ...args,
  ]);
  const results = await resultsIn(folder);
  return { results, table: stdout, chart: await readFile(join(folder, "chart.svg"), "utf8") };
}

it.each([
  ["echo with 1 in flight", SERVERS],
  ["encode object alone", CODECS],
] as const)(
  "%s is measured on every implementation, and reported as a table, as JSON and as a chart",
  async (scenario, implementations) => {
    const { results, table, chart } = await bench("--only", scenario, "--rounds", "1");
    expect(results.map(({ implementation }) => implementation)).toEqual(implementations);
    for (const { size, unit } of results) {
      expect(size.median).toBeGreaterThan(0);
      expect(table).toContain(`${scenario} (per ${unit})`);
    }
    expect(chart).toContain(`>${scenario}</text>`);
  },
  60_000,
);

it("a run that is ended early leaves the results of what it has done", async () => {
  const child = spawn(process.execPath, [BENCH, "--short", "--only", "alone", "--out", folder], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "close");
  const first = (await resultsIn(folder)).slice(0, CODECS.length);
  expect(first.map(({ implementation }) => implementation)).toEqual(CODECS);
}, 60_000);

it("a scenario that doesn't exist is answered with the names of those that do", async () => {
  await expect(bench("--only", "ehco")).rejects.toThrow("echo with 1 in flight");
});
