import { connect } from "node:net";
import { exchangeBytes, maskedFrame, memoryHeld, networkClient, RawWebSocket } from "@skein/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { nextTurn, openUnread } from "./peers.ts";
import { type RunningEngine, startEngine, stopEngines } from "./running-engine.ts";

afterEach(stopEngines);

/** What a client may do to a server, and what it must get for it. */
interface Attack {
  readonly title: string;
  readonly options?: Parameters<typeof startEngine>[0];
  /** How often; by default often. */
  readonly times?: number;
  /** One attack, up to its end. */
  run(running: RunningEngine): Promise<void>;
  /** What has been counted of `times` attacks. */
  counted?(times: number): object;
}

const POLLING = "/engine.io/?EIO=4&transport=polling";
const WEBSOCKET = "/engine.io/?EIO=4&transport=websocket";

const EXTENSIONS = "Sec-WebSocket-Extensions";

/** What a WebSocket's handshake offers: with an extension another port takes it. */
type Offers = Readonly<Record<string, string>>;

function linesOf(offers: Offers): string[] {
  return Object.entries(offers).map(([name, value]) => `${name}: ${value}`);
}

function upgradeRequest(target: string, ...lines: readonly string[]): string {
  return [`GET ${target} HTTP/1.1`, "Host: a", "Connection: Upgrade", ...lines, "", ""].join("\r\n");
}

const VALID = [
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
];

/** Sends bytes, and resets the connection as soon as something comes back. */
function sendAndReset(port: number, bytes: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.on("data", () => socket.resetAndDestroy());
    socket.on("error", () => {});
    socket.on("close", () => resolve());
  });
}

/** Sends an endless body, for as long as the server lets it. Resolves with what it answered. */
function sendEndlessly(port: number, target: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const chunk = `400\r\n${"x".repeat(0x400)}\r\n`;
    let answer = "";
    const go = (): void => {
      if (answer === "" && !socket.destroyed) socket.write(chunk, () => setImmediate(go));
    };
    socket.write(`POST ${target} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`);
    socket.on("data", (data: Buffer) => {
      answer += data.toString();
      socket.destroy();
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer));
    go();
  });
}

/** Returns the close code that a client gets when its own input ends its WebSocket session. */
async function closedBy({ port }: RunningEngine, bytes: Uint8Array, offers: Offers): Promise<number> {
  const hostile = await RawWebSocket.open(port, WEBSOCKET, undefined, linesOf(offers));
  if (hostile.head.includes("permessage-deflate") !== Object.hasOwn(offers, EXTENSIONS))
    throw new Error("another port than the one that was to be tested");
  await hostile.nextText();
  hostile.write(bytes);
  for (;;) {
    const { opcode, payload } = await hostile.frames.next();
    if (opcode !== 8) continue;
    hostile.end();
    await hostile.closed;
    return payload.readUInt16BE(0);
  }
}

