import { mkdir, readFile, writeFile } from "node:fs/promises";
import { expect, test, vi } from "vitest";

const README = new URL("../../README.md", import.meta.url);
const BUILD = new URL("../../.vitest/", import.meta.url);

/** The first example of that section. */
async function exampleOf(section: string): Promise<string> {
  const [, text = ""] = (await readFile(README, "utf8")).split(`## ${section}\n`);
  const [, code = ""] = /```js\n([^]*?)```/.exec(text) ?? [];
  return code;
}

test("the README's example of swapping layers runs as it says", async () => {
  const said = vi.spyOn(console, "log").mockImplementation(() => {});
  await mkdir(BUILD, { recursive: true });
  const file = new URL("swap-any-layer.mjs", BUILD);
  await writeFile(file, await exampleOf("Swap any layer"));
  await import(file.href);
  expect(said.mock.calls).toEqual([[5]]);
});
