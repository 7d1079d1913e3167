import { expect, test } from "vitest";
import { chooseCoding } from "./accept-encoding.ts";

test.each([
  ["gzip, deflate, br", "gzip"],
  ["br", "br"],
  ["*", "br"],
  ["deflate", "deflate"],
  ["gzip;q=0.5, br;q=0.9", "br"],
  ["br;q=0, *", "gzip"],
  ["identity, gzip", "identity"],
  ["gzip;q=0", undefined],
  ["gzip;q=nonsense", undefined],
  ["zstd", undefined],
  ["BR", "br"],
  ["", undefined],
  [undefined, undefined],
  [["deflate", "gzip;q=0.9"], "deflate"],
])("Accept-Encoding %j asks for %s", (header, coding) => {
  expect(chooseCoding(header, ["br", "gzip", "deflate", "identity"])).toBe(coding);
});

test("a coding that is not offered is passed over", () => {
  expect(chooseCoding("identity, br, gzip;q=0.5", ["gzip", "deflate"])).toBe("gzip");
  expect(chooseCoding("gzip;q=0, *", ["gzip", "deflate"])).toBe("deflate");
});
