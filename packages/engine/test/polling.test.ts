import { gunzipSync, inflateSync } from "node:zlib";
import { exchangeText, RawPolling, SEPARATOR } from "@skein/testkit";
import { Server } from "@skein/engine";
import { afterEach, describe, expect, it } from "vitest";
import { startEngine, stopEngines, untilWritable } from "./running-engine.ts";

afterEach(stopEngines);

const HANDSHAKE = "/engine.io/?EIO=4&transport=polling";

function names(headers: readonly (readonly [string, string])[]): string[] {
  return headers.map(([name, value]) => `${name}: ${value}`);
}

describe("the polling handshake", () => {
  it("answers with the open packet", async () => {
    const { port } = await startEngine();
    const { status, body } = await exchangeText(port, [`GET ${HANDSHAKE} HTTP/1.1`]);
    expect(status).toBe(200);
    expect(body).toMatch(
      /^0\{"sid":"[\w-]{20}","upgrades":\["websocket"\],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000\}$/,
    );
  });

  it("is on the wire before the connection is announced", async () => {
    const running = await startEngine();
    running.engine.on("connection", (connection) => connection.send("hello"));
    const client = running.polling();
    await client.handshake();
    expect(await client.poll()).toBe("200 4hello");
  });

  it("carries the initial packet behind the open packet", async () => {
    const { port } = await startEngine({ initialPacket: "hi" });
    const { body } = await exchangeText(port, [`GET ${HANDSHAKE} HTTP/1.1`]);
    expect(body.split(SEPARATOR)[1]).toBe("4hi");
  });

  it("offers no upgrades when they are not allowed, or not served", async () => {
    const forbidden = await startEngine({ allowUpgrades: false });
    expect(await forbidden.polling().handshake()).toMatchObject({ upgrades: [] });
    const pollingOnly = await startEngine({ transports: ["polling"] });
    expect(await pollingOnly.polling().handshake()).toMatchObject({ upgrades: [] });
  });

  it("takes an empty session id for none", async () => {
    const running = await startEngine();
    expect(await running.polling().handshake("&sid=")).toHaveProperty("sid");
  });

  it("takes the last of a repeated parameter", async () => {
    const running = await startEngine();
    expect(await running.polling().handshake("&EIO=3&EIO=4")).toHaveProperty("sid");
  });
});

describe("polling responses", () => {
  it("has exactly the documented headers on a poll", async () => {
    const { port } = await startEngine();
    const { headers, body } = await exchangeText(port, [`GET ${HANDSHAKE} HTTP/1.1`]);
    expect(names(headers).slice(0, 3)).toEqual([
      "Content-Type: text/plain; charset=UTF-8",
      `Content-Length: ${body.length}`,
      "cache-control: no-store",
    ]);
    expect(headers.map(([name]) => name).slice(3)).toEqual(["Date", "Connection"]);
  });

  it("has exactly the documented headers on a push", async () => {
    const running = await startEngine();
    const client = running.polling();
    await client.handshake();
    const lines = [`POST ${client.target()} HTTP/1.1`, "Content-Length: 2"];
    const { status, headers, body } = await exchangeText(running.port, lines, "4a");
    expect([status, body]).toEqual([200, "ok"]);
    expect(names(headers).slice(0, 3)).toEqual([
      "Content-Type: text/html",
      "Content-Length: 2",
      "cache-control: no-store",
    ]);
    expect(headers.map(([name]) => name).slice(3)).toEqual(["Date", "Connection"]);
  });

  it.each([";MSIE 8.0", "Trident/7.0"])("switches off the filter of %s", async (agent) => {
    const { port } = await startEngine();
    const { headers } = await exchangeText(port, [`GET ${HANDSHAKE} HTTP/1.1`, `User-Agent: ${agent}`]);
    expect(names(headers)).toContain("X-XSS-Protection: 0");
  });

  it.each(["PUT", "HEAD", "OPTIONS", "DELETE"])(
    "answers %s with 500 and leaves the session alone",
    async (method) => {
      const running = await startEngine();
      const client = running.polling();
      await client.handshake();
      const { status, body } = await client.request({ method });
      expect([status, body.length]).toEqual([500, 0]);
      expect(await client.push("4a")).toBe("200 ok");
    },
  );

  it("has neither body nor extra headers when the request is bad", async () => {
    const running = await startEngine();
    const client = running.polling();
    await client.handshake();
    const lines = [
      `POST ${client.target()} HTTP/1.1`,
      "Content-Type: application/octet-stream",
      "Content-Length: 2",
    ];
    const { status, headers, body } = await exchangeText(running.port, lines, "4a");
    expect([status, body]).toEqual([400, ""]);
    expect(headers.map(([name]) => name.toLowerCase()).toSorted()).toEqual([
      "connection",
      "content-length",
      "date",
    ]);
  });
});

