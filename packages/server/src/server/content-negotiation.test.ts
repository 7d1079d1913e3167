import { expect, test } from "vitest";
import { chooseCoding } from "./content-negotiation.ts";

test.each([
  ["gzip, deflate, br", "gzip"],
  ["br", "br"],
  ["*", "br"],
  ["deflate", "deflate"],
  ["gzip;q=0.5, br;q=0.9", "br"],
  ["br;q=0, *", "gzip"],
  ["identity, gzip", undefined],
  ["gzip;q=0", undefined],
  ["gzip;q=nonsense", undefined],
  ["zstd", undefined],
  ["BR", "br"],
  ["", undefined],
  [undefined, undefined],
])("Accept-Encoding %j asks for %s", (header, coding) => {
  expect(chooseCoding(header)).toBe(coding);
});
