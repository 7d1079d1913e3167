import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { RawPolling, RawWebSocket, SEPARATOR } from "@skein/testkit";
import { attach, listen, protocol } from "@skein/engine";
import { afterEach, describe, expect, it } from "vitest";
import { startEngine, stopEngines, untilWritable } from "./running-engine.ts";

afterEach(stopEngines);

describe("the documented transcript", () => {
  it("is reproduced byte for byte over polling", async () => {
    const running = await startEngine({ echo: true });
    const client = running.polling();
    expect(Object.keys(await client.handshake())).toEqual([
      "sid",
      "upgrades",
      "pingInterval",
      "pingTimeout",
      "maxPayload",
    ]);
    expect(await client.push(`4a${SEPARATOR}4b`)).toBe("200 ok");
    expect(await client.poll()).toBe(`200 4a${SEPARATOR}4b`);
    const poll = client.poll();
    await untilWritable((await running.clients.next()).connection);
    expect(await client.push("1")).toBe("200 ok");
    expect(await poll).toBe("200 6");
    expect(await client.poll()).toBe('400 {"code":1,"message":"Session ID unknown"}');
  });
});

describe("revision 3", () => {
  it("works over polling with its own framing, text and binary", async () => {
    const running = await startEngine({ allowEIO3: true, echo: true });
    const polling = new RawPolling(running.port);
    const open = await polling.request({ path: polling.target("polling", 3) });
    const text = open.body.toString();
    expect(text).toMatch(/^\d+:0\{"sid"/);
    const { sid } = JSON.parse(text.slice(text.indexOf("{"))) as { sid: string };
    const path = `${polling.target("polling", 3)}&sid=${sid}`;
    await polling.request({ path, method: "POST", body: "6:4hello2:4€" });
    expect((await polling.request({ path })).body.toString()).toBe("6:4hello2:4€");
    const headers = { "content-type": "application/octet-stream" };
    const bytes = Buffer.from("0104ff04010203", "hex");
    expect((await polling.request({ path, method: "POST", body: bytes, headers })).body.toString()).toBe(
      "ok",
    );
    const answer = await polling.request({ path });
    expect(answer.headers["content-type"]).toBe("application/octet-stream");
    expect(answer.body).toEqual(bytes);
  });

  it("carries bytes behind a type byte on a WebSocket", async () => {
    const running = await startEngine({ allowEIO3: true, echo: true });
    const webSocket = await running.webSocket("&EIO=3");
    await webSocket.nextText();
    webSocket.sendBinary(Buffer.of(4, 5, 6));
    expect((await webSocket.frames.next()).payload).toEqual(Buffer.of(4, 5, 6));
    webSocket.end();
  });
});

describe("creating an engine", () => {
  it("says which revision it speaks", () => {
    expect(protocol).toBe(4);
  });

  it("in one step with a server of its own, which answers nothing else", async () => {
    const engine = await new Promise<ReturnType<typeof listen>>((resolve) => {
      const listening = listen(0, {}, () => resolve(listening));
    });
    const { port } = engine.httpServer.address() as AddressInfo;
    const client = new RawPolling(port);
    await client.handshake();
    expect((await client.request({ path: "/" })).status).toBe(501);
    engine.close();
    engine.httpServer.close();
  });

  it("on a server that exists, and ends its sessions with that server", async () => {
    const http = createServer();
    const engine = attach(http, { path: "/x" });
    await new Promise<void>((resolve) => http.listen(0, resolve));
    const client = new RawPolling((http.address() as AddressInfo).port, "/x/");
    await client.handshake();
    expect(engine.clientsCount).toBe(1);
    await new Promise((resolve) => http.close(resolve));
    expect(engine.clientsCount).toBe(0);
  });

  it("by hand, request by request", async () => {
    const running = await startEngine();
    running.http.on("upgrade", (request, socket, head) => {
      if (request.url?.startsWith("/by-hand") === true) running.engine.handleUpgrade(request, socket, head);
    });
    const http = createServer((request, response) => running.engine.handleRequest(request, response));
    await new Promise<void>((resolve) => http.listen(0, resolve));
    await new RawPolling((http.address() as AddressInfo).port, "/anywhere").handshake();
    const webSocket = await RawWebSocket.open(running.port, "/by-hand?EIO=4&transport=websocket");
    expect(await webSocket.nextText()).toMatch(/^0\{/);
    webSocket.end();
    http.close();
  });
});