describe("compression of polls", () => {
  async function pollWith(threshold: number, text: string, accept: string, compress = true) {
    const running = await startEngine({ httpCompression: { threshold } });
    const client = running.polling();
    await client.handshake();
    (await running.clients.next()).connection.send(text, { compress });
    return client.request({ headers: { "accept-encoding": accept } });
  }

  it.each([
    ["gzip", "gzip"],
    ["deflate, gzip", "deflate"],
    ["gzip;q=0.5, deflate;q=0.9", "deflate"],
    ["*", "gzip"],
    ["br", undefined],
    ["gzip;q=0", undefined],
  ])("answers %s with %s", async (accept, coding) => {
    const { headers, body } = await pollWith(10, "x".repeat(50), accept);
    expect(headers["content-encoding"]).toBe(coding);
    expect(headers["content-length"]).toBe(String(body.length));
    expect(headers["content-type"]).toBe("text/plain; charset=UTF-8");
    const plain = coding === "gzip" ? gunzipSync(body) : coding === "deflate" ? inflateSync(body) : body;
    expect(plain.toString()).toBe(`4${"x".repeat(50)}`);
  });

  it("begins at the threshold, counted in bytes", async () => {
    expect((await pollWith(10, "x".repeat(9), "gzip")).headers["content-encoding"]).toBe("gzip");
    expect((await pollWith(10, "x".repeat(8), "gzip")).headers["content-encoding"]).toBeUndefined();
    expect((await pollWith(10, "€€€", "gzip")).headers["content-encoding"]).toBe("gzip");
  });

  it("leaves packets alone that ask for none", async () => {
    expect((await pollWith(1, "x", "gzip", false)).headers["content-encoding"]).toBeUndefined();
  });
});

describe("polls and pushes", () => {
  it("delivers a payload in its order and answers with everything that waits", async () => {
    const running = await startEngine({ echo: true });
    const client = running.polling();
    await client.handshake();
    expect(await client.push(["4a", "4b", "bAQI="].join(SEPARATOR))).toBe("200 ok");
    expect(await client.poll()).toBe(`200 ${["4a", "4b", "bAQI="].join(SEPARATOR)}`);
  });

  it("answers a waiting poll with all that one turn has sent", async () => {
    const running = await startEngine();
    const client = running.polling();
    await client.handshake();
    const { connection } = await running.clients.next();
    const poll = client.poll();
    await untilWritable(connection);
    connection.send("a");
    connection.send(Uint8Array.of(1, 2, 3, 4));
    expect(await poll).toBe(`200 4a${SEPARATOR}bAQIDBA==`);
  });

  it("decodes characters that are split between chunks", async () => {
    const running = await startEngine();
    const client = running.polling();
    await client.handshake();
    const body = "4h€llo";
    const head = [`POST ${client.target()} HTTP/1.1`, `Content-Length: ${Buffer.byteLength(body)}`];
    expect(await exchangeText(running.port, head, body)).toMatchObject({ status: 200, body: "ok" });
    expect(await (await running.clients.next()).messages.next()).toBe("h€llo");
  });

  it("ends the session on two polls at once", async () => {
    const running = await startEngine();
    const client = running.polling();
    await client.handshake();
    const { connection, ended } = await running.clients.next();
    const first = client.poll();
    await untilWritable(connection);
    expect(await client.poll()).toBe("400 ");
    expect(await first).toBe("200 1");
    expect(await ended).toEqual({ reason: "transport error", message: "overlap from client" });
    expect(await client.poll()).toBe('400 {"code":1,"message":"Session ID unknown"}');
  });

  it("ends the session on two pushes at once, and resets the first", async () => {
    const running = await startEngine();
    const client = running.polling();
    await client.handshake();
    const { ended } = await running.clients.next();
    const lines = [`POST ${client.target()} HTTP/1.1`, "Content-Length: 10"];
    const arrived = new Promise((resolve) => running.http.once("request", resolve));
    const first = exchangeText(running.port, lines, "4a");
    await arrived;
    expect(await client.push("4b")).toBe("400 ");
    expect((await first).status).toBeNaN();
    expect(await ended).toEqual({ reason: "transport error", message: "data request overlap from client" });
  });

  it("refuses binary bodies and ends the session", async () => {
    const running = await startEngine();
    const client = running.polling();
    await client.handshake();
    const headers = { "content-type": "application/octet-stream" };
    const answer = await client.request({ method: "POST", body: "4a", headers });
    expect([answer.status, answer.body.length]).toEqual([400, 0]);
    expect(await (await running.clients.next()).ended).toEqual({
      reason: "transport error",
      message: "invalid content",
    });
  });

  it("refuses a body above the limit in bytes, and keeps the session", async () => {
    const running = await startEngine({ maxHttpBufferSize: 5 });
    const client = running.polling();
    await client.handshake();
    expect(await client.push("4€€")).toBe("413 ");
    expect(await client.push("4€a")).toBe("200 ok");
    expect(await (await running.clients.next()).messages.next()).toBe("€a");
  });

  it.each(["", "x", `4a${SEPARATOR}`, "9"])("ends the session on the body %j, answered ok", async (body) => {
    const running = await startEngine();
    const client = running.polling();
    await client.handshake();
    expect(await client.push(body)).toBe("200 ok");
    expect((await (await running.clients.next()).ended).reason).toBe("parse error");
  });

  it("delivers what stands before a bad packet", async () => {
    const running = await startEngine();
    const client = running.polling();
    await client.handshake();
    await client.push(["4a", "x", "4b"].join(SEPARATOR));
    const { messages, ended } = await running.clients.next();
    await ended;
    expect(messages.pending).toEqual(["a"]);
  });

  it("ends the session when a waiting poll is aborted", async () => {
    const running = await startEngine();
    const client = running.polling();
    await client.handshake();
    const { connection, ended } = await running.clients.next();
    client.poll().catch(() => {});
    await untilWritable(connection);
    running.http.closeAllConnections();
    expect(await ended).toEqual({
      reason: "transport error",
      message: "poll connection closed prematurely",
    });
  });

  it("ends the session when a body is aborted", async () => {
    const running = await startEngine();
    const client = running.polling();
    await client.handshake();
    const lines = [`POST ${client.target()} HTTP/1.1`, "Content-Length: 10"];
    const arrived = new Promise((resolve) => running.http.once("request", resolve));
    const push = exchangeText(running.port, lines, "4a");
    await arrived;
    running.http.closeAllConnections();
    await push;
    expect(await (await running.clients.next()).ended).toEqual({
      reason: "transport error",
      message: "data request connection closed prematurely",
    });
  });

  it("lets the client close, and ignores what follows in the same payload", async () => {
    const running = await startEngine();
    const client = running.polling();
    await client.handshake();
    const { connection, messages, ended } = await running.clients.next();
    const poll = client.poll();
    await untilWritable(connection);
    expect(await client.push(`1${SEPARATOR}4late`)).toBe("200 ok");
    expect(await poll).toBe("200 6");
    expect((await ended).reason).toBe("transport close");
    expect(messages.pending).toEqual([]);
  });

  it("ends the session on a ping from the client", async () => {
    const running = await startEngine();
    const client = running.polling();
    await client.handshake();
    expect(await client.push("2")).toBe("200 ok");
    expect(await (await running.clients.next()).ended).toEqual({
      reason: "transport error",
      message: "invalid heartbeat direction",
    });
  });
});

