import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { unlistedDifferences } from "../src/listed-differences.ts";

const ROOT = new URL("../../../", import.meta.url);

test("a test that no row of the differences names is found", () => {
  const listed = "what comes with the request is not lost";
  expect(unlistedDifferences([listed, "no sentence of this kind"])).toEqual(["no sentence of this kind"]);
});

test("files and folders that the differences name exist", () => {
  const text = readFileSync(new URL("docs/differences.md", ROOT), "utf8");
  const named = [...text.matchAll(/`(packages\/[\w./-]+)`/g)].map(([, path = ""]) => path);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([]);
});
