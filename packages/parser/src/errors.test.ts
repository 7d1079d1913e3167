import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PARSER_ERRORS, ParserError } from "./index.ts";

describe("ParserError", () => {
  it("says what, whose fault, and what lies beneath", () => {
    const cause = new Error("x");
    const error = new ParserError("UNKNOWN_PACKET_TYPE", 9, { cause });
    expect(error).toMatchObject({
      name: "ParserError",
      code: "UNKNOWN_PACKET_TYPE",
      side: "peer",
      message: "unknown packet type 9",
      cause,
    });
  });

  it("has every code explained in the README and tried in a test", () => {
    const read = (name: string) => readFileSync(`${import.meta.dirname}/${name}`, "utf8");
    const tests = read("encode/encode.test.ts") + read("decode/decode.test.ts");
    expect(Object.keys(PARSER_ERRORS)).toHaveLength(21);
    for (const [code, { side, message }] of Object.entries(PARSER_ERRORS)) {
      expect(read("../README.md")).toMatch(new RegExp(`\\| \`${code}\` +\\| ${side} +\\|`));
      expect(tests.includes(`"${code}"`) || tests.includes(message)).toBe(true);
    }
  });
});
