import { PreparedMessage, type WebSocketPort } from "@skein/engine";
import uWS from "uWebSockets.js";
import { describe, expect, it } from "vitest";
import { uwsHost } from "../src/index.ts";
import { RawClient, upgradeRequest, WebSocketClient } from "./clients.ts";
import { Acceptor, HOST_OPTIONS, PATH, serve } from "./support.ts";

function text(message: string): PreparedMessage[] {
  return [new PreparedMessage(message)];
}

/** What a client has got by the time that a message sent now arrives. */
async function sofar(client: WebSocketClient, port: WebSocketPort): Promise<(string | Buffer)[]> {
  port.send(["mark"], false);
  while (client.messages.at(-1) !== "mark") await client.received(client.messages.length + 1);
  return client.messages.slice(0, -1);
}

async function member(at: number, acceptor: Acceptor, path?: string) {
  const client = await WebSocketClient.open(at, path);
  return { client, ...(await acceptor.next()) };
}

describe("publishing", () => {
  it("reaches each subscribed port once, in its WebSocket form, and no other", async () => {
    const acceptor = new Acceptor();
    const { port: at, host } = await serve(acceptor);
    const inside = await member(at, acceptor);
    const outside = await member(at, acceptor);
    host.topics.subscribe(inside.port, "room");
    host.topics.subscribe(inside.port, "room");
    host.topics.publish("room", [new PreparedMessage("51-[]"), new PreparedMessage(Uint8Array.of(7))]);
    expect(await inside.client.received(2)).toEqual(["451-[]", Buffer.from([7])]);
    expect(await sofar(outside.client, outside.port)).toEqual([]);
  });

  it("keeps its order with what is sent to the same port, small or large", async () => {
    const acceptor = new Acceptor();
    const { port: at, host } = await serve(acceptor);
    const { client, port } = await member(at, acceptor);
    host.topics.subscribe(port, "room");
    const expected: string[] = [];
    for (let count = 0; count < 40; count += 1) {
      const message = `${count}:${"x".repeat(count % 3 === 0 ? 30_000 : 10)}`;
      if (count % 2 === 0) port.send([message], false);
      else host.topics.publish("room", text(message));
      expected.push(count % 2 === 0 ? message : `4${message}`);
    }
    expect(await client.received(40)).toEqual(expected);
  });

  it("leaves out a port that has unsubscribed", async () => {
    const acceptor = new Acceptor();
    const { port: at, host } = await serve(acceptor);
    const { client, port } = await member(at, acceptor);
    host.topics.subscribe(port, "a");
    host.topics.subscribe(port, "b");
    host.topics.unsubscribe(port, "a");
    host.topics.publish("a", text("secret"));
    host.topics.publish("b", text("open"));
    expect(await sofar(client, port)).toEqual(["4open"]);
  });

  it("delivers what was published before a port unsubscribed from its last topic, or was closed", async () => {
    const acceptor = new Acceptor();
    const { port: at, host } = await serve(acceptor);
    const staying = await member(at, acceptor);
    const leaving = await member(at, acceptor);
    for (const { port } of [staying, leaving]) host.topics.subscribe(port, "room");
    host.topics.publish("room", text("before"));
    host.topics.unsubscribe(staying.port, "room");
    host.topics.unsubscribe(leaving.port, "room");
    leaving.port.close();
    host.topics.publish("room", text("after"));
    expect(await sofar(staying.client, staying.port)).toEqual(["4before"]);
    expect(await leaving.client.received(1)).toEqual(["4before"]);
  });

  it("takes a topic for what it is: wildcards, separators and an empty name mean nothing", async () => {
    const acceptor = new Acceptor();
    const { port: at, host } = await serve(acceptor);
    const { client, port } = await member(at, acceptor);
    const topics = ["#", "+", "a/+", "a/#", "", "a\u001fb", "é"];
    for (const topic of topics) host.topics.subscribe(port, topic);
    host.topics.publish("a/b", text("no"));
    host.topics.publish("a", text("no"));
    for (const topic of topics) host.topics.publish(topic, text(topic));
    expect(await sofar(client, port)).toEqual(topics.map((topic) => `4${topic}`));
  });

  it("ends with the port: subscribing a closed one does nothing", async () => {
    const acceptor = new Acceptor();
    const { port: at, host } = await serve(acceptor);
    const { client, port, recorder } = await member(at, acceptor);
    host.topics.subscribe(port, "room");
    client.ws.close();
    await recorder.closed;
    host.topics.subscribe(port, "room");
    host.topics.unsubscribe(port, "room");
    host.topics.publish("room", text("nobody"));
    expect(client.messages).toEqual([]);
  });

  it("refuses a port of another host than µWebSockets.js", async () => {
    const foreign: WebSocketPort = { bufferedAmount: 0, send: () => true, close() {}, terminate() {} };
    expect(() => uwsHost(uWS.App()).topics.subscribe(foreign, "room")).toThrow(
      expect.objectContaining({ code: "INVALID_STATE" }),
    );
  });
});

