import { readFileSync } from "node:fs";

const DOCUMENT = new URL("../../../docs/differences.md", import.meta.url);

/** The last cell of a table row: the tests of a difference. Undefined for any other line. */
function testsOf(line: string): string | undefined {
  return line.startsWith("| ") ? line.split(" | ").at(-1) : undefined;
}

/** Returns the names that are not among the tests of any row of `docs/differences.md`. */
export function unlistedDifferences(names: readonly string[]): string[] {
  const tests = readFileSync(DOCUMENT, "utf8").split("\n").map(testsOf);
  return names.filter((name) => !tests.some((cell) => cell?.includes(name)));
}
