import { describe, expect, it } from "vitest";
import { Arrivals } from "../arrivals.ts";
import { type HostUnderTest, PATH } from "./host-under-test.ts";

/** Tests of the contract of `HttpExchange`, except request bodies. */
export function requestSuite(at: HostUnderTest): void {
  describe("HTTP", () => {
    it("hands a request over with its method, URL, headers and peer", async () => {
      const { response } = at.client.request({
        method: "PUT",
        path: `${PATH}?a=1&b=%20`,
        headers: { "x-test": "yes" },
        body: "",
      });
      const { request } = await at.desk.requests.next();
      expect(request.method).toBe("PUT");
      expect(request.url).toBe(`${PATH}?a=1&b=%20`);
      expect(request.headers["x-test"]).toBe("yes");
      expect(request.remoteAddress).toContain("127.0.0.1");
      expect(request.secure).toBe(false);
      expect(request.incoming.url).toBe(request.url);
      void response;
    });

    it("keeps a request readable after its exchange", async () => {
      const { response } = at.client.request({ path: `${PATH}?later`, headers: { "x-test": "yes" } });
      const exchange = await at.desk.requests.next();
      exchange.respond({ status: 200 });
      await response;
      expect(exchange.request.url).toBe(`${PATH}?later`);
      expect(exchange.request.headers["x-test"]).toBe("yes");
      expect(exchange.request.remoteAddress).toContain("127.0.0.1");
    });

    it("leaves other requests with whoever had them", async () => {
      const answer = await at.client.request({ path: "/other" }).response;
      expect(answer.status).toBe(404);
      expect(answer.body.toString()).toBe("elsewhere");
      expect(at.desk.requests.pending).toEqual([]);
    });

    it("sends status, headers, length and body of a response", async () => {
      const { response } = at.client.request({ path: PATH });
      const exchange = await at.desk.requests.next();
      exchange.respond({ status: 400, headers: { "Content-Type": "text/x", "x-a": "b" }, body: "h€llo" });
      const answer = await response;
      expect(answer.status).toBe(400);
      expect(answer.headers["content-type"]).toBe("text/x");
      expect(answer.headers["x-a"]).toBe("b");
      expect(answer.headers["content-length"]).toBe("7");
      expect(answer.body.toString()).toBe("h€llo");
    });

    it("sends bytes as they are", async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      const { response } = at.client.request({ path: PATH });
      (await at.desk.requests.next()).respond({ status: 200, body: bytes });
      expect((await response).body).toEqual(Buffer.from(bytes));
    });

    it("sends one header line for each value of a list", async () => {
      const { response } = at.client.request({ path: PATH });
      (await at.desk.requests.next()).respond({ status: 200, headers: { "Set-Cookie": ["a=1", "b=2"] } });
      expect((await response).headers["set-cookie"]).toEqual(["a=1", "b=2"]);
    });

    it("ends an exchange only once", async () => {
      const { response } = at.client.request({ path: PATH });
      const exchange = await at.desk.requests.next();
      expect(exchange.ended).toBe(false);
      exchange.respond({ status: 200, body: "first" });
      expect(exchange.ended).toBe(true);
      exchange.respond({ status: 500, body: "second" });
      expect((await response).body.toString()).toBe("first");
    });

    it("sends the headers that middlewares have set", async () => {
      const { response } = at.client.request({ path: PATH });
      const exchange = await at.desk.requests.next();
      exchange.outgoing.setHeader("X-Kept", "yes");
      exchange.respond({ status: 403, headers: { "x-own": "too" } });
      const answer = await response;
      expect(answer.status).toBe(403);
      expect(answer.headers["x-kept"]).toBe("yes");
      expect(answer.headers["x-own"]).toBe("too");
    });

    it("lets a middleware end the response itself", async () => {
      const { response } = at.client.request({ path: PATH });
      const exchange = await at.desk.requests.next();
      exchange.outgoing.statusCode = 503;
      exchange.outgoing.setHeader("X-Kept", "yes");
      exchange.outgoing.end("later");
      expect(exchange.ended).toBe(true);
      exchange.respond({ status: 200 });
      const answer = await response;
      expect([answer.status, answer.body.toString(), answer.headers["x-kept"]]).toEqual([
        503,
        "later",
        "yes",
      ]);
    });

    it("tells once when the peer goes away before the response", async () => {
      const aborts = new Arrivals<true>();
      at.desk.atOnce = (exchange) => exchange.onAborted(() => aborts.push(true));
      const { abort } = at.client.request({ path: PATH });
      const exchange = await at.desk.requests.next();
      abort();
      await aborts.next();
      expect(exchange.ended).toBe(true);
      exchange.respond({ status: 200, body: "into the void" });
      expect(aborts.pending).toEqual([]);
    });

    it("tells of no abort after the response", async () => {
      const aborts = new Arrivals<true>();
      at.desk.atOnce = (exchange) => exchange.onAborted(() => aborts.push(true));
      const { response, abort } = at.client.request({ path: PATH });
      (await at.desk.requests.next()).respond({ status: 200 });
      await response;
      abort();
      await at.roundTrip();
      expect(aborts.pending.length).toBe(0);
    });

    it("drops a connection without an answer", async () => {
      const { response } = at.client.request({ path: PATH });
      const exchange = await at.desk.requests.next();
      exchange.destroy();
      await expect(response).rejects.toBeInstanceOf(Error);
      expect(exchange.ended).toBe(true);
    });

    it("hands over nothing after it was closed", async () => {
      at.host.close();
      const { abort, response } = at.client.request({ path: PATH });
      const answer = (await response).body.toString();
      abort();
      expect(answer).toBe("elsewhere");
      expect(at.desk.requests.pending).toEqual([]);
    });
  });
}
