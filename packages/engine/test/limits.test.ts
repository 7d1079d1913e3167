import type { AllowRequest, EngineOptions } from "@skein/engine";
import { EngineError, Server } from "@skein/engine";
import { afterEach, describe, expect, it } from "vitest";
import { type RunningEngine, startEngine, stopEngines } from "./running-engine.ts";

afterEach(stopEngines);

async function answer(running: RunningEngine, query = ""): Promise<string> {
  const client = running.polling();
  const { status, body } = await client.request({ path: `${client.target()}${query}` });
  return `${status} ${body.toString()}`;
}

const TOO_MANY_SESSIONS = '503 {"code":4,"message":"Too many sessions"}';

describe("a limit, or another option,", () => {
  it.each([
    { maxOutboxBytes: 0 },
    { maxOutboxBytes: Number.NaN },
    { outboxPolicy: "wait" },
    { maxUrlLength: -1 },
    { maxSessions: -1 },
    { maxSessionsPerAddress: 0 },
    { maxPendingHandshakes: 0 },
    { handshakeTimeout: 0 },
    { maxPacketsPerPayload: "many" },
    { bodyTimeout: -1 },
    { cookie: { name: "a;b" } },
    { cookie: { path: "/\r\nSet-Cookie: x" } },
    { cookie: { domain: "a b" } },
    { cookie: { maxAge: Number.NaN } },
    { cookie: { sameSite: "sometimes" } },
  ])("that makes no sense is refused: %o", (options) => {
    expect(() => new Server(options as EngineOptions)).toThrow(EngineError);
    expect(() => new Server(options as EngineOptions)).toThrow(String(Object.keys(options)[0]));
  });
});

describe("a URL", () => {
  it("that is too long is refused with 414 on both ways in, before any middleware sees it", async () => {
    const seen: unknown[] = [];
    const running = await startEngine({
      maxUrlLength: 100,
      prepare: (engine) =>
        void engine.use((request, _response, next) => {
          seen.push(request.url);
          next();
        }),
    });
    const filling = `&x=${"a".repeat(100)}`;
    expect(await answer(running, filling)).toBe('414 {"code":3,"message":"URL too long"}');
    const webSocket = await running.webSocket(filling);
    await webSocket.closed;
    expect(webSocket.status).toBe(414);
    expect(seen).toEqual([]);
    expect(running.refusals).toMatchObject([
      { code: 3, message: "URL too long", context: { limit: 100 } },
      { code: 3, message: "URL too long", context: { limit: 100 } },
    ]);
    expect(running.engine.counters().refused).toEqual({ URL_TOO_LONG: 2 });
  });

  it("of the longest kind that Node.js lets in by default is accepted", async () => {
    const running = await startEngine();
    expect(await answer(running, `&x=${"a".repeat(15_000)}`)).toContain('200 0{"sid"');
  });
});

describe("sessions", () => {
  it("beyond the limit are refused with 503 until one has ended", async () => {
    const running = await startEngine({ maxSessions: 1 });
    const first = running.polling();
    await first.handshake();
    expect(await answer(running)).toBe(TOO_MANY_SESSIONS);
    const webSocket = await running.webSocket();
    await webSocket.closed;
    expect(webSocket.status).toBe(503);
    expect(running.refusals).toMatchObject([{ code: 4, context: { limit: 1 } }, { code: 4 }]);
    await first.push("1");
    expect(await answer(running)).toContain('200 0{"sid"');
    expect(running.engine.counters()).toMatchObject({ opened: 2, refused: { TOO_MANY_SESSIONS: 2 } });
  });

  it("are counted again when the application has decided, so a rush of handshakes opens no more", async () => {
    const decisions: (() => void)[] = [];
    const running = await startEngine({
      maxSessions: 1,
      allowRequest: (_request, callback) => {
        decisions.push(() => callback(null, true));
        if (decisions.length === 3) for (const decide of decisions) decide();
      },
    });
    const answers = await Promise.all([answer(running), answer(running), answer(running)]);
    expect(answers.filter((text) => text === TOO_MANY_SESSIONS)).toHaveLength(2);
    expect(running.engine.clientsCount).toBe(1);
  });

  it("can't share an id, also where both handshakes were under way when it was made", async () => {
    const running = await startEngine({ prepare: (engine) => void (engine.generateId = async () => "same") });
    const answers = await Promise.all([answer(running), answer(running)]);
    expect(answers.map((text) => text.slice(0, 3)).toSorted()).toEqual(["200", "400"]);
    expect(running.engine.clientsCount).toBe(1);
    expect(running.refusals).toMatchObject([{ context: { name: "ID_GENERATION_ERROR" } }]);
  });

  it("of one address beyond its limit are refused with 429, those of others are not", async () => {
    const running = await startEngine({ maxSessionsPerAddress: 2 });
    const local = running.polling();
    await local.handshake();
    const webSocket = await running.webSocket();
    expect(await answer(running)).toBe('429 {"code":4,"message":"Too many sessions of this address"}');
    expect(running.refusals).toMatchObject([{ code: 4, context: { limit: 2, address: "127.0.0.1" } }]);
    await local.push("1");
    expect(await answer(running)).toContain("200 0");
    webSocket.end();
  });
});

