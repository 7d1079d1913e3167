import { type CloseStatus, type EngineOptions, PreparedMessage } from "@skein/engine";
import { type ClientWebSocket, networkClient } from "@skein/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { type Client, type RunningEngine, startEngine, stopEngines } from "./running-engine.ts";

afterEach(stopEngines);

async function openWebSocket(running: RunningEngine, query: string): Promise<ClientWebSocket> {
  const attempt = await networkClient(running.port).webSocket(`/engine.io/?transport=websocket${query}`);
  if (attempt.kind !== "open") throw new Error(attempt.kind);
  return attempt.webSocket;
}

/** A cause for the end of a WebSocket session, and the status that its client gets. */
interface Case {
  readonly title: string;
  readonly status: CloseStatus;
  readonly options?: EngineOptions;
  readonly query?: string;
  end(webSocket: ClientWebSocket, client: Client, running: RunningEngine): void;
}

const DEFAULT_QUERY = "&EIO=4";

const cases: readonly Case[] = [
  {
    title: "the application closes it",
    status: { code: 1000, reason: "closed by the server" },
    end: (_webSocket, { connection }) => connection.close(),
  },
  {
    title: "the application closes it at once",
    status: { code: 1000, reason: "closed by the server" },
    end: (_webSocket, { connection }) => connection.close(true),
  },
  {
    title: "the application closes it with a status of its own",
    status: { code: 4321, reason: "no more cake" },
    end: (_webSocket, { connection }) => connection.close(false, { code: 4321, reason: "no more cake" }),
  },
  {
    title: "the engine is closed",
    status: { code: 1001, reason: "server shutting down" },
    end: (_webSocket, _client, { engine }) => void engine.close(),
  },
  {
    title: "the client says goodbye",
    status: { code: 1000, reason: "session ended" },
    end: (webSocket) => webSocket.send("1"),
  },
  {
    title: "the client sends what is no packet",
    status: { code: 1002, reason: "parse error" },
    end: (webSocket) => webSocket.send("x"),
  },
  {
    title: "the client pings",
    status: { code: 1002, reason: "invalid heartbeat direction" },
    end: (webSocket) => webSocket.send("2"),
  },
  {
    title: "a client of revision 3 sends a pong",
    status: { code: 1002, reason: "invalid heartbeat direction" },
    options: { allowEIO3: true },
    query: "&EIO=3",
    end: (webSocket) => webSocket.send("3"),
  },
  {
    title: "the client does not answer a ping",
    status: { code: 4408, reason: "ping timeout" },
    options: { pingInterval: 10, pingTimeout: 10 },
    end: () => {},
  },
  {
    title: "a client of revision 3 does not ping",
    status: { code: 4408, reason: "ping timeout" },
    options: { pingInterval: 10, pingTimeout: 10, allowEIO3: true },
    query: "&EIO=3",
    end: () => {},
  },
  {
    title: "too much waits for the client",
    status: { code: 1008, reason: "reads too slowly" },
    options: { maxOutboxBytes: 1000 },
    end: (_webSocket, { connection }) => {
      const message = new PreparedMessage("x".repeat(1000));
      while (connection.send(message)) continue;
    },
  },
];

describe.each([
  ["a WebSocket", {}],
  ["a compressed WebSocket", { perMessageDeflate: true }],
])("the client of %s is told", (_title, common: EngineOptions) => {
  it.each(cases)("$status.code when $title", async ({ status, options, query, end }) => {
    const running = await startEngine({ ...common, ...options });
    const webSocket = await openWebSocket(running, query ?? DEFAULT_QUERY);
    await webSocket.messages.next();
    end(webSocket, await running.clients.next(), running);
    expect(await webSocket.closed).toEqual(status);
  });

  it("1009 when its message is too large", async () => {
    const running = await startEngine({ ...common, maxHttpBufferSize: 10 });
    const webSocket = await openWebSocket(running, DEFAULT_QUERY);
    webSocket.send("4" + "x".repeat(10));
    expect((await webSocket.closed).code).toBe(1009);
  });
});

