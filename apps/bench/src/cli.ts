import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { type BenchOptions, parseOptions, USAGE } from "./options.ts";
import { pinToCpu } from "./placement.ts";
import { chart } from "./report/chart.ts";
import type { Result } from "./report/statistics.ts";
import { table } from "./report/table.ts";
import { run } from "./run.ts";
import { type Group, groups } from "./scenarios/groups.ts";
import { FULL, SHORT } from "./scenarios/scenario.ts";
import { versionOf } from "./remote-subject.ts";

function readOptions(): BenchOptions {
  try {
    return parseOptions(process.argv.slice(2).filter((argument) => argument !== "--"));
  } catch (error) {
    return refuse(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

function refuse(text: string): never {
  process.stderr.write(`${text}\n`);
  return process.exit(2);
}

/** Prints progress; on a terminal each line replaces the previous one. */
function progress(text: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
}

/**
 * Selects the scenarios before anything is started, and reports errors like those of the command
 * line.
 */
function chosenGroups({ short, only, pace }: BenchOptions): Group[] {
  try {
    return groups(short ? SHORT : FULL, only, pace);
  } catch (error) {
    return refuse(String(error instanceof Error ? error.message : error));
  }
}

const options = readOptions();
const chosen = chosenGroups(options);
const placement = pinToCpu();
if (placement === undefined) {
  process.stderr.write("Processes can't be kept on processors of their own here: figures will vary more.\n");
}
const started = performance.now();
const environment = {
  node: versionOf(options.node),
  processor: cpus()[0]?.model ?? "unknown",
  placement,
};
const files = { json: join(options.out, "results.json"), chart: join(options.out, "chart.svg") };

/** Writes the results so far, so that an interrupted run keeps what it has. */
async function write(results: readonly Result[]): Promise<number> {
  const { implementations, only, rounds, short, pace } = options;
  const seconds = Math.round((performance.now() - started) / 1000);
  const report = {
    environment: { ...environment, seconds },
    options: { implementations, only, rounds, short, pace },
    results,
  };
  await mkdir(options.out, { recursive: true });
  await writeFile(files.json, `${JSON.stringify(report, undefined, 2)}\n`);
  await writeFile(files.chart, chart(results));
  return seconds;
}

const results: Result[] = [];
for await (const block of run(chosen, options, placement, progress)) {
  results.push(...block);
  await write(results);
  progress("");
  process.stdout.write(`${table(block)}\n\n`);
}
process.stdout.write(`${await write(results)} s. Written: ${files.json}, ${files.chart}\n`);
