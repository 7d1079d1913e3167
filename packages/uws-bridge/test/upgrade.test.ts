import type { UpgradeExchange } from "@skein/engine";
import { describe, expect, it } from "vitest";
import { RawClient, refusal, upgradeRequest, WebSocketClient } from "./clients.ts";
import { Acceptor, deferred, PATH, Recorder, serve } from "./support.ts";

const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/** A final text frame, masked with zeros. */
function textFrame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}

describe("an upgrade request that is accepted", () => {
  it("gets the 101 with the headers of the engine and of middlewares, the engine's winning", async () => {
    const { port } = await serve({
      onUpgrade(exchange) {
        exchange.outgoing.setHeader("Set-Cookie", ["a=1", "b=2"]);
        exchange.outgoing.setHeader("X-Both", "middleware");
        exchange.accept({ "X-Both": "engine" }, () => new Recorder());
      },
    });
    const client = new RawClient(port);
    await client.write(upgradeRequest());
    const head = await client.until((text) => text.includes("\r\n\r\n"));
    expect(head).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
    expect(head).toContain(`Sec-WebSocket-Accept: ${ACCEPT}\r\n`);
    expect(head).toContain("Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n");
    expect(head).toContain("X-Both: engine\r\n");
    expect(head).not.toContain("middleware");
  });

  it("calls hooks on writeHead first, so that a session can set its cookie at the last moment", async () => {
    const { port } = await serve({
      onUpgrade(exchange) {
        const { outgoing } = exchange;
        const writeHead = outgoing.writeHead.bind(outgoing);
        outgoing.writeHead = (status: number) => {
          outgoing.setHeader("X-Last", String(status));
          return writeHead(status);
        };
        exchange.accept({}, () => new Recorder());
      },
    });
    const client = new RawClient(port);
    await client.write(upgradeRequest());
    expect(await client.until((text) => text.includes("\r\n\r\n"))).toContain("X-Last: 101\r\n");
  });

  it("can be accepted after an await", async () => {
    const recorder = new Recorder();
    const { port } = await serve({
      onUpgrade: (exchange) =>
        void setImmediate(() =>
          exchange.accept({ "X-Late": "1" }, (open) => {
            open.send(["hello"], false);
            return recorder;
          }),
        ),
    });
    const client = await WebSocketClient.open(port);
    expect(await client.received(1)).toEqual(["hello"]);
    client.ws.send("hi");
    await recorder.until("message");
    expect(recorder.messages).toEqual(["hi"]);
  });

  it("loses no frame that follows the 101 at once", async () => {
    const acceptor = new Acceptor();
    const { port } = await serve(acceptor);
    const client = new RawClient(port);
    client.socket.once("data", () => client.socket.write(Buffer.concat([textFrame("a"), textFrame("b")])));
    await client.write(upgradeRequest());
    const { recorder } = await acceptor.next();
    await recorder.until("message", 2);
    expect(recorder.messages).toEqual(["a", "b"]);
  });

  it("takes the first subprotocol that the client offers", async () => {
    const { port } = await serve(new Acceptor());
    const client = new RawClient(port);
    await client.write(upgradeRequest(PATH, { "Sec-WebSocket-Protocol": "one, two" }));
    expect(await client.until((text) => text.includes("\r\n\r\n"))).toContain(
      "Sec-WebSocket-Protocol: one\r\n",
    );
  });

  it("is accepted once: what follows does nothing", async () => {
    const opened: string[] = [];
    const { port } = await serve({
      onUpgrade(exchange) {
        exchange.accept({}, () => {
          opened.push("first");
          return new Recorder();
        });
        expect(exchange.ended).toBe(true);
        exchange.accept({}, () => {
          opened.push("second");
          return new Recorder();
        });
        exchange.refuse({ status: 400 });
        exchange.destroy();
      },
    });
    const client = await WebSocketClient.open(port);
    client.ws.ping();
    await new Promise((resolve) => client.ws.once("pong", resolve));
    expect(opened).toEqual(["first"]);
  });
});