/** A cause for the failure of an upgrade, and the status that its candidate gets. */
interface CandidateCase extends Omit<Case, "end" | "query"> {
  end(candidate: ClientWebSocket, client: Client, running: RunningEngine, sid: string): void;
}

const candidateCases: readonly CandidateCase[] = [
  {
    title: "it sends something else than a probe",
    status: { code: 1002, reason: "invalid probe" },
    end: (candidate) => candidate.send("4hello"),
  },
  {
    title: "it sends what is no packet",
    status: { code: 1002, reason: "parse error" },
    end: (candidate) => candidate.send("x"),
  },
  {
    title: "it does not go on",
    status: { code: 4408, reason: "upgrade timeout" },
    options: { upgradeTimeout: 20 },
    end: (candidate) => candidate.send("2probe"),
  },
  {
    title: "the engine is closed",
    status: { code: 1001, reason: "server shutting down" },
    end: (_candidate, _client, { engine }) => void engine.close(),
  },
  {
    title: "the application closes the session at once",
    status: { code: 1000, reason: "closed by the server" },
    end: (_candidate, { connection }) => connection.close(true),
  },
  {
    title: "its session times out",
    status: { code: 4408, reason: "ping timeout" },
    options: { pingInterval: 20, pingTimeout: 20 },
    end: () => {},
  },
  {
    title: "its session polls twice at a time",
    status: { code: 1002, reason: "overlapping polls" },
    end: (_candidate, _client, { port }, sid) => {
      const path = `/engine.io/?EIO=4&transport=polling&sid=${sid}`;
      for (let count = 0; count < 2; count += 1)
        networkClient(port)
          .request({ path })
          .response.catch(() => {});
    },
  },
  {
    title: "its session posts binary data",
    status: { code: 1002, reason: "invalid content type" },
    end: (_candidate, _client, { port }, sid) => {
      const path = `/engine.io/?EIO=4&transport=polling&sid=${sid}`;
      const headers = { "Content-Type": "application/octet-stream" };
      networkClient(port)
        .request({ method: "POST", path, headers, body: "x" })
        .response.catch(() => {});
    },
  },
  {
    title: "its session posts too many packets",
    status: { code: 1008, reason: "too many packets" },
    options: { maxPacketsPerPayload: 1 },
    end: (_candidate, _client, { port }, sid) => {
      const path = `/engine.io/?EIO=4&transport=polling&sid=${sid}`;
      networkClient(port)
        .request({ method: "POST", path, body: "4a\u001e4b" })
        .response.catch(() => {});
    },
  },
  {
    title: "its session posts a body that never ends",
    status: { code: 4408, reason: "data request timeout" },
    options: { bodyTimeout: 50 },
    end: (_candidate, _client, { port }, sid) => {
      const path = `/engine.io/?EIO=4&transport=polling&sid=${sid}`;
      networkClient(port)
        .request({ method: "POST", path, body: "4a", announcedLength: 10 })
        .response.catch(() => {});
    },
  },
  {
    title: "its session says goodbye",
    status: { code: 1000, reason: "session ended" },
    end: (_candidate, _client, { port }, sid) => {
      const path = `/engine.io/?EIO=4&transport=polling&sid=${sid}`;
      networkClient(port)
        .request({ method: "POST", path, body: "1" })
        .response.catch(() => {});
    },
  },
];

describe("a WebSocket that was to take a session over is told", () => {
  it.each(candidateCases)("$status.code when $title", async ({ status, options, end }) => {
    const running = await startEngine(options);
    const polling = running.polling();
    await polling.handshake();
    const candidate = await openWebSocket(running, `&EIO=4&sid=${polling.sid}`);
    end(candidate, await running.clients.next(), running, polling.sid);
    expect(await candidate.closed).toEqual(status);
  });
});
