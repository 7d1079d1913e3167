import { describe, expect, test } from "vitest";
import { examples } from "./examples/examples.ts";
import { check, checkComplete, checkProved } from "./entries/check.ts";
import type { Entry } from "./entries/entry.ts";
import { headings } from "./entries/headings.ts";
import { entries } from "./entries.ts";
import { startStage } from "./stage.ts";
import { testTitles } from "./titles.ts";

describe("the table of the API", () => {
  test("has the 101 entries of the page, each once", () => checkComplete(entries));

  test("names for every entry a test that exists and runs", () => checkProved(entries, testTitles()));

  test("names for each of the page's 139 examples a test that exists and runs", () => {
    const titles = testTitles();
    const known = new Set<string>(Object.values(headings).flat());
    const run = Object.values(examples).flatMap((byHeading) => Object.entries<readonly string[]>(byHeading));
    expect(run.map(([heading]) => heading).filter((heading) => !known.has(heading))).toEqual([]);
    expect(run.flatMap(([, tests]) => tests)).toHaveLength(139);
    expect(run.flatMap(([, tests]) => tests.filter((title) => !titles.has(title)))).toEqual([]);
  });
});

describe("on real objects there is", () => {
  for (const entry of entries) test(`${entry.owner}: ${entry.heading}`, () => check(entry));
});

describe("the table fails", () => {
  const entryOf = (heading: string): Entry => {
    const found = entries.find((entry) => entry.heading === heading);
    if (found === undefined) throw new Error(`no entry ${heading}`);
    return found;
  };
  /** A stage where the server has another method of that name. */
  const having = (name: string, method: unknown) => async () => {
    const stage = await startStage();
    Object.defineProperty(stage.server, name, { value: method });
    return stage;
  };

  test("where an entry is missing, or there twice", () => {
    expect(() => checkComplete(entries.slice(1))).toThrow("length of 101");
    expect(() => checkComplete([...entries.slice(1), entries[1] as Entry])).toThrow("deeply equal");
  });

  test("where a method is missing", async () => {
    await expect(check(entryOf("server.path(value)"), having("path", undefined))).rejects.toThrow(
      "instance of Function",
    );
  });

  test("where a method takes more or fewer arguments", async () => {
    const entry = entryOf("server.bind(engine)");
    const more = function (this: object, _engine: unknown, _more: unknown) {
      return this;
    };
    const fewer = function (this: object) {
      return this;
    };
    await expect(check(entry, having("bind", more))).rejects.toThrow("less than or equal to 1");
    await expect(check(entry, having("bind", fewer))).rejects.toThrow("greater than or equal to 1");
  });

  test("where a method returns something else", async () => {
    const entry = entryOf("server.bind(engine)");
    await expect(
      check(
        entry,
        having("bind", (_engine: unknown) => true),
      ),
    ).rejects.toThrow("to be");
  });

  test("where an attribute is of another kind", async () => {
    await expect(check(entryOf("server.sockets"), having("sockets", {}))).rejects.toThrow("to be");
  });

  test("where the test of its behaviour is missing", () => {
    const entry = entries[0] as Entry;
    expect(() => checkProved([{ ...entry, behaviour: "what no test says" }], testTitles())).toThrow(
      "deeply equal",
    );
  });
});
