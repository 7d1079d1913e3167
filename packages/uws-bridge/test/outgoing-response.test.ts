import { describe, expect, it } from "vitest";
import type { OutgoingHeaders } from "../src/http/outgoing-headers.ts";
import { OutgoingResponse, type ResponseSink } from "../src/http/outgoing-response.ts";

class Sink implements ResponseSink {
  readonly sent: unknown[] = [];
  destroyed = false;

  sendOutgoing(status: number, text: string | undefined, headers: OutgoingHeaders, body: Uint8Array): void {
    this.sent.push({ status, text, lines: headers.lines(), body: Buffer.from(body).toString() });
  }

  destroy(): void {
    this.destroyed = true;
  }
}

function response() {
  const sink = new Sink();
  return { sink, res: new OutgoingResponse(sink, { socket: "socket" }) };
}

describe("headers of an outgoing response", () => {
  it("can be read back without regard to case, as they were set", () => {
    const { res } = response();
    res.setHeader("Vary", "Origin").setHeader("X-List", ["a", "b"]).setHeader("X-Number", 1);
    expect(res.getHeader("vary")).toBe("Origin");
    expect(res.hasHeader("VARY")).toBe(true);
    expect(res.getHeaderNames()).toEqual(["vary", "x-list", "x-number"]);
    expect(res.getRawHeaderNames()).toEqual(["Vary", "X-List", "X-Number"]);
    expect(res.getHeaders()).toEqual({ vary: "Origin", "x-list": ["a", "b"], "x-number": 1 });
  });

  it("replace each other, join when appended, and can be removed", () => {
    const { res, sink } = response();
    res.setHeader("vary", "Origin");
    res.setHeader("Vary", "Cookie");
    res.appendHeader("Vary", "Accept");
    res.appendHeader("X-New", "1");
    res.setHeader("X-Gone", "1");
    res.removeHeader("x-gone");
    res.setHeaders(new Map([["x-map", "1"]]));
    res.end();
    expect(sink.sent).toMatchObject([
      {
        lines: [
          ["Vary", "Cookie"],
          ["Vary", "Accept"],
          ["X-New", "1"],
          ["x-map", "1"],
        ],
      },
    ]);
  });

  it("can't be set any more once they were sent", () => {
    const { res } = response();
    res.writeHead(200);
    expect(res.headersSent).toBe(true);
    for (const late of [
      () => res.setHeader("a", "b"),
      () => res.appendHeader("a", "b"),
      () => res.removeHeader("a"),
      () => res.writeHead(200),
    ]) {
      expect(late).toThrow(expect.objectContaining({ code: "INVALID_STATE" }));
    }
  });

  it("with bad names or values are refused as Node refuses them", () => {
    const { res } = response();
    expect(() => res.setHeader("bad name", "x")).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_HTTP_TOKEN" }),
    );
    expect(() => res.setHeader("x", "a\r\nb: c")).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_CHAR" }),
    );
    expect(() => res.setHeader("x", ["ok", "a\nb"])).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_CHAR" }),
    );
  });
});

describe("an outgoing response", () => {
  it("takes status, text and headers from writeHead", () => {
    const { res, sink } = response();
    res.writeHead(418, "Teapot", { a: "b" }).end("short");
    expect(sink.sent).toEqual([{ status: 418, text: "Teapot", lines: [["a", "b"]], body: "short" }]);
  });

  it.each([99, 1000, 200.5, Number.NaN])("refuses the status %d", (status) => {
    const { res, sink } = response();
    expect(() => res.writeHead(status)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
    res.statusCode = status;
    expect(() => res.end()).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
    expect(sink.sent).toEqual([]);
  });

  it("refuses a status text that would break the line", () => {
    const { res, sink } = response();
    res.statusMessage = "OK\r\nx-evil: 1";
    expect(() => res.end()).toThrow(expect.objectContaining({ code: "ERR_INVALID_CHAR" }));
    expect(sink.sent).toEqual([]);
  });

  it("takes the status from its property, and the body from write and end in their encodings", () => {
    const { res, sink } = response();
    res.statusCode = 201;
    res.write("6f6e65", "hex");
    res.write(Buffer.from(" two "));
    res.end("three");
    expect(sink.sent).toEqual([{ status: 201, text: undefined, lines: [], body: "one two three" }]);
  });

  it("copies what is written: the writer may reuse its buffer", () => {
    const { res, sink } = response();
    const bytes = Buffer.from("before");
    res.write(bytes);
    bytes.fill("x");
    res.end();
    expect(sink.sent).toMatchObject([{ body: "before" }]);
  });

  it("ends once", () => {
    const { res, sink } = response();
    res.end("first").end("second");
    expect(res.write("third")).toBe(false);
    expect(sink.sent).toHaveLength(1);
    expect([res.writableEnded, res.finished, res.headersSent, res.writable]).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it("calls a hook on writeHead also when nobody calls it", () => {
    const { res, sink } = response();
    const original = res.writeHead;
    res.writeHead = function hooked(this: OutgoingResponse, ...args: Parameters<typeof original>) {
      this.setHeader("X-Hook", "1");
      return original.apply(this, args);
    };
    res.end();
    expect(sink.sent).toMatchObject([{ lines: [["X-Hook", "1"]] }]);
  });

  it("emits finish and close once end has returned, and calls back", async () => {
    const { res } = response();
    const heard: string[] = [];
    res.on("finish", () => heard.push("finish"));
    const closed = new Promise<void>((resolve) => res.on("close", () => resolve()));
    res.end("body", () => heard.push("callback"));
    expect(heard).toEqual([]);
    await closed;
    expect(heard).toEqual(["finish", "callback"]);
  });

  it("emits close alone when the peer is gone, and sends nothing then", () => {
    const { res, sink } = response();
    const heard: string[] = [];
    res.on("finish", () => heard.push("finish")).on("close", () => heard.push("close"));
    res.write("partly");
    res.abort();
    res.abort();
    res.end("late");
    expect(heard).toEqual(["close"]);
    expect(sink.sent).toEqual([]);
    expect(res.destroyed).toBe(true);
  });

  it("drops the connection when it is destroyed", () => {
    const { res, sink } = response();
    res.destroy();
    expect(sink.destroyed).toBe(true);
    expect(res.destroyed).toBe(true);
  });
});
