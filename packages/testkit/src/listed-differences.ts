import { readFileSync } from "node:fs";

const DOCUMENT = new URL("../../../docs/differences.md", import.meta.url);

/** The last cell of a row of a table: the tests of a difference. Undefined for any other line. */
function testsOf(line: string): string | undefined {
  return line.startsWith("| ") ? line.split(" | ").at(-1) : undefined;
}

/** The names that no row of `docs/differences.md` has among its tests. */
export function unlistedDifferences(names: readonly string[]): string[] {
  const tests = readFileSync(DOCUMENT, "utf8").split("\n").map(testsOf);
  return names.filter((name) => !tests.some((cell) => cell?.includes(name)));
}
