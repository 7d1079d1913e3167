import type { BodyOutcome, HttpExchange } from "@skein/engine";
import { describe, expect, it } from "vitest";
import { type HostUnderTest, PATH } from "./host-under-test.ts";

function readBody(exchange: HttpExchange, limit: number): Promise<BodyOutcome> {
  return new Promise((resolve) => exchange.readBody(limit, resolve));
}

/** Tests of `readBody` of `HttpExchange`. */
export function bodySuite(at: HostUnderTest): void {
  describe("bodies of requests", () => {
    it("reads a body to its end", async () => {
      const bytes = Buffer.from(Array.from({ length: 500 }, (_, index) => index % 256));
      at.desk.atOnce = (exchange) =>
        exchange.readBody(500, (outcome) => {
          const body = outcome.kind === "complete" ? outcome.bytes : outcome.kind;
          exchange.respond({ status: 200, body });
        });
      const { response } = at.client.request({ method: "POST", path: PATH, body: bytes });
      expect((await response).body).toEqual(bytes);
    });

    it("reads a body of unknown length", async () => {
      const { response } = at.client.request({
        method: "POST",
        path: PATH,
        body: "abc",
        chunked: true,
      });
      const exchange = await at.desk.requests.next();
      const outcome = await readBody(exchange, 3);
      expect(outcome).toMatchObject({ kind: "complete" });
      exchange.respond({ status: 200 });
      await response;
    });

    it("stops reading at the first byte over the limit, and can still answer", async () => {
      const { response } = at.client.request({ method: "POST", path: PATH, body: "€€€€" });
      const exchange = await at.desk.requests.next();
      expect(await readBody(exchange, 11)).toEqual({ kind: "too-large" });
      exchange.respond({ status: 413 });
      expect((await response).status).toBe(413);
    });

    it("tells when the peer aborts a body", async () => {
      const outcome = new Promise<BodyOutcome>((resolve) => {
        at.desk.atOnce = (exchange) => exchange.readBody(100, resolve);
      });
      const { abort } = at.client.request({
        method: "POST",
        path: PATH,
        body: "abc",
        announcedLength: 50,
      });
      const exchange = await at.desk.requests.next();
      abort();
      expect(await outcome).toEqual({ kind: "aborted" });
      expect(exchange.ended).toBe(true);
    });
  });
}
