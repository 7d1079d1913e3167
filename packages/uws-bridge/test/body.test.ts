import type { BodyOutcome } from "@skein/engine";
import { describe, expect, it } from "vitest";
import { ask, RawClient } from "./clients.ts";
import { deferred, PATH, serve } from "./support.ts";

interface Reading {
  readonly limit?: number;
  /** Waits before it asks for the body, as asynchronous middlewares do. */
  readonly late?: boolean;
}

function text(outcome: BodyOutcome): string {
  return outcome.kind === "complete" ? Buffer.from(outcome.bytes).toString() : outcome.kind;
}

/** Answers every request with what became of its body. */
async function echo({ limit = 1000, late = false }: Reading = {}): Promise<number> {
  const { port } = await serve({
    onRequest(exchange) {
      const read = () =>
        exchange.readBody(limit, (outcome) => exchange.respond({ status: 200, body: text(outcome) }));
      if (late) setTimeout(read, 20);
      else read();
    },
  });
  return port;
}

function post(fields: string): string {
  return `POST ${PATH} HTTP/1.1\r\nHost: x\r\n${fields}\r\n\r\n`;
}

describe("a body", () => {
  it("of a known length comes whole", async () => {
    expect((await ask(await echo(), { method: "POST", body: "hello" })).body).toBe("hello");
  });

  it("that came before anybody asked for it is not lost", async () => {
    expect((await ask(await echo({ late: true }), { method: "POST", body: "hello" })).body).toBe("hello");
  });

  it("is put together from many chunks", async () => {
    const client = new RawClient(await echo());
    await client.write(post("Content-Length: 9"));
    for (const chunk of ["abc", "def", "ghi"]) {
      await client.write(chunk);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await client.until((received) => received.includes("ghi"))).toMatch(/\r\n\r\nabcdefghi$/);
  });

  it("without an announced length is taken as well", async () => {
    const headers = { "Transfer-Encoding": "chunked" };
    expect((await ask(await echo(), { method: "POST", headers, body: "unannounced" })).body).toBe(
      "unannounced",
    );
  });

  it("that isn't there is empty", async () => {
    expect((await ask(await echo(), { method: "GET" })).body).toBe("");
    expect((await ask(await echo(), { method: "POST" })).body).toBe("");
  });

  it("of exactly the limit is accepted", async () => {
    expect((await ask(await echo({ limit: 10 }), { method: "POST", body: "x".repeat(10) })).body).toBe(
      "x".repeat(10),
    );
  });

  it("one byte over the limit is too large, announced or not, asked for early or late", async () => {
    for (const late of [false, true]) {
      const port = await echo({ limit: 10, late });
      for (const headers of [{}, { "Transfer-Encoding": "chunked" }]) {
        const answer = await ask(port, { method: "POST", headers, body: "x".repeat(11) });
        expect(answer.body).toBe("too-large");
      }
    }
  });

  it("over the host's largest payload is too large, whatever the reader would take", async () => {
    const answer = await ask(await echo({ limit: 1e9 }), { method: "POST", body: "x".repeat(1001) });
    expect(answer.body).toBe("too-large");
  });

  it("that is too large leaves the connection in step for the next request", async () => {
    const client = new RawClient(await echo({ limit: 10 }));
    await client.write(post("Content-Length: 50000") + "x".repeat(50_000));
    await client.until((received) => received.endsWith("too-large"));
    await client.write(`${post("Content-Length: 2")}ok`);
    await client.until((received) => received.endsWith("ok"));
  });

  it("that breaks off is aborted, and is told once", async () => {
    const outcomes: string[] = [];
    const arrived = deferred();
    const aborted = deferred();
    const { port } = await serve({
      onRequest(exchange) {
        exchange.readBody(100, ({ kind }) => outcomes.push(kind));
        exchange.onAborted(() => aborted.resolve());
        arrived.resolve();
      },
    });
    const client = new RawClient(port);
    await client.write(`${post("Content-Length: 10")}half`);
    await arrived.promise;
    client.socket.destroy();
    await aborted.promise;
    expect(outcomes).toEqual(["aborted"]);
  });

  it("that nobody needs any more is aborted, after the call that answered the request", async () => {
    const outcomes: string[] = [];
    const done = deferred();
    const { port } = await serve({
      onRequest(exchange) {
        exchange.readBody(100, ({ kind }) => {
          outcomes.push(kind);
          done.resolve();
        });
        exchange.respond({ status: 400, body: "no" });
        expect(outcomes).toEqual([]);
      },
    });
    const client = new RawClient(port);
    await client.write(`${post("Content-Length: 4")}half`);
    await client.until((received) => received.endsWith("no"));
    await done.promise;
    expect(outcomes).toEqual(["aborted"]);
  });

  it("may be kept: its bytes are a copy", async () => {
    const kept: Uint8Array[] = [];
    const { port } = await serve({
      onRequest(exchange) {
        exchange.readBody(1000, (outcome) => {
          if (outcome.kind === "complete") kept.push(outcome.bytes);
          exchange.respond({ status: 200 });
        });
      },
    });
    await ask(port, { method: "POST", body: "first" });
    await ask(port, { method: "POST", body: "other" });
    expect(kept.map((bytes) => Buffer.from(bytes).toString())).toEqual(["first", "other"]);
  });

  it("goes on coming after the response without harm", async () => {
    const { port } = await serve({ onRequest: (exchange) => exchange.respond({ status: 413, body: "no" }) });
    const client = new RawClient(port);
    await client.write(post("Content-Length: 8"));
    await client.until((received) => received.endsWith("no"));
    await client.write("12345678");
    await client.write(post("Content-Length: 0"));
    await client.until((received) => received.split("413").length === 3);
  });
});
