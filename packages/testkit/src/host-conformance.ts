import {
  type BodyOutcome,
  type Host,
  type HostHandler,
  type HttpExchange,
  PreparedMessage,
  type UpgradeExchange,
  type WebSocketListener,
  type WebSocketPort,
} from "@skein/engine";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Arrivals } from "./arrivals.ts";
import type { ClientWebSocket, HostClient } from "./host-client.ts";

/** What a host may be unable to do, for a reason that its harness states. */
export type HostCapability =
  /** Requests outside the path reach another handler, which answers 404 with `elsewhere`. */
  | "neighbours"
  /** Bodies without a length in advance. */
  | "chunked-bodies"
  /** An oversized body is answered by the engine, and not by the host itself. */
  | "oversize-answer"
  /** A message above the limit is reported as an error. */
  | "oversize-message-error"
  /** Unmatched upgrade requests are ended. */
  | "destroy-upgrade"
  /** A client that stops reading makes the server's output pile up. */
  | "backpressure";

/** A host that serves, and a client for it. */
export interface RunningHost {
  readonly host: Host;
  readonly client: HostClient;
  /** Starts the server that the host is on. Called after `host.serve`. */
  listen?(): Promise<void>;
  stop(): Promise<void>;
}

export interface HostHarness {
  /** A host on a server of its own. The suite calls `serve`. */
  create(): Promise<RunningHost> | RunningHost;
  readonly lacks?: Readonly<Partial<Record<HostCapability, string>>>;
}

const PATH = "/engine/";
const MAX_PAYLOAD = 1000;

/** Everything that a port tells, to be awaited. */
class Ear implements WebSocketListener {
  readonly messages = new Arrivals<string | Buffer>();
  readonly drains = new Arrivals<true>();
  readonly closes = new Arrivals<{ error: Error | undefined }>();

  onMessage(data: string | Uint8Array): void {
    this.messages.push(typeof data === "string" ? data : Buffer.from(data));
  }

  onDrain(): void {
    this.drains.push(true);
  }

  onClose(error?: Error): void {
    this.closes.push({ error });
  }
}

class Desk implements HostHandler {
  readonly requests = new Arrivals<HttpExchange>();
  readonly upgrades = new Arrivals<UpgradeExchange>();
  /** What to do at once with a request, where waiting would be too late. */
  atOnce: ((exchange: HttpExchange) => void) | undefined;

  onRequest(exchange: HttpExchange): void {
    this.atOnce?.(exchange);
    this.requests.push(exchange);
  }

  onUpgrade(exchange: UpgradeExchange): void {
    this.upgrades.push(exchange);
  }

  onHostClosed(): void {}
}

