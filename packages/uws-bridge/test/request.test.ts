import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { HostHandler, HostRequest, HttpExchange } from "@skein/engine";
import { describe, expect, it } from "vitest";
import type { UwsHostOptions } from "../src/index.ts";
import { normalizeAddress } from "../src/http/request-snapshot.ts";
import { ask, RawClient, upgradeRequest } from "./clients.ts";
import { deferred, PATH, serve } from "./support.ts";

/** Serves one request, and hands it out long after its handler has returned. */
async function requestOf(send: (port: number) => unknown, host: UwsHostOptions = {}): Promise<HostRequest> {
  const seen = deferred<HostRequest>();
  const handler: Partial<HostHandler> = {
    onRequest(exchange: HttpExchange) {
      setImmediate(() => {
        seen.resolve(exchange.request);
        exchange.respond({ status: 200 });
      });
    },
    onUpgrade(exchange) {
      seen.resolve(exchange.request);
      exchange.refuse({ status: 400 });
    },
  };
  const { port } = await serve(handler, { host });
  send(port);
  return seen.promise;
}

describe("a request, read after its handler has returned", () => {
  it("has its method in upper case and its path with the query", async () => {
    const request = await requestOf((port) => ask(port, { method: "PUT", path: `${PATH}?a=1&b=%20` }));
    expect(request.method).toBe("PUT");
    expect(request.url).toBe(`${PATH}?a=1&b=%20`);
  });

  it("has no question mark without a query", async () => {
    expect((await requestOf((port) => ask(port))).url).toBe(PATH);
  });

  it("has its headers by lower-case name", async () => {
    const request = await requestOf((port) => ask(port, { headers: { "X-Some": "Value" } }));
    expect(request.headers["x-some"]).toBe("Value");
    expect(request.headers.host).toContain("127.0.0.1");
  });

  it("has repeated headers combined as Node combines them", async () => {
    const lines = ["Cookie: a=1", "Cookie: b=2", "X-A: 1", "X-A: 2", "User-Agent: one", "User-Agent: two"];
    const request = await requestOf((port) =>
      new RawClient(port).write(`GET ${PATH} HTTP/1.1\r\nHost: x\r\n${lines.join("\r\n")}\r\n\r\n`),
    );
    expect(request.headers).toMatchObject({ cookie: "a=1; b=2", "x-a": "1, 2", "user-agent": "one" });
  });

  it("takes a header called like a property of Object for what it is", async () => {
    const request = await requestOf((port) =>
      new RawClient(port).write(`GET ${PATH} HTTP/1.1\r\nHost: x\r\nconstructor: a\r\n\r\n`),
    );
    expect(request.headers["constructor"]).toBe("a");
  });

  it("has the peer's address as Node spells it", async () => {
    expect((await requestOf((port) => ask(port))).remoteAddress).toBe("::ffff:127.0.0.1");
  });

  it.each([
    ["IPv4", "request", "2111000c", "c0000207c0000201", "192.0.2.7"],
    ["IPv6", "upgrade", "21210024", `20010db8${"00".repeat(11)}07${"00".repeat(16)}`, "2001:db8::7"],
  ])(
    "has the %s address that a proxy tells before the %s, on request",
    async (_, kind, head, body, expected) => {
      const header = Buffer.from(`0d0a0d0a000d0a515549540a${head}${body}${"00".repeat(4)}`, "hex");
      const asked = kind === "request" ? `GET ${PATH} HTTP/1.1\r\nHost: x\r\n\r\n` : upgradeRequest();
      const send = (port: number): unknown =>
        new RawClient(port).write(Buffer.concat([header, Buffer.from(asked)]));
      expect((await requestOf(send, { proxyProtocol: true })).remoteAddress).toBe(expected);
      expect((await requestOf(send)).remoteAddress).toBe("::ffff:127.0.0.1");
    },
  );

  it("has no address where a proxy was to tell it and did not", async () => {
    expect((await requestOf((port) => ask(port), { proxyProtocol: true })).remoteAddress).toBeUndefined();
  });

  it("is not secure on an app without TLS", async () => {
    expect((await requestOf((port) => ask(port))).secure).toBe(false);
  });
});

