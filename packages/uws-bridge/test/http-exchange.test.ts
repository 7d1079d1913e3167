import type { HttpExchange } from "@skein/engine";
import { describe, expect, it } from "vitest";
import { ask, RawClient } from "./clients.ts";
import { deferred, PATH, serve } from "./support.ts";

const GET = `GET ${PATH} HTTP/1.1\r\nHost: x\r\n\r\n`;

describe("a response", () => {
  it("carries status, headers in their case, and body", async () => {
    const { port } = await serve({
      onRequest: (exchange) => exchange.respond({ status: 403, headers: { "X-Case": "Kept" }, body: "no" }),
    });
    const answer = await ask(port);
    expect(answer).toMatchObject({ status: 403, statusText: "Forbidden", body: "no" });
    expect(answer.rawHeaders).toEqual(expect.arrayContaining(["X-Case", "Kept"]));
  });

  it("can be given long after the handler has returned", async () => {
    const { port } = await serve({
      onRequest: (exchange) =>
        void setImmediate(() => exchange.respond({ status: 200, body: Uint8Array.of(0x68, 0x69) })),
    });
    expect((await ask(port)).body).toBe("hi");
  });

  it("says each value of a repeated header on its own line, and its length once", async () => {
    const { port } = await serve({
      onRequest: (exchange) =>
        exchange.respond({
          status: 200,
          headers: { "Set-Cookie": ["a=1", "b=2"], "content-length": 99 },
          body: "abc",
        }),
    });
    const answer = await ask(port);
    expect(answer.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
    expect(answer.headers["content-length"]).toBe("3");
  });

  it("carries every cookie, however the name of its header is spelled", async () => {
    const { port } = await serve({
      onRequest(exchange) {
        exchange.respond({ status: 200, headers: { "Set-Cookie": "a=1", "set-cookie": ["b=2", "c=3"] } });
      },
    });
    expect((await ask(port)).headers["set-cookie"]).toEqual(["a=1", "b=2", "c=3"]);
  });

  it("writes header values in Latin-1 as Node does", async () => {
    const { port } = await serve({
      onRequest: (exchange) => exchange.respond({ status: 200, headers: { "x-name": "José" } }),
    });
    expect((await ask(port)).headers["x-name"]).toBe("José");
  });

  it("is given once: a second one does nothing", async () => {
    const { port } = await serve({
      onRequest(exchange) {
        exchange.respond({ status: 200, body: "first" });
        expect(exchange.ended).toBe(true);
        exchange.respond({ status: 500, body: "second" });
        exchange.destroy();
      },
    });
    expect((await ask(port)).body).toBe("first");
  });

  it("to HEAD has the length of its body, and no body", async () => {
    const { port } = await serve({
      onRequest: (exchange) => exchange.respond({ status: 200, body: "four" }),
    });
    const client = new RawClient(port);
    await client.write(`HEAD ${PATH} HTTP/1.1\r\nHost: x\r\n\r\n`);
    const head = await client.until((text) => text.includes("\r\n\r\n"));
    expect(head.match(/Content-Length: .*/g)).toEqual(["Content-Length: 4"]);
    await client.write(GET);
    const both = await client.until((text) => text.endsWith("four"));
    expect(both.slice(head.length)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it("of status 304 has no body", async () => {
    const { port } = await serve({ onRequest: (exchange) => exchange.respond({ status: 304 }) });
    const answer = await ask(port);
    expect(answer).toMatchObject({ status: 304, body: "" });
    expect(answer.headers).not.toHaveProperty("content-length");
  });

  it("keeps the connection for the next request, and ends it where its headers say so", async () => {
    let count = 0;
    const { port } = await serve({
      onRequest(exchange) {
        count += 1;
        exchange.respond({
          status: 200,
          headers: count === 2 ? { Connection: "close" } : {},
          body: `${count};`,
        });
      },
    });
    const client = new RawClient(port);
    await client.write(GET);
    await client.until((text) => text.endsWith("1;"));
    await client.write(GET);
    const all = await client.closed();
    expect(all).toMatch(/2;$/);
    expect(all.match(/Connection: close/g)).toHaveLength(1);
  });

  it("with a line break in a header is not written: the connection is dropped", async () => {
    const { port } = await serve({
      onRequest: (exchange) => exchange.respond({ status: 200, headers: { "x-a": "b\r\nx-evil: 1" } }),
    });
    await expect(ask(port)).rejects.toThrow("socket hang up");
  });
});

describe("destroy", () => {
  it("drops the connection without an answer, and is no abort", async () => {
    const heard: string[] = [];
    const { port } = await serve({
      onRequest(exchange) {
        exchange.onAborted(() => heard.push("aborted"));
        exchange.destroy();
        expect(exchange.ended).toBe(true);
      },
    });
    await expect(ask(port)).rejects.toThrow("socket hang up");
    expect(heard).toEqual([]);
  });
});

describe("a peer that goes away before the response", () => {
  async function abandoned(onRequest: (exchange: HttpExchange) => void): Promise<HttpExchange> {
    const arrived = deferred();
    const aborted = deferred<HttpExchange>();
    const { port } = await serve({
      onRequest(exchange) {
        onRequest(exchange);
        exchange.onAborted(() => aborted.resolve(exchange));
        arrived.resolve();
      },
    });
    const client = new RawClient(port);
    await client.write(GET);
    await arrived.promise;
    client.socket.destroy();
    return aborted.promise;
  }

  it("is told once, and the exchange is over", async () => {
    expect((await abandoned(() => {})).ended).toBe(true);
  });

  it("leaves nothing to touch: responding, destroying and reading do nothing any more", async () => {
    const exchange = await abandoned(() => {});
    exchange.respond({ status: 200, body: "late" });
    exchange.destroy();
    const outcome = deferred<string>();
    exchange.readBody(10, ({ kind }) => outcome.resolve(kind));
    expect(await outcome.promise).toBe("aborted");
  });

  it("closes the response that a middleware holds, which then writes to nothing", async () => {
    const heard: string[] = [];
    const exchange = await abandoned(({ outgoing }) => outgoing.on("close", () => heard.push("close")));
    expect(heard).toEqual(["close"]);
    expect(exchange.outgoing.destroyed).toBe(true);
    exchange.outgoing.setHeader("x-late", "1");
    exchange.outgoing.end("late");
    exchange.respond({ status: 200 });
    expect(exchange.outgoing.writableEnded).toBe(false);
  });

  it("is not told when the response was handed over before", async () => {
    const heard: string[] = [];
    const { port } = await serve({
      onRequest(exchange) {
        exchange.onAborted(() => heard.push("aborted"));
        exchange.respond({ status: 200, body: "done" });
      },
    });
    const client = new RawClient(port);
    await client.write(GET);
    await client.until((text) => text.endsWith("done"));
    client.socket.destroy();
    await ask(port);
    expect(heard).toEqual([]);
  });
});

describe("what a middleware writes", () => {
  it("joins the response of the engine", async () => {
    const { port } = await serve({
      onRequest(exchange) {
        exchange.outgoing.setHeader("Access-Control-Allow-Origin", "*");
        exchange.respond({ status: 400, headers: { "Content-Type": "application/json" }, body: "{}" });
      },
    });
    expect(await ask(port)).toMatchObject({
      status: 400,
      headers: { "access-control-allow-origin": "*", "content-type": "application/json" },
      body: "{}",
    });
  });

  it("can be the whole response, in pieces, after an await", async () => {
    const { port } = await serve({
      onRequest: (exchange) =>
        void setImmediate(() => {
          exchange.outgoing.writeHead(503, { "Retry-After": "1" });
          exchange.outgoing.write("come ");
          exchange.outgoing.end("later");
          expect(exchange.ended).toBe(true);
          exchange.respond({ status: 200, body: "too late" });
        }),
    });
    const answer = await ask(port);
    expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "1" }, body: "come later" });
  });

  it("is ended and not added to, when the engine has to answer for it", async () => {
    const { port } = await serve({
      onRequest(exchange) {
        exchange.outgoing.writeHead(200);
        exchange.outgoing.write("begun");
        exchange.respond({ status: 400, headers: { "Content-Type": "application/json" }, body: "{}" });
      },
    });
    expect(await ask(port)).toMatchObject({ status: 200, body: "begun" });
  });

  it("may drop the connection", async () => {
    const { port } = await serve({ onRequest: (exchange) => exchange.outgoing.destroy() });
    await expect(ask(port)).rejects.toThrow("socket hang up");
  });
});