describe("handshakes under way", () => {
  const undecided: AllowRequest = () => {};

  it("beyond the limit are refused with 503, and those that nobody decides end in time", async () => {
    const running = await startEngine({
      maxPendingHandshakes: 2,
      handshakeTimeout: 300,
      allowRequest: undecided,
    });
    const waiting = [answer(running), running.webSocket()] as const;
    while (running.refusals.length === 0) {
      expect(await Promise.race([answer(running), ...waiting])).toBe(
        '503 {"code":4,"message":"Too many handshakes"}',
      );
    }
    expect(await waiting[0]).toBe('503 {"code":4,"message":"Handshake timeout"}');
    expect((await waiting[1]).status).toBe(503);
    expect(running.engine.counters().refused).toMatchObject({ HANDSHAKE_TIMEOUT: 2 });
    running.engine.opts.allowRequest = undefined;
    expect(await answer(running)).toContain('200 0{"sid"');
  });

  it("in a middleware that answers by itself, or whose client leaves, do not count for longer than that", async () => {
    const running = await startEngine({
      maxPendingHandshakes: 1,
      prepare: (engine) =>
        void engine.use((request, response, next) => {
          if (request.url?.includes("own")) response.writeHead(429).end("mine");
          else if (request.url?.includes("never")) request.socket.destroy();
          else next();
        }),
    });
    for (let round = 0; round < 3; round += 1) {
      expect(await answer(running, "&own")).toBe("429 mine");
      await expect(answer(running, "&never")).rejects.toThrow("socket hang up");
    }
    expect(await answer(running)).toContain('200 0{"sid"');
  });

  it("in a middleware that never ends are refused in time", async () => {
    const running = await startEngine({
      handshakeTimeout: 50,
      prepare: (engine) => void engine.use(() => {}),
    });
    expect(await answer(running)).toBe('503 {"code":4,"message":"Handshake timeout"}');
    const webSocket = await running.webSocket();
    await webSocket.closed;
    expect(webSocket.status).toBe(503);
  });
});

describe("a long-polling request", () => {
  it("with more packets than it may carry is answered 413, and its session ends with a typed reason", async () => {
    const running = await startEngine({ maxPacketsPerPayload: 3 });
    const client = running.polling();
    await client.handshake();
    const { ended, messages } = await running.clients.next();
    expect(await client.push("4a\u001e4b\u001e4c")).toBe("200 ok");
    expect(await client.push("4d\u001e4e\u001e4f\u001e4g")).toBe("413 ");
    expect(await ended).toEqual({ reason: "transport error", message: "too many packets in a payload" });
    expect(running.engine.counters().errors).toEqual({ TOO_MANY_PACKETS: 1 });
    const received = [];
    for (let index = 0; index < 6; index += 1) received.push(await messages.next());
    expect(received.join("")).toBe("abcdef");
  });

  it("that is too large is counted, and its session goes on", async () => {
    const running = await startEngine({ maxHttpBufferSize: 10 });
    const client = running.polling();
    await client.handshake();
    expect(await client.push("4".repeat(11))).toBe("413 ");
    expect(running.engine.counters().refused).toEqual({ PAYLOAD_TOO_LARGE: 1 });
    expect(await client.push("4a")).toBe("200 ok");
  });

  it("may carry what an official client gathers in a full buffer of short events", async () => {
    const running = await startEngine();
    const client = running.polling();
    await client.handshake();
    const body = Array.from({ length: 50_000 }, () => '42["hello",1]').join("\u001e");
    expect(await client.push(body)).toBe("200 ok");
    expect(running.engine.counters().packetsIn).toBe(50_000);
  });
});

describe("a refused upgrade of a session", () => {
  it("is counted, and leaves the session alone", async () => {
    const running = await startEngine({ allowUpgrades: false });
    const client = running.polling();
    await client.handshake();
    const webSocket = await running.webSocket(`&sid=${client.sid}`);
    await webSocket.closed;
    expect(webSocket.status).toBe(400);
    expect(running.engine.counters().refused).toEqual({ BAD_REQUEST: 1 });
    expect(running.refusals).toEqual([]);
    expect(running.engine.clientsCount).toBe(1);
  });
});