describe("an upgrade request that is not accepted", () => {
  it("is refused before the 101, and the connection ends", async () => {
    const { port } = await serve({
      onUpgrade: (exchange) =>
        void setImmediate(() => {
          exchange.outgoing.setHeader("X-Cors", "*");
          exchange.refuse({ status: 403, headers: { "Content-Type": "application/json" }, body: "{}" });
          expect(exchange.ended).toBe(true);
          exchange.accept({}, () => new Recorder());
        }),
    });
    const answer = await refusal(port);
    expect(answer).toMatchObject({ status: 403, statusText: "Forbidden", body: "{}" });
    expect(answer.headers).toMatchObject({
      "x-cors": "*",
      "content-type": "application/json",
      connection: "close",
    });
  });

  it("may be answered by a middleware", async () => {
    const { port } = await serve({
      onUpgrade(exchange) {
        exchange.outgoing.statusCode = 429;
        exchange.outgoing.end("slow down");
        exchange.accept({}, () => new Recorder());
      },
    });
    expect(await refusal(port)).toMatchObject({ status: 429, body: "slow down" });
  });

  it("may be dropped without an answer", async () => {
    const { port } = await serve({ onUpgrade: (exchange) => exchange.destroy() });
    await expect(refusal(port)).rejects.toThrow("socket hang up");
  });

  it("with another version of the protocol is answered by the host", async () => {
    const opened: string[] = [];
    const { port } = await serve({
      onUpgrade(exchange) {
        exchange.accept({}, () => {
          opened.push("opened");
          return new Recorder();
        });
      },
    });
    const client = new RawClient(port);
    await client.write(upgradeRequest(PATH, { "Sec-WebSocket-Version": "12" }));
    const answer = await client.closed();
    expect(answer).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
    expect(answer).toContain("Sec-WebSocket-Version: 13\r\n");
    expect(opened).toEqual([]);
  });

  it("with a key that is no key is answered by the host", async () => {
    const { port } = await serve(new Acceptor());
    const client = new RawClient(port);
    await client.write(upgradeRequest(PATH, { "Sec-WebSocket-Key": "************************" }));
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  });

  it("with a key of another length is an HTTP request", async () => {
    const { port } = await serve({
      onRequest: (exchange) => exchange.respond({ status: 400, body: "http" }),
    });
    const client = new RawClient(port);
    await client.write(upgradeRequest(PATH, { "Sec-WebSocket-Key": "short" }));
    expect(await client.until((text) => text.endsWith("http"))).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("gets a 500 for headers that can't be written", async () => {
    const { port } = await serve({
      onUpgrade(exchange) {
        exchange.outgoing.setHeader("X-Good", "1");
        exchange.accept({ "x-a": "b\r\nx-evil: 1" }, () => new Recorder());
      },
    });
    const answer = await refusal(port);
    expect(answer.status).toBe(500);
    expect(answer.headers).not.toHaveProperty("x-evil");
  });
});

describe("a peer that goes away before its upgrade is decided", () => {
  it("leaves nothing to touch", async () => {
    const gone = deferred<UpgradeExchange>();
    const arrived = deferred();
    const opened: string[] = [];
    const { port } = await serve({
      onUpgrade(exchange) {
        exchange.outgoing.on("close", () => gone.resolve(exchange));
        arrived.resolve();
      },
    });
    const client = new RawClient(port);
    await client.write(upgradeRequest());
    await arrived.promise;
    client.socket.destroy();
    const exchange = await gone.promise;
    expect(exchange.ended).toBe(true);
    exchange.accept({ a: "b" }, () => {
      opened.push("opened");
      return new Recorder();
    });
    exchange.refuse({ status: 400 });
    exchange.destroy();
    expect(opened).toEqual([]);
  });
});
