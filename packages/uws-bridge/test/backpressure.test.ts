import { PreparedMessage } from "@skein/engine";
import { describe, expect, it } from "vitest";
import { WebSocketClient } from "./clients.ts";
import { Acceptor, serve } from "./support.ts";

const LIMIT = 200_000;
const MESSAGE = "x".repeat(20_000);

async function stalled() {
  const acceptor = new Acceptor();
  const { port: at, host } = await serve(acceptor, { host: { maxBackpressure: LIMIT } });
  const client = await WebSocketClient.open(at);
  client.stall();
  return { at, host, acceptor, client, ...(await acceptor.next()) };
}

/** Sends until the port takes no more. */
function fill(port: { send(messages: string[], compress: boolean): boolean }): number {
  let count = 1;
  while (port.send([`${count}:${MESSAGE}`], false)) count += 1;
  return count;
}

describe("a reader that stops", () => {
  it("makes send return false, and onDrain follows when it reads again", async () => {
    const { port, recorder, client } = await stalled();
    const count = fill(port);
    expect(port.bufferedAmount).toBeGreaterThan(0);
    expect(recorder.heard).toEqual([]);
    client.resume();
    await recorder.until("drain");
    expect(port.bufferedAmount).toBe(0);
    expect(port.send(["after"], false)).toBe(true);
    const messages = await client.received(count + 1);
    expect(messages.map((message) => String(message).split(":")[0])).toEqual([
      ...Array.from({ length: count }, (_, index) => String(index + 1)),
      "after",
    ]);
    expect(recorder.heard).toEqual(["drain"]);
  });

  it("is closed with an error when messages go on, with a bounded buffer and no gap before the end", async () => {
    const { port, recorder, client } = await stalled();
    let most = 0;
    for (let count = 1; count <= 2000; count += 1) {
      port.send([`${count}:${MESSAGE}`], false);
      most = Math.max(most, port.bufferedAmount);
    }
    expect(await recorder.closed).toMatchObject({ code: "OUTBOX_OVERFLOW" });
    expect(recorder.heard).toEqual(["close"]);
    expect(most).toBeLessThan(LIMIT + 2 * MESSAGE.length);
    client.resume();
    await client.closed;
    const numbers = client.messages.map((message) => Number(String(message).split(":")[0]));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(numbers.length).toBeLessThan(2000);
  });

  it("never gets the second half of a batch whose first half was dropped", async () => {
    const { port, recorder, client } = await stalled();
    fill(port);
    const batch = [MESSAGE, Buffer.from(MESSAGE)];
    for (let count = 0; count < 2000; count += 1) port.send(batch, false);
    await recorder.closed;
    client.resume();
    await client.closed;
    const kinds = client.messages.slice(client.messages.findIndex((message) => message === MESSAGE));
    for (const [index, message] of kinds.entries()) expect(typeof message === "string").toBe(index % 2 === 0);
  });

  it("still gets what was sent when the port closes in an orderly way", async () => {
    const { port, client } = await stalled();
    const count = fill(port);
    port.close();
    client.resume();
    expect((await client.closed).code).toBe(1005);
    expect(client.messages).toHaveLength(count);
  });

  it("is closed when publishing goes on, and no other subscriber misses a message", async () => {
    const { at, host, acceptor, client, port, recorder } = await stalled();
    const other = await WebSocketClient.open(at);
    const healthy = await acceptor.next();
    for (const each of [port, healthy.port]) host.topics.subscribe(each, "news");
    for (let count = 0; count < 1000; count += 1) {
      host.topics.publish("news", [new PreparedMessage(`${count}:${MESSAGE}`)]);
      if (count % 5 === 0) await other.received(count + 1);
    }
    await recorder.closed;
    const numbers = (await other.received(1000)).map((message) =>
      Number(/^4(\d+):/.exec(String(message))?.[1]),
    );
    expect(numbers).toEqual(Array.from({ length: 1000 }, (_, count) => count));
    expect(healthy.recorder.heard).toEqual([]);
    client.resume();
    await client.closed;
    const seen = client.messages.map((message) => Number(/^4(\d+):/.exec(String(message))?.[1]));
    expect(seen).toEqual(seen.map((_, index) => index));
  });

  it("that missed a publish gets nothing any more, even when it reads again at that moment", async () => {
    const { host, client, port, recorder } = await stalled();
    host.topics.subscribe(port, "news");
    recorder.onDrain = () => port.send(["after the gap"], false);
    fill(port);
    for (let count = 0; count < 40; count += 1) host.topics.publish("news", [new PreparedMessage(MESSAGE)]);
    client.resume();
    await client.closed;
    expect(client.messages).not.toContain("after the gap");
  });
});