/** The status of a polling session's POST. */
async function pushed(running: RunningEngine, body: string, query = ""): Promise<number> {
  const answer = await networkClient(running.port).request({ path: `${POLLING}${query}` }).response;
  const { sid } = JSON.parse(answer.body.toString().replace(/^[^{]*/, "")) as { sid: string };
  const path = `${POLLING}${query}&sid=${sid}`;
  return (await networkClient(running.port).request({ method: "POST", path, body }).response).status;
}

const legacy = { allowEIO3: true };

/** Attacks on both ports that a WebSocket may have. */
function onWebSocket(offers: Offers): readonly Attack[] {
  const compressed = Object.hasOwn(offers, EXTENSIONS);
  const options = { perMessageDeflate: compressed };
  const kind = compressed ? " on a WebSocket that compresses" : "";
  return [
    {
      title: `a message in empty fragments${kind}`,
      options,
      times: 10,
      run: async (running) => {
        const empty = Buffer.of(0x00, 0x80, 0, 0, 0, 0);
        const fragments = Buffer.concat([maskedFrame(0x01, "4"), ...Array<Buffer>(17_000).fill(empty)]);
        expect(await closedBy(running, fragments, offers)).toBe(1008);
      },
      counted: (times) => ({ errors: { TOO_MANY_FRAGMENTS: times } }),
    },
    {
      title: `a frame that announces 256 MB${kind}`,
      options,
      run: async (running) => {
        const header = Buffer.of(0x82, 0xff, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0);
        expect(await closedBy(running, header, offers)).toBe(1009);
      },
      counted: (times) => ({ errors: { MESSAGE_TOO_LARGE: times } }),
    },
    {
      title: `text that is none${kind}`,
      options,
      run: async (running) => {
        expect(await closedBy(running, maskedFrame(0x81, Buffer.of(0x34, 0xff)), offers)).toBe(1007);
      },
      counted: (times) => ({ errors: { INVALID_TEXT: times } }),
    },
    {
      title: `pings whose answers nobody reads${kind}`,
      options: { ...options, pingInterval: 60_000 },
      times: 5,
      run: async (running) => {
        const socket = await openUnread(running.port, "", offers);
        const { connection, ended } = await running.clients.next();
        socket.pause();
        const ping = maskedFrame(0x89, "x".repeat(125));
        const pings = Buffer.concat(Array<Buffer>(5000).fill(ping));
        for (let sent = 0; sent < 20 && socket.writable; sent += 1) {
          await new Promise((resolve) => socket.write(pings, resolve));
          expect(connection.bufferedAmount).toBeLessThan(100_000);
        }
        socket.destroy();
        await ended;
      },
    },
  ];
}

const attacks: readonly Attack[] = [
  {
    title: "parameters named as what objects inherit",
    run: async (running) => {
      const client = running.polling();
      await client.handshake("&__proto__=1&__proto__[x]=1&constructor=1&toString=1&hasOwnProperty=1");
      const last = await running.clients.next();
      expect(Object.prototype).not.toHaveProperty("x");
      await client.push("1");
      await last.ended;
    },
  },
  {
    title: "a session named as what objects inherit",
    run: async ({ port }) => {
      for (const sid of ["__proto__", "constructor", "toString"]) {
        const { status } = await networkClient(port).request({ path: `${POLLING}&sid=${sid}` }).response;
        expect(status).toBe(400);
      }
    },
    counted: (times) => ({ refused: { UNKNOWN_SID: 3 * times } }),
  },
  {
    title: "a transport that does not exist, in an upgrade that is reset",
    run: ({ port }) => sendAndReset(port, upgradeRequest("/engine.io/?EIO=4&transport=__proto__", ...VALID)),
    counted: (times) => ({ refused: { UNKNOWN_TRANSPORT: times } }),
  },
  {
    title: "an upgrade to another protocol, reset on the answer",
    run: ({ port }) => sendAndReset(port, upgradeRequest(WEBSOCKET, "Upgrade: h2c")),
  },
  {
    title: "an upgrade that nobody takes, reset",
    options: { destroyUpgradeTimeout: 1 },
    run: async ({ port }) => {
      expect(await exchangeBytes(port, upgradeRequest("/elsewhere", ...VALID))).toBe("");
    },
  },
  {
    title: "a frame with reserved bits while an id is made",
    options: {
      prepare: (engine) => {
        const { generateId } = engine;
        engine.generateId = async (request) => {
          await nextTurn();
          return generateId(request);
        };
      },
    },
    run: async (running) => {
      const hostile = await running.webSocket("", Buffer.of(0xf1, 0x80, 0, 0, 0, 0));
      await hostile.closed;
    },
    counted: (times) => ({ errors: { INVALID_FRAME: times } }),
  },
  {
    title: "a body without an end",
    options: { maxHttpBufferSize: 10_000 },
    run: async (running) => {
      const client = running.polling();
      await client.handshake();
      expect(await sendEndlessly(running.port, client.target())).toMatch(/^HTTP\/1\.1 413 /);
      await client.push("1");
    },
    counted: (times) => ({ refused: { PAYLOAD_TOO_LARGE: times } }),
  },
  {
    title: "a body that never comes",
    run: async (running) => {
      const client = running.polling();
      await client.handshake();
      const socket = connect(running.port, "127.0.0.1");
      socket.write(`POST ${client.target()} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n4`);
      await client.request({ method: "POST", body: "4" });
      await new Promise((resolve) => socket.once("close", resolve));
    },
    counted: (times) => ({ errors: { DATA_OVERLAP: times } }),
  },
  {
    title: "a binary body of a client of revision 4",
    run: async (running) => {
      const client = running.polling();
      await client.handshake();
      const headers = { "Content-Type": "application/octet-stream" };
      expect((await client.request({ method: "POST", body: "x", headers })).status).toBe(400);
    },
    counted: (times) => ({ errors: { INVALID_CONTENT: times } }),
  },
  {
    title: "a session that is asked for in another revision",
    options: legacy,
    run: async (running) => {
      const client = running.polling();
      await client.handshake();
      expect((await client.request({ path: client.target("polling", 3) })).status).toBe(400);
      await client.push("1");
    },
    counted: (times) => ({ refused: { BAD_REQUEST: times } }),
  },
  {
    title: "a payload of nothing but separators",
    run: async (running) => {
      expect(await pushed(running, "\u001e".repeat(900_000))).toBe(200);
    },
    counted: (times) => ({ errors: { PARSE_ERROR: times } }),
  },
  {
    title: "a payload of revision 3 whose length has no end",
    options: legacy,
    run: async (running) => {
      expect(await pushed(running, "9".repeat(900_000), "&EIO=3")).toBe(200);
    },
    counted: (times) => ({ errors: { PARSE_ERROR: times } }),
  },
  {
    title: "an extension named as what objects inherit",
    options: { perMessageDeflate: true },
    run: async ({ port }) => {
      const extensions =
        "Sec-WebSocket-Extensions: constructor; x; __proto__; permessage-deflate; constructor";
      await sendAndReset(port, upgradeRequest(WEBSOCKET, ...VALID, extensions));
    },
  },
  {
    title: "subprotocols that are nearly all space",
    run: async ({ port }) => {
      const protocol = `Sec-WebSocket-Protocol: a${" ".repeat(14_000)}b`;
      await sendAndReset(port, upgradeRequest(WEBSOCKET, ...VALID, protocol));
    },
  },
  {
    title: "more headers than a server reads, the upgrade behind them",
    run: async ({ port }) => {
      const headers = Array.from({ length: 2500 }, (_, index) => `${index}: 1`);
      await sendAndReset(port, upgradeRequest(WEBSOCKET, ...headers, ...VALID));
    },
  },
  {
    title: "an origin that could not be echoed",
    run: async ({ port }) => {
      const request = `GET ${POLLING} HTTP/1.1\r\nHost: a\r\nOrigin: \u0001\r\nConnection: close\r\n\r\n`;
      expect(await exchangeBytes(port, request)).toMatch(/^HTTP\/1\.1 400 /);
    },
  },
  ...onWebSocket({}),
  ...onWebSocket({ [EXTENSIONS]: "permessage-deflate" }),
  {
    title: "a message that grows far beyond the limit when it is inflated",
    options: { perMessageDeflate: true, maxHttpBufferSize: 10_000 },
    times: 10,
    run: async ({ port }) => {
      const webSocket = new WebSocket(`ws://127.0.0.1:${port}${WEBSOCKET}`);
      await new Promise((resolve) => webSocket.once("open", resolve));
      webSocket.send(Buffer.alloc(5_000_000));
      const code = await new Promise((resolve) => webSocket.once("close", resolve));
      expect(code).toBe(1009);
    },
    counted: (times) => ({ errors: { MESSAGE_TOO_LARGE: times } }),
  },
];

/** Maximum bytes left by one attack: counters, but nothing of a connection or its input. */
const LEFT_BEHIND = 1500;
/** What the process takes and gives back by itself, in bytes. */
const NOISE = 20_000;
/** Number of repetitions: hot code takes memory in the first rounds only, a leak in all. */
const ROUNDS = 16;

async function attack(running: RunningEngine, { run }: Attack, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) await run(running);
  // What the attacks have opened has ended, but for the client that is well.
  while (running.engine.clientsCount > 1) await nextTurn();
  running.refusals.length = 0;
  while (running.clients.pending.length > 0) await running.clients.next();
}

describe("a server lives through", () => {
  it.each(attacks)(
    "$title, tells who did it, and keeps nothing of it",
    async (hostile) => {
      const { options, times = 60, counted } = hostile;
      const running = await startEngine({ pingInterval: 600_000, ...options, echo: true });
      const healthy = await running.webSocket();
      await healthy.nextText();
      await running.clients.next();
      const allowed = NOISE + times * LEFT_BEHIND;
      await attack(running, hostile, times);
      let rounds = 1;
      let grown = Infinity;
      while (grown >= allowed && rounds < ROUNDS) {
        const before = await memoryHeld();
        await attack(running, hostile, times);
        grown = (await memoryHeld()) - before;
        rounds += 1;
      }
      expect(running.engine.counters()).toMatchObject(counted?.(rounds * times) ?? {});
      expect(grown).toBeLessThan(allowed);
      healthy.sendText("4still well");
      expect(await healthy.nextText()).toBe("4still well");
      healthy.end();
    },
    180_000,
  );
});
