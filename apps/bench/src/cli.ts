import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BenchOptions, parseOptions, USAGE } from "./options.ts";
import { chart } from "./report/chart.ts";
import { table } from "./report/table.ts";
import { run } from "./run.ts";

function readOptions(): BenchOptions {
  try {
    return parseOptions(process.argv.slice(2).filter((argument) => argument !== "--"));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    return process.exit(2);
  }
}

function progress(text: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
}

const options = readOptions();
const summaries = await run(options, progress);
progress("");
process.stdout.write(`${table(summaries)}\n`);
await mkdir(options.out, { recursive: true });
await writeFile(join(options.out, "results.json"), `${JSON.stringify(summaries, null, 2)}\n`);
await writeFile(join(options.out, "chart.svg"), chart(summaries));
process.stdout.write(`\nwritten: ${join(options.out, "results.json")}, ${join(options.out, "chart.svg")}\n`);
