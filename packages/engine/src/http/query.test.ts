import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseQuery, readParameters } from "./query.ts";

describe("a query", () => {
  it("has no keys but the client's", () => {
    const query = parseQuery("/?a=1&__proto__=2&a=3&empty=");
    expect(Object.getPrototypeOf(query)).toBeNull();
    expect(Object.entries(query)).toEqual([
      ["a", "3"],
      ["__proto__", "2"],
      ["empty", ""],
    ]);
    expect(parseQuery("/")["constructor"]).toBeUndefined();
  });

  it("takes nonsense without an error", () => {
    expect(Object.entries(parseQuery("?%&=&&%zz=%"))).toEqual([
      ["%", ""],
      ["", ""],
      ["%zz", "%"],
    ]);
  });
});

/** What the standard says, of a repeated key the last value. */
function byTheStandard(query: string): unknown {
  const values = new Map(new URLSearchParams(query));
  return Object.fromEntries(NAMES.map((name) => [name, values.get(name)]));
}

const NAMES = ["EIO", "transport", "sid", "b64", "j"];
/**
 * Text that is special in a query or to URL parsers, and names that must not confuse the engine.
 */
const PIECES = [...NAMES, "=", "&", "?", "#", ";", "%", "%73id", "+", "é", " ", "__proto__", "take", "4"];

describe("the engine's parameters", () => {
  it("are what the standard says, whatever the query is", () => {
    const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 });
    fc.assert(
      fc.property(text, (pieces) => {
        const query = pieces.join("");
        expect({ ...readParameters(`/engine.io/?${query}`) }).toEqual(byTheStandard(query));
      }),
      { numRuns: 5000 },
    );
  });

  it("are not given where there is no query", () => {
    expect({ ...readParameters("/engine.io/&sid=a") }).toEqual(byTheStandard(""));
  });
});
