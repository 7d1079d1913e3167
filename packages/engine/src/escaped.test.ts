import { describe, expect, test } from "vitest";
import { escaped, quoted } from "./escaped.ts";

const unsafe = [
  "\n",
  "\r",
  "\u0000",
  "\u001B",
  "\u007F",
  "\u0085",
  "\u009B",
  "\u2028",
  "\u2029",
  "\u202E",
  "\u2066",
  "\u200F",
  "\uFEFF",
  "\u{E0001}",
];

describe("a text of a peer", () => {
  test.each(unsafe)("holds no raw %j when it is quoted or escaped", (character) => {
    const text = `a${character}b`;
    expect(quoted(text)).not.toContain(character);
    expect(escaped(text)).not.toContain(character);
    expect(JSON.parse(quoted(text))).toBe(text);
  });

  test("keeps what is harmless, quotes and backslashes told apart", () => {
    expect(quoted("größe 😀")).toBe('"größe 😀"');
    expect(quoted('a"b\\n')).toBe(String.raw`"a\"b\\n"`);
  });

  test("is cut after 200 characters, also within a pair", () => {
    expect(quoted("a".repeat(200))).toHaveLength(202);
    expect(quoted("a".repeat(1e6))).toBe(`"${"a".repeat(200)}…"`);
    expect(quoted(`${"a".repeat(199)}😀`)).toBe(`"${"a".repeat(199)}\\ud83d…"`);
  });
});