describe("a published message", () => {
  it.each([
    ["is compressed where the host compresses", 2000, { compression: uWS.SHARED_COMPRESSOR }, 0xc1],
    ["is compressed where the engine asks for it", 2000, { perMessageDeflate: true }, 0xc1],
    ["is not when it is short", 1000, { perMessageDeflate: true }, 0x81],
    ["is when it is as long as the threshold", 499, { perMessageDeflate: { threshold: 500 } }, 0xc1],
    ["is not when it is a byte shorter", 498, { perMessageDeflate: { threshold: 500 } }, 0x81],
    ["is not unless the host was set up for it", 2000, {}, 0x81],
  ])("%s", async (_what, length, options, firstByte) => {
    const acceptor = new Acceptor();
    const { port: at, host } = await serve(acceptor, { host: options });
    const client = new RawClient(at);
    await client.write(upgradeRequest(PATH, { "Sec-WebSocket-Extensions": "permessage-deflate" }));
    const { port } = await acceptor.next();
    const head = await client.until((received) => received.endsWith("\r\n\r\n"));
    host.topics.subscribe(port, "room");
    host.topics.publish("room", text("x".repeat(length)));
    const received = await client.until((all) => all.length > head.length);
    expect(received.charCodeAt(head.length)).toBe(firstByte);
  });
});

describe("two hosts", () => {
  it("on one app never reach each other's ports", async () => {
    const app = uWS.App();
    const [one, two] = [new Acceptor(), new Acceptor()];
    const second = uwsHost(app);
    second.serve(
      { onRequest: () => {}, onHostClosed: () => {}, onUpgrade: two.onUpgrade },
      { ...HOST_OPTIONS, path: "/second/" },
    );
    const { port: at, host: first } = await serve(one, { app });
    const a = await member(at, one);
    const b = await member(at, two, "/second/");
    first.topics.subscribe(a.port, "room");
    second.topics.subscribe(b.port, "room");
    first.topics.publish("room", text("to the first"));
    second.topics.publish("room", text("to the second"));
    expect(await sofar(a.client, a.port)).toEqual(["4to the first"]);
    expect(await sofar(b.client, b.port)).toEqual(["4to the second"]);
  });

  it("on two apps never reach each other's ports", async () => {
    const [one, two] = [new Acceptor(), new Acceptor()];
    const first = await serve(one);
    const second = await serve(two);
    const a = await member(first.port, one);
    const b = await member(second.port, two);
    first.host.topics.subscribe(a.port, "room");
    second.host.topics.subscribe(b.port, "room");
    first.host.topics.publish("room", text("to the first"));
    expect(await sofar(a.client, a.port)).toEqual(["4to the first"]);
    expect(await sofar(b.client, b.port)).toEqual([]);
  });
});
