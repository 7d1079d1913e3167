import { readdirSync, readFileSync } from "node:fs";
import { differences } from "../behaviour/differences.ts";

const TEST =
  /\b(?:behaves|test|it)(?:\.each\((?:[^()]|\([^()]*\)|\((?:[^()]|\([^()]*\))*\))*\))?\(\s*"((?:\\.|[^"\\])*)"/g;
const FOLDER = new URL("../", import.meta.url);

function read(file: string): string {
  return readFileSync(new URL(file, FOLDER), "utf8");
}

/**
 * Titles of all tests of this package that run on Skein, except those of the API's table itself.
 */
export function testTitles(): Set<string> {
  const files = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter(
    (file) => /(\.test\.ts|behaviour\/suites\/.*\.ts)$/.test(file) && !file.startsWith("api/entries"),
  );
  const titles = files.flatMap((file) => [...read(file).matchAll(TEST)].map(([, title]) => title ?? ""));
  return new Set(titles.filter((title) => !(title in differences)));
}
