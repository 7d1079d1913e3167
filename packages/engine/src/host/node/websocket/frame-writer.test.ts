import { describe, expect, it } from "vitest";
import { PreparedMessage } from "../../../protocol/prepared-message.ts";
import { closeFrame, encodeFrames, pongFrame } from "./frame-writer.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("frames of a batch", () => {
  it("are text for strings and binary for bytes, whole and without a mask", () => {
    expect(hex(encodeFrames(["hi", Uint8Array.of(1, 2)]))).toBe("8102686982020102");
  });

  it("count bytes, not characters", () => {
    expect(hex(encodeFrames(["é€"]))).toBe("8105c3a9e282ac");
  });

  it("say their length in two or eight bytes when it is long", () => {
    expect(hex(encodeFrames(["a".repeat(126)])).slice(0, 8)).toBe("817e007e");
    expect(hex(encodeFrames([new Uint8Array(65_536)])).slice(0, 20)).toBe("827f0000000000010000");
  });

  it("are those of the prepared messages in them", () => {
    const message = new PreparedMessage("x");
    expect(encodeFrames([message])).toBe(message.webSocketFrame);
    expect(hex(encodeFrames([message, "y", message]))).toBe("8102347881017981023478");
  });

  it("are shared by connections that get the same prepared messages in the same order, and by no others", () => {
    const [one, two, three] = [new PreparedMessage("1"), new PreparedMessage("2"), new PreparedMessage("3")];
    const frames = encodeFrames([one, two]);
    expect(encodeFrames([one, two])).toBe(frames);
    expect(hex(encodeFrames([two, one]))).toBe("8102343281023431");
    expect(hex(encodeFrames([one, two, three]))).toBe("810234318102343281023433");
    expect(hex(encodeFrames([one, two, "4x"]))).toBe("810234318102343281023478");
    expect(hex(encodeFrames([one, two]))).toBe(hex(frames));
  });
});

describe("control frames", () => {
  it("close without a code, with one, and with a reason", () => {
    expect(hex(closeFrame())).toBe("8800");
    expect(hex(closeFrame(1001))).toBe("880203e9");
    expect(hex(closeFrame(4000, "ok"))).toBe("88040fa06f6b");
  });

  it("leave out a reason that no control frame can hold", () => {
    expect(hex(closeFrame(1000, "€".repeat(42)))).toBe("880203e8");
  });

  it("answer a ping with what it held", () => {
    expect(hex(pongFrame(Buffer.from("hi")))).toBe("8a026869");
  });
});
