import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseQuery } from "./query.ts";

function byTheStandard(text: string): [string, string][] {
  return [...new Map(new URLSearchParams(text))];
}

/** What means something in a query, and what may mean something to a parser of URLs. */
const CHARACTERS = ["=", "&", "?", "#", ";", "%", "+", "2", "0", "a", "é", " ", "\ud800", "\u{1f600}"];

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

  it("is read as the standard says, whatever it is", () => {
    const text = fc.string({ unit: fc.constantFrom(...CHARACTERS), maxLength: 20 });
    fc.assert(
      fc.property(text, (query) => {
        expect(new Map(Object.entries(parseQuery(`/engine.io/?${query}`)))).toEqual(
          new Map(byTheStandard(query)),
        );
      }),
      { numRuns: 2000 },
    );
  });
});
