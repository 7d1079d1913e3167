import { once } from "node:events";
import { request } from "node:http";
import { EngineError } from "@skein/engine";
import { afterEach, describe, expect, it } from "vitest";
import { nextTurn, openUnread, readSlowly, told } from "./peers.ts";
import { startEngine, stopEngines } from "./running-engine.ts";

const TEN_KB = "x".repeat(10_000);
const MEGABYTE = 1_000_000;

afterEach(stopEngines);

/** A WebSocket frame around a message of ten kilobytes: four bytes of header, and the type. */
const FRAME = 4 + 1 + TEN_KB.length;

describe("a peer that stops reading", () => {
  it("costs no more than its outbox may hold and is closed with a typed reason, and others miss nothing", async () => {
    const running = await startEngine({ maxOutboxBytes: 8 * MEGABYTE });
    const stalled = await openUnread(running.port);
    const victim = (await running.clients.next()).connection;
    const healthy = await running.webSocket();
    const other = (await running.clients.next()).connection;
    await healthy.nextText();
    const closed = told(victim, "close");
    const read = (async () => {
      for (let index = 0; index < 10_000; index += 1) {
        expect((await healthy.nextText()).startsWith(`4${index} `)).toBe(true);
      }
    })();
    let most = 0;
    for (let index = 0; index < 10_000; index += 1) {
      const message = `${index} ${TEN_KB}`;
      victim.send(message);
      expect(other.send(message)).toBe(true);
      most = Math.max(most, victim.bufferedAmount);
      if (index % 50 === 0) await nextTurn();
    }
    await read;
    const [reason, cause] = await closed;
    expect(cause).toBeInstanceOf(EngineError);
    expect([reason, cause]).toMatchObject(["transport error", { code: "OUTBOX_OVERFLOW", side: "peer" }]);
    expect(most).toBeGreaterThan(7 * MEGABYTE);
    expect(most).toBeLessThan(8 * MEGABYTE + 2 * TEN_KB.length);
    expect(victim.bufferedAmount).toBeLessThan(8 * MEGABYTE);
    expect(running.engine.clientsCount).toBe(1);
    const { errors, closed: byReason, dropped } = running.engine.counters();
    expect(errors).toEqual({ OUTBOX_OVERFLOW: 1 });
    expect(byReason["transport error"]).toBe(1);
    expect(dropped["outbox-full"] + dropped.closed).toBeGreaterThan(7000);
    stalled.destroy();
    healthy.end();
  });

  it("and for whom only empty messages wait, is closed as well", async () => {
    const running = await startEngine({ maxOutboxBytes: MEGABYTE });
    const stalled = await openUnread(running.port);
    const { connection, ended } = await running.clients.next();
    for (let index = 0; connection.send(TEN_KB) && connection.transport.writable; index += 1)
      await nextTurn();
    let sent = 0;
    while (connection.send("")) sent += 1;
    expect(sent).toBeLessThan(MEGABYTE / 32);
    expect((await ended).message).toContain("the outbox is full");
    stalled.destroy();
  });

  it("stays connected where only volatile messages are refused", async () => {
    const running = await startEngine({ maxOutboxBytes: MEGABYTE, outboxPolicy: "refuse-volatile" });
    const stalled = await openUnread(running.port);
    const { connection } = await running.clients.next();
    while (connection.send(TEN_KB, { volatile: true })) await nextTurn();
    expect(connection.send(TEN_KB)).toBe(true);
    expect(connection.send(TEN_KB, { volatile: true })).toBe(false);
    await nextTurn();
    expect(connection.readyState).toBe("open");
    expect(running.engine.counters().dropped).toEqual({ closed: 0, "outbox-full": 2 });
    stalled.destroy();
  });

  it("is not closed for a volatile message that it has no room for", async () => {
    const running = await startEngine({ maxOutboxBytes: MEGABYTE });
    const stalled = await openUnread(running.port);
    const { connection } = await running.clients.next();
    while (connection.send(TEN_KB, { volatile: true })) await nextTurn();
    await nextTurn();
    expect(connection.readyState).toBe("open");
    stalled.destroy();
  });
});

describe("a peer that reads slowly", () => {
  it("gets everything from an application that waits for drain", async () => {
    const running = await startEngine({ maxOutboxBytes: 2 * MEGABYTE });
    const slow = await openUnread(running.port);
    const { connection } = await running.clients.next();
    const read = readSlowly(slow, 3000 * FRAME);
    for (let index = 0; index < 3000; index += 1) {
      expect(connection.send(TEN_KB)).toBe(true);
      if (connection.bufferedAmount > MEGABYTE) await told(connection, "drain");
    }
    await read;
    expect(connection.readyState).toBe("open");
    slow.destroy();
  });

  it("gets everything from an application that sends the next message when the last has been handed over", async () => {
    const running = await startEngine({ maxOutboxBytes: MEGABYTE });
    const slow = await openUnread(running.port);
    const { connection } = await running.clients.next();
    const read = readSlowly(slow, 2000 * FRAME);
    for (let index = 0; index < 2000; index += 1) {
      const { promise, resolve } = withResolver();
      expect(connection.send(TEN_KB, {}, resolve)).toBe(true);
      await promise;
    }
    await read;
    slow.destroy();
  });
});

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

describe("a long-polling peer that does not read its answers", () => {
  it("gets no second answer before the first has left, and is closed when its outbox is full", async () => {
    const running = await startEngine({ maxOutboxBytes: 32 * MEGABYTE });
    const client = running.polling();
    await client.handshake();
    const { connection, ended } = await running.clients.next();
    const poll = () =>
      request({ port: running.port, host: "127.0.0.1", path: client.target() }).on("error", () => {});
    for (let index = 0; index < 2000; index += 1) connection.send(TEN_KB);
    const handed = told(connection, "drain");
    // The response has no data listener, so it is not read.
    const first = poll().once("response", (response) => response.pause());
    first.end();
    await handed;
    const unread = connection.bufferedAmount;
    expect(unread).toBeGreaterThan(MEGABYTE);
    const arrived = once(running.http, "request");
    const second = poll();
    second.end();
    await arrived;
    expect(connection.transport.writable).toBe(false);
    while (connection.send(TEN_KB)) expect(connection.bufferedAmount).toBeGreaterThan(unread - 1);
    expect((await ended).reason).toBe("transport error");
    expect(running.engine.counters().errors).toEqual({ OUTBOX_OVERFLOW: 1 });
    first.destroy();
    second.destroy();
  });

  it("of revision 3 can't make its answers to pings pile up", async () => {
    const running = await startEngine({ allowEIO3: true, maxOutboxBytes: 10_000, pingInterval: 60_000 });
    const client = running.polling();
    const { body } = await client.request({ path: client.target("polling", 3) });
    const sid = /"sid":"([\w-]+)"/.exec(body.toString())?.[1];
    const { ended } = await running.clients.next();
    await client.request({
      method: "POST",
      path: `${client.target("polling", 3)}&sid=${sid}`,
      body: "1:2".repeat(1000),
    });
    expect((await ended).message).toContain("the outbox is full");
  });
});
