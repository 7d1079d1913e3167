import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { EngineChannelName, EngineDiagnostics } from "@skein/engine";
import { Arrivals } from "@skein/testkit";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { channelsFor, startDebugLog } from "../src/diagnostics/debug-log.ts";
import { type RunningEngine, startEngine, stopEngines } from "./running-engine.ts";

const undo: (() => void)[] = [];

afterEach(async () => {
  await stopEngines();
  for (const action of undo.splice(0)) action();
});

function follow<Name extends EngineChannelName>(
  name: Name,
  note: (message: EngineDiagnostics[Name]) => void,
): void {
  const listener = (message: unknown) => note(message as EngineDiagnostics[Name]);
  subscribe(name, listener);
  undo.push(() => unsubscribe(name, listener));
}

/** Sessions whose upgrades fail, each with the status sent to the candidate. */
function failedUpgrades(): Arrivals<readonly [string, string | undefined]> {
  const reports = new Arrivals<readonly [string, string | undefined]>();
  follow("skein:engine:upgrade-failed", ({ connection, status }) => {
    reports.push([connection.id, status?.reason]);
  });
  return reports;
}

/** A session that polls, upgrades to a WebSocket, exchanges one message there, and ends. */
async function wholeLife(running: RunningEngine): Promise<string> {
  const client = running.polling();
  await client.handshake();
  const { ended } = await running.clients.next();
  const webSocket = await running.webSocket(`&sid=${client.sid}`);
  webSocket.sendText("2probe");
  expect(await webSocket.nextText()).toBe("3probe");
  webSocket.sendText("5");
  webSocket.sendText("4secret");
  expect(await webSocket.nextText()).toBe("4secret");
  webSocket.end();
  await ended;
  return client.sid;
}

describe("the diagnostics channels", () => {
  it("tell a session's whole life in order", async () => {
    const running = await startEngine({ echo: true });
    const told: string[] = [];
    follow("skein:engine:session-open", ({ connection }) => told.push(`open ${connection.id}`));
    follow("skein:engine:upgrade", ({ from, to }) => told.push(`${from} to ${to}`));
    follow("skein:engine:packet-in", ({ packet }) => told.push(`in ${packet.type}`));
    follow("skein:engine:packet-out", ({ packet }) => told.push(`out ${packet.type}`));
    follow("skein:engine:session-close", ({ reason }) => told.push(reason));
    const sid = await wholeLife(running);
    expect(told).toEqual([
      `open ${sid}`,
      "out open",
      "polling to websocket",
      "in message",
      "out message",
      "transport close",
    ]);
  });

  it("tell what was refused and what was dropped, and why", async () => {
    const running = await startEngine();
    const told: unknown[] = [];
    follow("skein:engine:refused", ({ code, request }) => told.push([code, request?.url]));
    follow("skein:engine:dropped", ({ message, cause }) => told.push([message, cause]));
    await running.polling().request({ path: "/engine.io/?EIO=4&transport=smoke" });
    const client = running.polling();
    await client.handshake();
    const { connection } = await running.clients.next();
    connection.close(true);
    expect(connection.send("too late")).toBe(false);
    expect(told).toEqual([
      ["UNKNOWN_TRANSPORT", "/engine.io/?EIO=4&transport=smoke"],
      ["too late", "closed"],
    ]);
  });

  it("tell why an upgrade came to nothing", async () => {
    const running = await startEngine();
    const reports = failedUpgrades();
    const client = running.polling();
    await client.handshake();
    const nonsense = await running.webSocket(`&sid=${client.sid}`);
    nonsense.sendText("4nonsense");
    expect(await reports.next()).toEqual([client.sid, "invalid probe"]);
    const gone = await running.webSocket(`&sid=${client.sid}`);
    gone.end();
    expect(await reports.next()).toEqual([client.sid, undefined]);
  });

  it("tell that an upgrade took too long", async () => {
    const running = await startEngine({ upgradeTimeout: 1 });
    const reports = failedUpgrades();
    const client = running.polling();
    await client.handshake();
    await running.webSocket(`&sid=${client.sid}`);
    expect(await reports.next()).toEqual([client.sid, "upgrade timeout"]);
  });

  it("tell the error that ended a session", async () => {
    const running = await startEngine();
    const causes: unknown[] = [];
    follow("skein:engine:session-close", ({ cause }) => causes.push(cause));
    const client = running.polling();
    await client.handshake();
    await client.push("2");
    expect(causes).toMatchObject([{ code: "INVALID_HEARTBEAT", side: "peer" }]);
  });
});

