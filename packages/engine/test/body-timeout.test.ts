import { once } from "node:events";
import {
  type ClientHttp2Stream,
  connect as connectHttp2,
  createServer as createHttp2Server,
} from "node:http2";
import { type AddressInfo, connect, type Socket } from "node:net";
import { Server } from "@skein/engine";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { type RunningEngine, startEngine, stopEngines } from "./running-engine.ts";

afterEach(stopEngines);

const BODY_TIMEOUT = 200;

/** A POST whose body never ends; `step` is what comes of it again and again. */
class TricklingPost {
  readonly socket: Socket;
  readonly answer: Promise<string>;
  readonly #trickle: NodeJS.Timeout | undefined;

  constructor(port: number, path: string, step?: string) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("error", () => {});
    this.answer = new Promise((resolve) => {
      let received = "";
      this.socket.on("data", (data: Buffer) => (received += data.toString()));
      this.socket.on("close", () => {
        clearInterval(this.#trickle);
        resolve(received);
      });
    });
    this.socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`);
    if (step !== undefined) this.#trickle = setInterval(() => this.socket.write(step), 10);
  }
}

function target({ sid }: { sid: string }, query = "&EIO=4"): string {
  return `/engine.io/?transport=polling${query}&sid=${sid}`;
}

async function session(running: RunningEngine, query = "&EIO=4") {
  await running.polling().request({ path: `/engine.io/?transport=polling${query}` });
  const { connection, ended, messages } = await running.clients.next();
  return { connection, ended, messages, target: target({ sid: connection.id }, query) };
}

describe("a body that is not complete in time", () => {
  it.each([
    ["of which nothing comes", "&EIO=4", undefined],
    ["that arrives steadily but slowly", "&EIO=4", "1\r\n4\r\n"],
    ["of revision 3", "&EIO=3", "1\r\n4\r\n"],
    ["of a form", "&EIO=4&j=0", "1\r\nd\r\n"],
  ])("%s is answered with 408, and ends its connection and its session", async (_kind, query, step) => {
    const running = await startEngine({ bodyTimeout: BODY_TIMEOUT, allowEIO3: true });
    const { ended, target: path } = await session(running, query);
    const started = performance.now();
    const { answer } = new TricklingPost(running.port, path, step);
    expect(await answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n(.+\r\n)*Connection: close\r\n/);
    expect(performance.now() - started).toBeGreaterThanOrEqual(BODY_TIMEOUT);
    expect(await ended).toEqual({ reason: "transport error", message: "data request timeout" });
    expect(running.engine.counters().errors).toEqual({ BODY_TIMEOUT: 1 });
  });

  it("releases the poll of its session", async () => {
    const running = await startEngine({ bodyTimeout: BODY_TIMEOUT });
    const client = running.polling();
    await client.handshake();
    const poll = client.poll();
    const { answer } = new TricklingPost(running.port, client.target());
    expect(await answer).toMatch(/ 408 /);
    expect(await poll).toBe("200 1");
  });

  it("is refused behind a middleware as well", async () => {
    const running = await startEngine({
      bodyTimeout: BODY_TIMEOUT,
      prepare: (engine) => void engine.use((_request, _response, next) => setImmediate(next)),
    });
    const { target: path } = await session(running);
    const { answer } = new TricklingPost(running.port, path, "1\r\n4\r\n");
    expect(await answer).toMatch(/ 408 /);
  });

  it("is refused when its session has moved to a WebSocket, which goes on", async () => {
    const running = await startEngine({ bodyTimeout: BODY_TIMEOUT, echo: true });
    const client = running.polling();
    await client.handshake();
    const { connection } = await running.clients.next();
    const { answer } = new TricklingPost(running.port, client.target(), "1\r\n4\r\n");
    const webSocket = await running.webSocket(`&sid=${client.sid}`);
    webSocket.sendText("2probe");
    expect(await webSocket.nextText()).toBe("3probe");
    webSocket.sendText("5");
    expect(await answer).toMatch(/ 408 /);
    webSocket.sendText("4still here");
    expect(await webSocket.nextText()).toBe("4still here");
    expect(connection.transport.name).toBe("websocket");
    webSocket.end();
  });

  it("is refused when its session has ended", async () => {
    const running = await startEngine({ bodyTimeout: BODY_TIMEOUT });
    const { connection, target: path } = await session(running);
    const arrived = once(running.http, "request");
    const { answer } = new TricklingPost(running.port, path);
    await arrived;
    connection.close(true);
    expect(await answer).toMatch(/ 408 /);
    expect(running.engine.counters().errors).toEqual({});
  });

  it("ends its stream of HTTP/2, and no other", async () => {
    const http = createHttp2Server();
    const engine = new Server({ bodyTimeout: BODY_TIMEOUT }).attach(http);
    await once(http.listen(0, "127.0.0.1"), "listening");
    const peer = connectHttp2(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
    onTestFinished(() => {
      engine.close();
      peer.destroy();
      http.close();
    });
    const ask = (method: string, path: string): ClientHttp2Stream =>
      peer.request({ ":method": method, ":path": path });
    let handshake = "";
    for await (const part of ask("GET", "/engine.io/?EIO=4&transport=polling")) handshake += String(part);
    const post = ask("POST", target(JSON.parse(handshake.slice(1)) as { sid: string }));
    post.on("error", () => {});
    post.resume().write("4");
    const [headers] = (await once(post, "response")) as [Record<string, unknown>];
    expect(headers[":status"]).toBe(408);
    await once(post, "close");
    const [again] = (await once(ask("GET", "/engine.io/?EIO=4&transport=polling"), "response")) as [
      Record<string, unknown>,
    ];
    expect(again[":status"]).toBe(200);
  });
});

describe("a body", () => {
  it("that takes its time is welcome where there is no deadline", async () => {
    const running = await startEngine({ bodyTimeout: 0 });
    const { messages, target: path } = await session(running);
    const post = new TricklingPost(running.port, path);
    post.socket.write("1\r\n4\r\n");
    await new Promise((resolve) => setTimeout(resolve, 3 * BODY_TIMEOUT));
    post.socket.write("2\r\nhi\r\n0\r\n\r\n");
    expect(await messages.next()).toBe("hi");
    post.socket.destroy();
  });

  it("that is complete in time leaves no deadline behind", async () => {
    const running = await startEngine({ bodyTimeout: BODY_TIMEOUT });
    const client = running.polling();
    await client.handshake();
    expect(await client.push("4x")).toBe("200 ok");
    await new Promise((resolve) => setTimeout(resolve, 3 * BODY_TIMEOUT));
    expect(await client.push("4y")).toBe("200 ok");
  });

  it("has thirty seconds where nothing else is said", () => {
    expect(new Server().opts.bodyTimeout).toBe(30_000);
    expect(() => new Server({ bodyTimeout: -1 })).toThrow("bodyTimeout");
  });
});
