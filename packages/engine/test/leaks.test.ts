import { Arrivals, memoryHeld } from "@skein/testkit";
import { afterEach, expect, it } from "vitest";
import { type RunningEngine, startEngine, stopEngines } from "./running-engine.ts";

/** Connections that come and go; many more where there is time. */
const COUNT = process.env["SKEIN_LONG"] === "1" ? 10_000 : 2000;
const AT_A_TIME = 100;
const HEARTBEATS = 3;

afterEach(stopEngines);

/** One client from its first request to its last: upgraded, then idle for some heartbeats. */
async function comeAndGo(running: RunningEngine): Promise<void> {
  const client = running.polling();
  await client.handshake();
  const webSocket = await running.webSocket(`&sid=${client.sid}`);
  webSocket.sendText("2probe");
  await webSocket.nextText();
  webSocket.sendText("5");
  for (let beat = 0; beat < HEARTBEATS; beat += 1) {
    expect(await webSocket.nextText()).toBe("2");
    webSocket.sendText("3");
  }
  webSocket.end();
  await webSocket.closed;
}

async function visit(running: RunningEngine, count: number): Promise<void> {
  for (let done = 0; done < count; done += AT_A_TIME) {
    await Promise.all(Array.from({ length: AT_A_TIME }, () => comeAndGo(running)));
  }
}

it("connections that were opened, upgraded, idle and closed leave nothing behind", async () => {
  const ends = new Arrivals<string>();
  const traces: WeakRef<object>[] = [];
  const running = await startEngine({
    pingInterval: 100,
    pingTimeout: 15_000,
    handshakeTimeout: 5000,
    prepare: (engine) => {
      engine.on("connection", (connection) => {
        traces.push(new WeakRef(connection));
        connection.on("close", (reason: string) => ends.push(reason));
      });
    },
  });
  const { engine, http, clients } = running;
  const forget = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) {
      await clients.next();
      expect(await ends.next()).toBe("transport close");
    }
  };
  const listeners = () => http.eventNames().map((name) => [name, http.listenerCount(name)]);
  const listenersBefore = listeners();

  await visit(running, 2 * AT_A_TIME);
  await forget(2 * AT_A_TIME);
  const timersBefore = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  const before = await memoryHeld();
  await visit(running, COUNT);
  await forget(COUNT);
  // When a last client, silent from now on, has timed out, every armed time has passed.
  await running.polling().handshake();
  await clients.next();
  expect(await ends.next()).toBe("ping timeout");
  await memoryHeld();
  expect(traces.filter((trace) => trace.deref() !== undefined)).toHaveLength(0);
  traces.length = 0;
  const grown = (await memoryHeld()) - before;

  expect(engine.clientsCount).toBe(0);
  expect(Object.keys(engine.clients)).toEqual([]);
  expect(engine.counters()).toMatchObject({
    opened: COUNT + 2 * AT_A_TIME + 1,
    upgrades: COUNT + 2 * AT_A_TIME,
    sessions: { polling: 0, websocket: 0, webtransport: 0 },
  });
  expect(listeners()).toEqual(listenersBefore);
  expect(process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length).toBeLessThanOrEqual(
    timersBefore + 1,
  );
  // Hot code takes some memory, too; a leaked connection with its socket takes many times as much.
  expect(grown).toBeLessThan(COUNT * 1500);
}, 300_000);
