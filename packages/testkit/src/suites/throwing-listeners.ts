import type { Server } from "@skein/engine";
import { describe, expect, it } from "vitest";
import { exchangeText, RawPolling, RawWebSocket } from "../clients/raw-client.ts";
import { uncaughtErrors } from "../process/uncaught-errors.ts";

const POLLING = "/engine.io/?EIO=4&transport=polling";
const WEBSOCKET = "/engine.io/?EIO=4&transport=websocket";
const BUG = new Error("a bug in a listener of the application's");

function fail(): never {
  throw BUG;
}

/** Starts engines on one kind of host, at the path `/engine.io/`, each until its test has ended. */
export interface EngineHarness {
  start(): Promise<{ readonly engine: Server; readonly port: number }>;
}

/**
 * Tests of every host with throwing listeners of the application: the peer gets its response, the
 * error is uncaught in the process, and nothing else is affected. Call it at the top level of a
 * test file.
 */
export function throwingListeners(name: string, { start }: EngineHarness): void {
  describe(`an engine on ${name}, whose application throws`, () => {
    refusedSuite(start);
    headersSuite(start);
    connectionSuite(start);
  });
}

function refusedSuite(start: EngineHarness["start"]): void {
  it("in a listener of refused requests, answers them", async () => {
    const errors = uncaughtErrors();
    const { engine, port } = await start();
    engine.on("connection_error", fail);
    const answer = await exchangeText(port, [`GET ${POLLING}&sid=unknown HTTP/1.1`]);
    expect([answer.status, answer.body]).toEqual([400, '{"code":1,"message":"Session ID unknown"}']);
    expect(await errors.next()).toBe(BUG);
  });

  it("in a listener of refused requests, answers upgrades", async () => {
    const errors = uncaughtErrors();
    const { engine, port } = await start();
    engine.on("connection_error", fail);
    expect((await RawWebSocket.open(port, `${WEBSOCKET}&sid=unknown`)).status).toBe(400);
    expect(await errors.next()).toBe(BUG);
  });

  it("in a listener of refused requests, answers those that others decided over", async () => {
    const errors = uncaughtErrors();
    const { engine, port } = await start();
    engine.on("connection_error", fail);
    engine.opts.allowRequest = (_request, decide) => void setImmediate(decide, "no entry", false);
    expect((await exchangeText(port, [`GET ${POLLING} HTTP/1.1`])).status).toBe(403);
    expect(await errors.next()).toBe(BUG);
    engine.use((_request, _response, next) => void setImmediate(next, new Error("refused")));
    expect((await exchangeText(port, [`GET ${POLLING} HTTP/1.1`])).status).toBe(400);
    expect(await errors.next()).toBe(BUG);
  });
}

function headersSuite(start: EngineHarness["start"]): void {
  for (const event of ["initial_headers", "headers"] as const) {
    it(`in a listener of ${event}, answers polls, with the headers set so far`, async () => {
      const errors = uncaughtErrors();
      const { engine, port } = await start();
      engine.once(event, (headers) => {
        headers["x-set"] = "before";
        fail();
      });
      const client = new RawPolling(port);
      const { status, headers, body } = await client.request({});
      expect([status, headers["x-set"], body.toString().slice(0, 8)]).toEqual([200, "before", '0{"sid":']);
      expect(await errors.next()).toBe(BUG);
      expect(engine.clientsCount).toBe(1);
    });

    it(`in a listener of ${event}, opens WebSockets`, async () => {
      const errors = uncaughtErrors();
      const { engine, port } = await start();
      engine.once(event, fail);
      const client = await RawWebSocket.open(port, WEBSOCKET);
      expect(client.status).toBe(101);
      expect(await client.nextText()).toContain('0{"sid":');
      expect(await errors.next()).toBe(BUG);
      client.end();
    });
  }

  it("in a listener of headers, lets sessions upgrade", async () => {
    const errors = uncaughtErrors();
    const { engine, port } = await start();
    const polling = new RawPolling(port);
    await polling.handshake();
    engine.once("headers", fail);
    const candidate = await RawWebSocket.open(port, polling.target("websocket"));
    expect(candidate.status).toBe(101);
    expect(await errors.next()).toBe(BUG);
    candidate.sendText("2probe");
    expect(await candidate.nextText()).toBe("3probe");
    candidate.end();
  });
}

function connectionSuite(start: EngineHarness["start"]): void {
  function echoAndFail(engine: Server): void {
    engine.once("connection", (connection) => {
      connection.on("message", (message) => connection.send(message));
      fail();
    });
  }

  it("in a listener of connections, goes on with a session over long-polling", async () => {
    const errors = uncaughtErrors();
    const { engine, port } = await start();
    echoAndFail(engine);
    const client = new RawPolling(port);
    await client.handshake();
    expect(await errors.next()).toBe(BUG);
    expect(await client.push("4hello")).toBe("200 ok");
    expect(await client.poll()).toBe("200 4hello");
  });

  it("in a listener of connections, goes on with a session over WebSocket", async () => {
    const errors = uncaughtErrors();
    const { engine, port } = await start();
    const closed = new Promise((resolve) => {
      engine.once("connection", (connection) => connection.on("close", resolve));
    });
    echoAndFail(engine);
    const client = await RawWebSocket.open(port, WEBSOCKET);
    await client.nextText();
    expect(await errors.next()).toBe(BUG);
    client.sendText("4hello");
    expect(await client.nextText()).toBe("4hello");
    client.end();
    expect(await closed).toBe("transport close");
    expect(engine.clientsCount).toBe(0);
  });
}
