import { describe, expect, it } from "vitest";
import { RecordingListener, type HostUnderTest, PATH } from "./host-under-test.ts";

/** Tests of the contract of `UpgradeExchange`. */
export function upgradeSuite(at: HostUnderTest): void {
  describe("upgrades", () => {
    it("hands an upgrade request over with its URL and headers", async () => {
      const attempt = at.client.webSocket(`${PATH}?a=1`, { "x-test": "yes" });
      const exchange = await at.desk.upgrades.next();
      expect(exchange.request.url).toBe(`${PATH}?a=1`);
      expect(exchange.request.method).toBe("GET");
      expect(exchange.request.headers["x-test"]).toBe("yes");
      expect(exchange.request.remoteAddress).toContain("127.0.0.1");
      expect(exchange.ended).toBe(false);
      exchange.destroy();
      await attempt;
    });

    at.having("destroy-upgrade")("ends upgrade requests that nobody takes", async () => {
      expect(await at.client.webSocket("/other")).toEqual({ kind: "dropped" });
      expect(at.desk.upgrades.pending).toEqual([]);
    });

    it("accepts long after the request came", async () => {
      const attempt = at.client.webSocket(PATH);
      const exchange = await at.desk.upgrades.next();
      await at.roundTrip();
      exchange.accept({}, (port) => {
        port.send(["welcome"], true);
        return new RecordingListener();
      });
      const result = await attempt;
      if (result.kind !== "open") throw new Error(`not opened: ${result.kind}`);
      expect(await result.webSocket.messages.next()).toBe("welcome");
      result.webSocket.terminate();
    });

    it("refuses before the 101", async () => {
      const attempt = at.client.webSocket(PATH);
      const exchange = await at.desk.upgrades.next();
      expect(exchange.request.url).toBe(PATH);
      exchange.refuse({
        status: 400,
        headers: { "Content-type": "text/html" },
        body: "Session ID unknown",
      });
      expect(exchange.ended).toBe(true);
      const result = await attempt;
      if (result.kind !== "refused") throw new Error(`not refused: ${result.kind}`);
      expect(result.response.status).toBe(400);
      expect(result.response.headers["content-type"]).toBe("text/html");
      expect(result.response.body.toString()).toBe("Session ID unknown");
    });

    it("drops an upgrade request without an answer", async () => {
      const attempt = at.client.webSocket(PATH);
      const exchange = await at.desk.upgrades.next();
      exchange.destroy();
      expect(exchange.ended).toBe(true);
      expect(await attempt).toEqual({ kind: "dropped" });
    });

    it("ends an upgrade only once", async () => {
      const attempt = at.client.webSocket(PATH);
      const exchange = await at.desk.upgrades.next();
      exchange.refuse({ status: 400 });
      let opened = false;
      exchange.accept({}, () => {
        opened = true;
        return new RecordingListener();
      });
      exchange.refuse({ status: 500 });
      const result = await attempt;
      expect(result).toMatchObject({ kind: "refused", response: { status: 400 } });
      expect(opened).toBe(false);
    });

    it("sends the headers of the engine and of middlewares with the 101", async () => {
      const attempt = at.client.webSocket(PATH);
      const exchange = await at.desk.upgrades.next();
      exchange.outgoing.setHeader("X-Kept", "yes");
      exchange.outgoing.setHeader("Set-Cookie", ["a=1", "b=2"]);
      exchange.accept({ "x-own": "too" }, () => new RecordingListener());
      const result = await attempt;
      if (result.kind !== "open") throw new Error(`not opened: ${result.kind}`);
      expect(result.webSocket.headers["x-kept"]).toBe("yes");
      expect(result.webSocket.headers["x-own"]).toBe("too");
      expect(result.webSocket.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
      result.webSocket.terminate();
    });
  });
}
