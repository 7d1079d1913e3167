import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Server } from "../src/index.ts";

const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");
/** Options of `attach`, which an engine does not keep. */
const OF_ATTACH = "With `attach`";

/**
 * The notation in the tables for values that are neither numbers nor JSON. `ws` is the default of
 * `wsEngine`.
 */
const WORDS = new Map<string, unknown>([
  ["none", undefined],
  ["off", undefined],
  ["ws", undefined],
]);

function valueOf(cell: string): unknown {
  const text = cell.replaceAll("`", "");
  if (WORDS.has(text)) return WORDS.get(text);
  const mebibytes = /^(\d+) MiB$/.exec(text)?.[1];
  if (mebibytes !== undefined) return Number(mebibytes) * 1024 * 1024;
  const number = Number(text);
  return Number.isNaN(number) ? JSON.parse(text.replaceAll(/(\w+):/g, '"$1":')) : number;
}

/** Name and default of each option in the tables of one section. */
function optionsIn(section: string): [string, unknown][] {
  const [, text = ""] = README.split(`\n${section}\n`);
  const rows = (text.split("\n#")[0] ?? "").split("\n").filter((line) => line.startsWith("| `"));
  return rows
    .filter((row) => !row.includes(OF_ATTACH))
    .flatMap((row) => {
      const [, first = "", second = ""] = row.split("|").map((cell) => cell.trim());
      const names = [...first.matchAll(/`(\w+)/g)].map(([, name = ""]) => name);
      const values = names.length === 1 ? [second] : second.split(", ");
      return names.map((name, index): [string, unknown] => [name, valueOf(values[index] ?? "")]);
    });
}

const tables = [...optionsIn("## Options"), ...optionsIn("### Limits")];
const { opts } = new Server();

describe("the README's tables of options", () => {
  it.each(tables)("give the default of %s", (name, value) => {
    expect(Reflect.get(opts, name)).toEqual(value);
  });

  it("leave out no option that has a default", () => {
    const names = new Set(tables.map(([name]) => name));
    expect(Object.keys(opts).filter((name) => !names.has(name))).toEqual([]);
  });
});