describe("closing a polling session", () => {
  it("answers a waiting poll with a close packet", async () => {
    const running = await startEngine();
    const client = running.polling();
    await client.handshake();
    const { connection, ended } = await running.clients.next();
    const poll = client.poll();
    await untilWritable(connection);
    connection.close();
    expect(await poll).toBe("200 1");
    expect((await ended).reason).toBe("forced close");
  });

  it("waits for the poll that takes the close packet", async () => {
    const running = await startEngine();
    const client = running.polling();
    await client.handshake();
    const { connection, ended } = await running.clients.next();
    connection.close();
    expect(connection.readyState).toBe("closing");
    expect(connection.send("late")).toBe(false);
    expect(await client.poll()).toBe(`200 6${SEPARATOR}1`);
    expect((await ended).reason).toBe("forced close");
    expect(running.engine.clientsCount).toBe(0);
  });

  it("answers waiting polls with a close packet when the engine closes", async () => {
    const running = await startEngine();
    const client = running.polling();
    await client.handshake();
    const { connection } = await running.clients.next();
    const poll = client.poll();
    await untilWritable(connection);
    expect(running.engine.close()).toBe(running.engine);
    expect(await poll).toBe("200 1");
    expect(running.engine.clientsCount).toBe(0);
  });
});

describe("paths", () => {
  it.each([
    ["/engine.io/?EIO=4&transport=polling", true, 200],
    ["/engine.io/any/where?EIO=4&transport=polling", true, 200],
    ["/engine.io?EIO=4&transport=polling", true, 404],
    ["/engine.io?EIO=4&transport=polling", false, 200],
    ["/engine.io/?EIO=4&transport=polling", false, 200],
    ["/engine.iofoo?EIO=4&transport=polling", false, 404],
  ])("%s with addTrailingSlash %s is answered %s", async (target, addTrailingSlash, status) => {
    const { port } = await startEngine({ addTrailingSlash });
    expect((await new RawPolling(port).request({ path: target })).status).toBe(status);
  });

  it("serves two engines side by side on one server", async () => {
    const running = await startEngine({ path: "/one" });
    const second = new Server().attach(running.http, { path: "/two" });
    await new RawPolling(running.port, "/one/").handshake();
    await new RawPolling(running.port, "/two/").handshake();
    expect([running.engine.clientsCount, second.clientsCount]).toEqual([1, 1]);
    expect((await new RawPolling(running.port, "/three/").request({})).status).toBe(404);
    second.close();
  });
});
