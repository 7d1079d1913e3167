import type { EngineOptions, Server } from "@skein/engine";
import { describe, expect, it } from "vitest";
import { ask, RawClient } from "./clients.ts";
import { startEngine } from "./support.ts";

const POLLING = "/engine.io/?EIO=4&transport=polling";

/**
 * Opens a session and POSTs a body that arrives slowly: some bytes now, then one byte at a time.
 */
async function trickle(
  options: EngineOptions,
): Promise<{ engine: Server; ended: Promise<unknown[]>; client: RawClient }> {
  const { engine, port } = await startEngine(options);
  const ended = new Promise<unknown[]>((resolve) => {
    engine.on("connection", (connection) => {
      connection.on("close", (reason, description) => resolve([reason, description]));
    });
  });
  const { body } = await ask(port, { path: POLLING });
  const { sid } = JSON.parse(body.slice(1)) as { sid: string };
  const client = new RawClient(port);
  await client.write(
    `POST ${POLLING}&sid=${sid} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n4\r\n`,
  );
  const steps = setInterval(() => client.socket.write("1\r\nx\r\n"), 20);
  client.socket.once("close", () => clearInterval(steps));
  return { engine, ended, client };
}

describe("a body that trickles", () => {
  it("is answered with 408 at its deadline, and ends its connection and its session", async () => {
    const { engine, ended, client } = await trickle({ bodyTimeout: 200 });
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(await ended).toMatchObject(["transport error", { code: "BODY_TIMEOUT" }]);
    expect(engine.counters().errors).toEqual({ BODY_TIMEOUT: 1 });
  });

  it("behind a middleware is answered with 408 as well", async () => {
    const { engine, port } = await startEngine({ bodyTimeout: 200 });
    engine.use((_request, _response, next) => setImmediate(next));
    const { body } = await ask(port, { path: POLLING });
    const { sid } = JSON.parse(body.slice(1)) as { sid: string };
    const client = new RawClient(port);
    await client.write(`POST ${POLLING}&sid=${sid} HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n4`);
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  });

  it("is ended by µWebSockets.js itself, sooner, where it brings less than 16 KB a second", async () => {
    const { engine, ended, client } = await trickle({ bodyTimeout: 0 });
    expect(await client.closed()).toBe("");
    expect(await ended).toMatchObject(["transport error", { code: "DATA_ABORTED" }]);
    expect(engine.counters().errors).toEqual({ DATA_ABORTED: 1 });
  }, 120_000);
});