/** Registers the suite that every host has to pass. Call it at the top of a test file. */
export function hostConformance(name: string, harness: HostHarness): void {
  const can = (capability: HostCapability) => harness.lacks?.[capability] === undefined;
  const having = (capability: HostCapability) => (title: string, test: () => Promise<void>) => {
    const reason = harness.lacks?.[capability];
    it(`${title}${reason === undefined ? "" : ` (${reason})`}`, ({ skip }) =>
      reason === undefined ? test() : skip(reason));
  };

  describe(`${name} as a host`, () => {
    let running: RunningHost;
    let desk: Desk;

    beforeEach(async () => {
      running = await harness.create();
      desk = new Desk();
      running.host.serve(desk, {
        path: PATH,
        webSocket: true,
        maxPayload: MAX_PAYLOAD,
        maxBuffered: 16_000_000,
        pingInterval: 25_000,
        destroyUpgradeTimeout: 30,
      });
      await running.listen?.();
    });

    afterEach(() => running.stop());

    async function open(headers?: Record<string, string>): Promise<{
      ear: Ear;
      port: WebSocketPort;
      peer: ClientWebSocket;
    }> {
      const attempt = running.client.webSocket(`${PATH}?a=1`, headers);
      const exchange = await desk.upgrades.next();
      const ear = new Ear();
      const port = new Promise<WebSocketPort>((resolve) => {
        exchange.accept({}, (opened) => {
          resolve(opened);
          return ear;
        });
      });
      const result = await attempt;
      if (result.kind !== "open") throw new Error(`not opened: ${result.kind}`);
      return { ear, port: await port, peer: result.webSocket };
    }

    /** One more request, so that what the server had to say before has been said. */
    async function roundTrip(): Promise<void> {
      desk.atOnce = undefined;
      const { response } = running.client.request({ path: PATH });
      (await desk.requests.next()).respond({ status: 200 });
      await response;
    }

    function readBody(exchange: HttpExchange, limit: number): Promise<BodyOutcome> {
      return new Promise((resolve) => exchange.readBody(limit, resolve));
    }

    describe("HTTP", () => {
      it("hands a request over with its method, URL, headers and peer", async () => {
        const { response } = running.client.request({
          method: "PUT",
          path: `${PATH}?a=1&b=%20`,
          headers: { "x-test": "yes" },
          body: "",
        });
        const { request, ...exchange } = await desk.requests.next();
        expect(request.method).toBe("PUT");
        expect(request.url).toBe(`${PATH}?a=1&b=%20`);
        expect(request.headers["x-test"]).toBe("yes");
        expect(request.remoteAddress).toContain("127.0.0.1");
        expect(request.secure).toBe(false);
        expect(request.incoming.url).toBe(request.url);
        expect(exchange).toBeDefined();
        void response;
      });

      it("keeps a request readable after its exchange", async () => {
        const { response } = running.client.request({ path: `${PATH}?later`, headers: { "x-test": "yes" } });
        const exchange = await desk.requests.next();
        exchange.respond({ status: 200 });
        await response;
        expect(exchange.request.url).toBe(`${PATH}?later`);
        expect(exchange.request.headers["x-test"]).toBe("yes");
        expect(exchange.request.remoteAddress).toContain("127.0.0.1");
      });

      having("neighbours")("leaves other requests with whoever had them", async () => {
        const answer = await running.client.request({ path: "/other" }).response;
        expect(answer.status).toBe(404);
        expect(answer.body.toString()).toBe("elsewhere");
        expect(desk.requests.pending).toEqual([]);
      });

      it("sends status, headers, length and body of a response", async () => {
        const { response } = running.client.request({ path: PATH });
        const exchange = await desk.requests.next();
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
        const { response } = running.client.request({ path: PATH });
        (await desk.requests.next()).respond({ status: 200, body: bytes });
        expect((await response).body).toEqual(Buffer.from(bytes));
      });

      it("sends one header line for each value of a list", async () => {
        const { response } = running.client.request({ path: PATH });
        (await desk.requests.next()).respond({ status: 200, headers: { "Set-Cookie": ["a=1", "b=2"] } });
        expect((await response).headers["set-cookie"]).toEqual(["a=1", "b=2"]);
      });

      it("ends an exchange only once", async () => {
        const { response } = running.client.request({ path: PATH });
        const exchange = await desk.requests.next();
        expect(exchange.ended).toBe(false);
        exchange.respond({ status: 200, body: "first" });
        expect(exchange.ended).toBe(true);
        exchange.respond({ status: 500, body: "second" });
        expect((await response).body.toString()).toBe("first");
      });

      it("sends the headers that middlewares have set", async () => {
        const { response } = running.client.request({ path: PATH });
        const exchange = await desk.requests.next();
        exchange.outgoing.setHeader("X-Kept", "yes");
        exchange.respond({ status: 403, headers: { "x-own": "too" } });
        const answer = await response;
        expect(answer.status).toBe(403);
        expect(answer.headers["x-kept"]).toBe("yes");
        expect(answer.headers["x-own"]).toBe("too");
      });

      it("lets a middleware end the response itself", async () => {
        const { response } = running.client.request({ path: PATH });
        const exchange = await desk.requests.next();
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

      it("reads a body to its end", async () => {
        const bytes = Buffer.from(Array.from({ length: 500 }, (_, index) => index % 256));
        desk.atOnce = (exchange) =>
          exchange.readBody(500, (outcome) => {
            const body = outcome.kind === "complete" ? outcome.bytes : outcome.kind;
            exchange.respond({ status: 200, body });
          });
        const { response } = running.client.request({ method: "POST", path: PATH, body: bytes });
        expect((await response).body).toEqual(bytes);
      });

      having("chunked-bodies")("reads a body of unknown length", async () => {
        const { response } = running.client.request({
          method: "POST",
          path: PATH,
          body: "abc",
          chunked: true,
        });
        const exchange = await desk.requests.next();
        const outcome = await readBody(exchange, 3);
        expect(outcome).toMatchObject({ kind: "complete" });
        exchange.respond({ status: 200 });
        await response;
      });

      having("oversize-answer")(
        "stops reading at the first byte over the limit, and can still answer",
        async () => {
          const { response } = running.client.request({ method: "POST", path: PATH, body: "€€€€" });
          const exchange = await desk.requests.next();
          expect(await readBody(exchange, 11)).toEqual({ kind: "too-large" });
          exchange.respond({ status: 413 });
          expect((await response).status).toBe(413);
        },
      );

      it("tells when the peer aborts a body", async () => {
        const outcome = new Promise<BodyOutcome>((resolve) => {
          desk.atOnce = (exchange) => exchange.readBody(100, resolve);
        });
        const { abort } = running.client.request({
          method: "POST",
          path: PATH,
          body: "abc",
          announcedLength: 50,
        });
        const exchange = await desk.requests.next();
        abort();
        expect(await outcome).toEqual({ kind: "aborted" });
        expect(exchange.ended).toBe(true);
      });

      it("tells once when the peer goes away before the response", async () => {
        const aborts = new Arrivals<true>();
        desk.atOnce = (exchange) => exchange.onAborted(() => aborts.push(true));
        const { abort } = running.client.request({ path: PATH });
        const exchange = await desk.requests.next();
        abort();
        await aborts.next();
        expect(exchange.ended).toBe(true);
        exchange.respond({ status: 200, body: "into the void" });
        expect(aborts.pending).toEqual([]);
      });

      it("tells of no abort after the response", async () => {
        const aborts = new Arrivals<true>();
        desk.atOnce = (exchange) => exchange.onAborted(() => aborts.push(true));
        const { response, abort } = running.client.request({ path: PATH });
        (await desk.requests.next()).respond({ status: 200 });
        await response;
        abort();
        await roundTrip();
        expect(aborts.pending.length).toBe(0);
      });

      it("drops a connection without an answer", async () => {
        const { response } = running.client.request({ path: PATH });
        const exchange = await desk.requests.next();
        exchange.destroy();
        await expect(response).rejects.toBeInstanceOf(Error);
        expect(exchange.ended).toBe(true);
      });

      it("hands over nothing after it was closed", async () => {
        running.host.close();
        const { abort, response } = running.client.request({ path: PATH });
        const answer = can("neighbours") ? (await response).body.toString() : "elsewhere";
        abort();
        expect(answer).toBe("elsewhere");
        expect(desk.requests.pending).toEqual([]);
      });
    });

    describe("upgrades", () => {
      it("hands an upgrade request over with its URL and headers", async () => {
        const attempt = running.client.webSocket(`${PATH}?a=1`, { "x-test": "yes" });
        const exchange = await desk.upgrades.next();
        expect(exchange.request.url).toBe(`${PATH}?a=1`);
        expect(exchange.request.method).toBe("GET");
        expect(exchange.request.headers["x-test"]).toBe("yes");
        expect(exchange.request.remoteAddress).toContain("127.0.0.1");
        expect(exchange.ended).toBe(false);
        exchange.destroy();
        await attempt;
      });

      having("destroy-upgrade")("ends upgrade requests that nobody takes", async () => {
        expect(await running.client.webSocket("/other")).toEqual({ kind: "dropped" });
        expect(desk.upgrades.pending).toEqual([]);
      });

      it("accepts long after the request came", async () => {
        const attempt = running.client.webSocket(PATH);
        const exchange = await desk.upgrades.next();
        await roundTrip();
        exchange.accept({}, (port) => {
          port.send(["welcome"], true);
          return new Ear();
        });
        const result = await attempt;
        if (result.kind !== "open") throw new Error(`not opened: ${result.kind}`);
        expect(await result.webSocket.messages.next()).toBe("welcome");
        result.webSocket.terminate();
      });

      it("refuses before the 101", async () => {
        const attempt = running.client.webSocket(PATH);
        const exchange = await desk.upgrades.next();
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
        const attempt = running.client.webSocket(PATH);
        const exchange = await desk.upgrades.next();
        exchange.destroy();
        expect(exchange.ended).toBe(true);
        expect(await attempt).toEqual({ kind: "dropped" });
      });

      it("ends an upgrade only once", async () => {
        const attempt = running.client.webSocket(PATH);
        const exchange = await desk.upgrades.next();
        exchange.refuse({ status: 400 });
        let opened = false;
        exchange.accept({}, () => {
          opened = true;
          return new Ear();
        });
        exchange.refuse({ status: 500 });
        const result = await attempt;
        expect(result).toMatchObject({ kind: "refused", response: { status: 400 } });
        expect(opened).toBe(false);
      });

      it("sends the headers of the engine and of middlewares with the 101", async () => {
        const attempt = running.client.webSocket(PATH);
        const exchange = await desk.upgrades.next();
        exchange.outgoing.setHeader("X-Kept", "yes");
        exchange.outgoing.setHeader("Set-Cookie", ["a=1", "b=2"]);
        exchange.accept({ "x-own": "too" }, () => new Ear());
        const result = await attempt;
        if (result.kind !== "open") throw new Error(`not opened: ${result.kind}`);
        expect(result.webSocket.headers["x-kept"]).toBe("yes");
        expect(result.webSocket.headers["x-own"]).toBe("too");
        expect(result.webSocket.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
        result.webSocket.terminate();
      });
    });

    describe("WebSockets", () => {
      it("carries text and bytes to the server in their order", async () => {
        const { ear, peer } = await open();
        peer.send("h€llo");
        peer.send(Uint8Array.of(0, 255));
        peer.send("");
        expect(await ear.messages.take(3)).toEqual(["h€llo", Buffer.of(0, 255), ""]);
        peer.terminate();
      });

      it("carries a batch to the client in its order, whatever the sizes", async () => {
        const { port, peer } = await open();
        const texts = [0, 1, 41, 42, 125, 126, 500].map((length) => "€".repeat(length));
        port.send([...texts, Uint8Array.of(1, 2), "end"], true);
        expect(await peer.messages.take(9)).toEqual([...texts, Buffer.of(1, 2), "end"]);
        port.send(["x".repeat(70_000), new Uint8Array(66_000)], true);
        expect(await peer.messages.take(2)).toEqual(["x".repeat(70_000), Buffer.alloc(66_000)]);
        peer.terminate();
      });

      it("sends a prepared message in its revision 4 form", async () => {
        const { port, peer } = await open();
        port.send([new PreparedMessage("h€")], true);
        port.send([new PreparedMessage(Uint8Array.of(7)), "after", new PreparedMessage("x")], true);
        expect(await peer.messages.take(4)).toEqual(["4h€", Buffer.of(7), "after", "4x"]);
        peer.terminate();
      });

      it("closes after what was sent", async () => {
        const { ear, port, peer } = await open();
        port.send(["a", "b"], true);
        port.close();
        port.close();
        expect(await peer.messages.take(2)).toEqual(["a", "b"]);
        expect((await peer.closed).code).toBe(1005);
        expect(await ear.closes.next()).toEqual({ error: undefined });
        expect(ear.closes.pending).toEqual([]);
      });

      it("closes with a code and a reason", async () => {
        const { port, peer } = await open();
        port.close(4001, "enough");
        expect(await peer.closed).toEqual({ code: 4001, reason: "enough" });
      });

      it("tells when the peer closes", async () => {
        const { ear, peer } = await open();
        peer.send("last");
        peer.close(4000);
        expect(await ear.messages.next()).toBe("last");
        expect(await ear.closes.next()).toEqual({ error: undefined });
      });

      it("tells when the peer vanishes", async () => {
        const { ear, peer } = await open();
        peer.terminate();
        await ear.closes.next();
      });

      it("takes no more after the end", async () => {
        const { ear, port, peer } = await open();
        peer.close();
        await ear.closes.next();
        expect(() => {
          port.send(["late"], true);
          port.close();
          port.terminate();
        }).not.toThrow();
      });

      it("drops the connection without telling whoever dropped it", async () => {
        const { ear, port, peer } = await open();
        port.terminate();
        expect((await peer.closed).code).toBe(1006);
        await roundTrip();
        expect(ear.closes.pending).toEqual([]);
      });

      it("takes a message of exactly the limit", async () => {
        const { ear, peer } = await open();
        peer.send("x".repeat(MAX_PAYLOAD));
        expect(await ear.messages.next()).toHaveLength(MAX_PAYLOAD);
        peer.terminate();
      });

      it("ends the connection of a peer whose message is too large", async () => {
        const { ear, peer } = await open();
        peer.send("x".repeat(MAX_PAYLOAD + 1));
        const { error } = await ear.closes.next();
        expect(error instanceof Error).toBe(can("oversize-message-error"));
        expect(ear.messages.pending).toEqual([]);
        await peer.closed;
      });

      having("backpressure")(
        "stops taking when the peer does not read, and tells when it does again",
        async () => {
          const { ear, port, peer } = await open();
          peer.pause();
          let sent = 0;
          let takes = true;
          while (takes) {
            takes = port.send([`${sent} ${"x".repeat(100_000)}`], true);
            sent += 1;
            if (sent % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
          }
          expect(port.bufferedAmount).toBeGreaterThan(0);
          peer.resume();
          await ear.drains.next();
          const arrived = await peer.messages.take(sent);
          expect(arrived.map((message) => Number.parseInt(String(message), 10))).toEqual(
            arrived.map((_, index) => index),
          );
          peer.terminate();
        },
      );
    });

    describe("topics, where the host has them", () => {
      it("publishes to subscribers, in order with what is sent to the same port", async ({ skip }) => {
        const { topics } = running.host;
        if (topics === undefined) return skip("the host does not publish natively");
        const [first, second] = [await open(), await open()];
        topics.subscribe(first.port, "room");
        topics.subscribe(second.port, "room");
        topics.unsubscribe(second.port, "room");
        first.port.send(["before"], true);
        topics.publish("room", [new PreparedMessage("news"), new PreparedMessage(Uint8Array.of(1))]);
        first.port.send(["after"], true);
        second.port.send(["alone"], true);
        expect(await first.peer.messages.take(4)).toEqual(["before", "4news", Buffer.of(1), "after"]);
        expect(await second.peer.messages.next()).toBe("alone");
        first.peer.terminate();
        second.peer.terminate();
      });
    });
  });
}