describe("addresses", () => {
  it("are compressed as Node does", () => {
    expect(normalizeAddress("2001:0db8:0000:0000:0000:0000:0000:0001")).toBe("2001:db8::1");
    expect(normalizeAddress("0000:0000:0000:0000:0000:ffff:c0a8:0102")).toBe("::ffff:192.168.1.2");
    expect(normalizeAddress("10.0.0.1")).toBe("10.0.0.1");
  });

  it("are undefined when the peer is already gone", () => {
    expect(normalizeAddress("")).toBeUndefined();
  });
});

describe("the incoming message that users see", () => {
  it("reads like Node's", async () => {
    const { incoming } = await requestOf((port) =>
      ask(port, { path: `${PATH}?x=1`, headers: { "x-y": "z" } }),
    );
    expect(incoming.method).toBe("GET");
    expect(incoming.url).toBe(`${PATH}?x=1`);
    expect(incoming.headers["x-y"]).toBe("z");
    expect(incoming.rawHeaders).toEqual(expect.arrayContaining(["x-y", "z"]));
    expect(incoming.httpVersion).toBe("1.1");
    expect(incoming.socket.remoteAddress).toBe("::ffff:127.0.0.1");
    expect(incoming.socket.remoteFamily).toBe("IPv6");
    expect(incoming).toHaveProperty("connection.encrypted", false);
  });

  it("is not made before somebody asks for it, and the request tells", async () => {
    const request = await requestOf((port) => ask(port));
    expect(request.shown).toBe(false);
    expect(request.incoming.method).toBe("GET");
    expect(request.shown).toBe(true);
  });

  it("that nobody asked for in time is known to be aborted all the same", async () => {
    const seen = deferred<HttpExchange>();
    const aborted = deferred();
    const onRequest = (exchange: HttpExchange) => {
      exchange.onAborted(aborted.resolve);
      seen.resolve(exchange);
    };
    const { port } = await serve({ onRequest });
    const client = new RawClient(port);
    client.socket.write(`GET ${PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const { request } = await seen.promise;
    client.socket.destroy();
    await aborted.promise;
    expect(request.incoming).toMatchObject({ aborted: true, destroyed: true });
  });

  it("is the same object whenever it is asked for, and keeps what users add", async () => {
    const request = await requestOf((port) => ask(port));
    Object.assign(request.incoming, { session: 1 });
    expect(request.incoming).toHaveProperty("session", 1);
  });

  it("emits close once the response was sent", async () => {
    const closed = deferred();
    const { port } = await serve({
      onRequest(exchange) {
        exchange.request.incoming.on("close", () => closed.resolve());
        exchange.respond({ status: 200 });
      },
    });
    await ask(port);
    await closed.promise;
  });

  it("emits aborted and close when the peer goes away", async () => {
    const heard: string[] = [];
    const arrived = deferred();
    const closed = deferred();
    const { port } = await serve({
      onRequest({ request: { incoming } }) {
        incoming.on("aborted", () => heard.push("aborted"));
        incoming.on("close", () => closed.resolve());
        arrived.resolve();
      },
    });
    const client = new RawClient(port);
    await client.write(`GET ${PATH} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await arrived.promise;
    client.socket.destroy();
    await closed.promise;
    expect(heard).toEqual(["aborted"]);
  });

  it("drops the connection when it is destroyed", async () => {
    const { port } = await serve({ onRequest: (exchange) => exchange.request.incoming.socket.destroy() });
    await expect(ask(port)).rejects.toThrow("socket hang up");
  });

  it("kept by a session, does not keep its exchange in memory", async () => {
    const seen = deferred<{ request: HostRequest; exchange: WeakRef<HttpExchange> }>();
    const { port } = await serve({
      onRequest(exchange) {
        seen.resolve({ request: exchange.request, exchange: new WeakRef(exchange) });
        exchange.respond({ status: 200 });
      },
    });
    await ask(port);
    const { request, exchange } = await seen.promise;
    setFlagsFromString("--expose-gc");
    const collectGarbage: unknown = runInNewContext("gc");
    expect(collectGarbage).toBeTypeOf("function");
    for (let round = 0; round < 20 && exchange.deref(); round += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (typeof collectGarbage === "function") collectGarbage();
    }
    expect(exchange.deref()).toBeUndefined();
    expect(request.incoming.url).toBe(PATH);
  });

  it("no longer reaches a connection that has been answered", async () => {
    const { port } = await serve({
      onRequest(exchange) {
        exchange.respond({ status: 200, body: "ok" });
        exchange.request.incoming.destroy();
      },
    });
    expect((await ask(port)).body).toBe("ok");
  });
});