describe("the counters", () => {
  it("start at nothing", async () => {
    const running = await startEngine();
    expect(running.engine.counters()).toEqual({
      sessions: { polling: 0, websocket: 0, webtransport: 0 },
      opened: 0,
      closed: {
        "transport close": 0,
        "transport error": 0,
        "parse error": 0,
        "ping timeout": 0,
        "forced close": 0,
      },
      errors: {},
      upgrades: 0,
      failedUpgrades: 0,
      packetsIn: 0,
      packetsOut: 0,
      bytesIn: 0,
      bytesOut: 0,
      refused: {},
      dropped: { closed: 0, "outbox-full": 0 },
    });
  });

  it("count sessions by transport, also across an upgrade, and what they carried", async () => {
    const running = await startEngine({ echo: true });
    const polling = running.polling();
    await polling.handshake();
    await running.clients.next();
    const webSocket = await running.webSocket();
    await webSocket.nextText();
    await running.clients.next();
    expect(running.engine.counters().sessions).toEqual({ polling: 1, websocket: 1, webtransport: 0 });
    const before = running.engine.counters();
    await wholeLife(running);
    const after = running.engine.counters();
    expect(after).toMatchObject({
      sessions: { polling: 1, websocket: 1, webtransport: 0 },
      opened: 3,
      upgrades: 1,
      closed: { "transport close": 1 },
      packetsIn: before.packetsIn + 1,
      packetsOut: before.packetsOut + 2,
      bytesIn: before.bytesIn + "secret".length,
    });
    expect(after.bytesOut - before.bytesOut).toBeGreaterThan("secret".length);
    webSocket.end();
  });

  it("count upgrades that came to nothing", async () => {
    const running = await startEngine();
    const client = running.polling();
    await client.handshake();
    const webSocket = await running.webSocket(`&sid=${client.sid}`);
    webSocket.sendText("4nonsense");
    expect((await webSocket.frames.next()).opcode).toBe(8);
    webSocket.end();
    expect(running.engine.counters()).toMatchObject({ upgrades: 0, failedUpgrades: 1, opened: 1 });
  });

  it("are a copy that later events do not change", async () => {
    const running = await startEngine();
    const before = running.engine.counters();
    await running.polling().handshake();
    expect(before.opened).toBe(0);
    expect(before.sessions.polling).toBe(0);
  });
});

describe("the log of DEBUG", () => {
  it("has a line for each event, and gives away neither ids nor payloads", async () => {
    const running = await startEngine({ echo: true });
    const lines: string[] = [];
    undo.push(startDebugLog("skein:*", (line) => lines.push(line)));
    const sid = await wholeLife(running);
    await running.polling().request({ path: "/engine.io/?EIO=4&transport=%1b[31m" });
    const events = lines.map((line) => line.split(" ").slice(1).join(" ").trim());
    const name = `${sid.slice(0, 6)}…`;
    expect(events[0]).toBe(`skein:engine:session-open ${name} polling from 127.0.0.1`);
    expect(events).toContain(`skein:engine:upgrade ${name} polling to websocket`);
    expect(events).toContain(`skein:engine:packet-in ${name} message 6`);
    expect(events).toContain(`skein:engine:packet-out ${name} message 6`);
    expect(events).toContain(`skein:engine:session-close ${name} transport close`);
    expect(events.at(-1)).toBe("skein:engine:refused UNKNOWN_TRANSPORT 127.0.0.1");
    expect(lines.join("")).not.toContain(sid);
    expect(lines.join("")).not.toContain("secret");
    expect(lines.join("")).not.toContain("\u001b");
  });

  it("escapes an id that an application made of what a client sent", async () => {
    const lines: string[] = [];
    onTestFinished(startDebugLog("skein:*", (line) => lines.push(line)));
    const running = await startEngine({
      prepare: (engine) => {
        engine.generateId = () => "\n\u001B[2J\u2028";
      },
    });
    await running.polling().request({});
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => !/^[^\p{Cc}\p{Zl}]+\n$/u.test(line))).toEqual([]);
  });

  it.each([
    [undefined, 0],
    ["", 0],
    ["express:*", 0],
    ["skein", 0],
    ["skein:*", 8],
    ["*", 8],
    ["express:*,skein:engine:*", 8],
    ["skein:engine:session-*", 2],
    ["skein:* -skein:engine:packet-*", 6],
    ["skein:engine:dropped", 1],
    ["skein.engine.dropped", 0],
  ])("follows DEBUG=%s on %d channels", (debug, count) => {
    expect(channelsFor(debug)).toHaveLength(count);
  });
});
