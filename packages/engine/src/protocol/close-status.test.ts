import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ENGINE_ERRORS, EngineError, type EngineErrorCode } from "../errors.ts";
import { CLOSE_STATUSES, type CloseStatus, statusOfError } from "./close-status.ts";

const statuses = Object.entries<CloseStatus>(CLOSE_STATUSES);
const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** What RFC 6455, sections 5.5.1 and 7.4, lets an endpoint send. */
function canBeSent({ code, reason }: CloseStatus): boolean {
  const reserved = [1004, 1005, 1006].includes(code);
  return !reserved && ((code >= 1000 && code <= 1014) || code >= 4000) && Buffer.byteLength(reason) <= 123;
}

describe("a close status", () => {
  it.each(statuses)("%s can be sent in a close frame", (_cause, status) => {
    expect(canBeSent(status)).toBe(true);
  });

  it.each(statuses)("%s stands in the README, with its code", (_cause, { code, reason }) => {
    const rows = readme.split("\n").filter((line) => line.startsWith(`| ${code} |`));
    expect(rows.some((row) => row.includes(`\`${reason}\``))).toBe(true);
  });

  it.each<[EngineErrorCode, number]>([
    ["PARSE_ERROR", 1002],
    ["INVALID_TEXT", 1007],
    ["TOO_MANY_FRAGMENTS", 1008],
    ["MESSAGE_TOO_LARGE", 1009],
  ])("follows from an error: %s is %i", (code, expected) => {
    expect(statusOfError(new EngineError(code)).code).toBe(expected);
  });

  it("follows from the cause of an error where that says more", () => {
    const cause = new EngineError("MESSAGE_TOO_LARGE");
    expect(statusOfError(new EngineError("PARSE_ERROR", "", { cause })).code).toBe(1009);
    expect(statusOfError(new EngineError("PARSE_ERROR", "", { cause: new Error("?") })).code).toBe(1002);
  });

  it("blames nobody for the end of a wire", () => {
    for (const error of [undefined, new Error("reset"), new EngineError("WEBSOCKET_ERROR")])
      expect(statusOfError(error)).toBe(CLOSE_STATUSES.SESSION_ENDED);
  });

  it("tells of every error for which a client is at fault", () => {
    const codes = Object.keys(ENGINE_ERRORS) as EngineErrorCode[];
    const ends = codes.slice(codes.indexOf("PARSE_ERROR"), codes.indexOf("INVALID_OPTION"));
    expect(ends.filter((code) => statusOfError(new EngineError(code)).code === 1000)).toEqual([
      "PAYLOAD_TOO_LARGE", // The session goes on.
      "POLL_ABORTED",
      "DATA_ABORTED",
      "WEBSOCKET_ERROR",
      "WEBTRANSPORT_ERROR",
    ]);
  });
});
