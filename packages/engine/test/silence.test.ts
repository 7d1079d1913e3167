import { type EngineConnection, Server } from "@skein/engine";
import { Arrivals, type ClientWebSocket, FakeClock, MemoryHost } from "@skein/testkit";
import { describe, expect, it } from "vitest";
import { WebTransportClient } from "./webtransport-client.ts";
import { settle } from "./webtransport-world.ts";

const INTERVAL = 25_000;
const TIMEOUT = 20_000;
const CLOSING = 30_000;

/** An engine in memory with one client, which can fall silent at any point. */
class Scene {
  readonly clock = new FakeClock();
  readonly connections = new Arrivals<EngineConnection>();
  readonly ends: { readonly reason: string; readonly at: number }[] = [];
  readonly engine: Server;
  readonly #host = new MemoryHost();
  readonly #revision: 3 | 4;
  #sid = "";

  constructor(revision: 3 | 4) {
    this.#revision = revision;
    const options = { pingInterval: INTERVAL, pingTimeout: TIMEOUT, allowEIO3: true };
    this.engine = new Server(options, this.clock).attachHost(this.#host);
    this.engine.on("connection", (connection) => {
      this.connections.push(connection);
      connection.on("close", (reason: string) => this.ends.push({ reason, at: this.clock.now() }));
    });
  }

  get #query(): string {
    return `EIO=${this.#revision}${this.#sid === "" ? "" : `&sid=${this.#sid}`}`;
  }

  async openPolling(): Promise<EngineConnection> {
    const path = `/engine.io/?transport=polling&${this.#query}`;
    await this.#host.client.request({ path }).response;
    const connection = await this.connections.next();
    this.#sid = connection.id;
    return connection;
  }

  async openWebSocket(): Promise<ClientWebSocket> {
    const attempt = await this.#host.client.webSocket(`/engine.io/?transport=websocket&${this.#query}`);
    if (attempt.kind !== "open") throw new Error(attempt.kind);
    return attempt.webSocket;
  }

  /** Sends a poll whose response is not read. */
  async poll(): Promise<void> {
    const path = `/engine.io/?transport=polling&${this.#query}`;
    this.#host.client.request({ path }).response.catch(() => {});
    await settle();
  }

  /** A body of which only a part comes. */
  async beginBody(): Promise<void> {
    const path = `/engine.io/?transport=polling&${this.#query}`;
    const spec = { method: "POST", path, body: "4", announcedLength: 1000 };
    this.#host.client.request(spec).response.catch(() => {});
    await settle();
  }

  async probe(): Promise<ClientWebSocket> {
    const candidate = await this.openWebSocket();
    candidate.send("2probe");
    await settle();
    this.clock.turn();
    await candidate.messages.next();
    return candidate;
  }

  async upgrade(): Promise<ClientWebSocket> {
    const candidate = await this.probe();
    candidate.send("5");
    await settle();
    return candidate;
  }

  /** Until a ping of the server is due, or for as long. */
  untilPing(): void {
    this.clock.advance(INTERVAL);
  }
}

/** How a client falls silent. `closing`: the application has already closed the session. */
interface State {
  readonly title: string;
  readonly closing?: boolean;
  /** Why it ends, where that is neither the application's close nor the heartbeat. */
  readonly reason?: string;
  readonly revisions?: readonly (3 | 4)[];
  /** Where a poll may be pending or not. */
  readonly polls: boolean;
  reach(scene: Scene): Promise<unknown>;
}

const states: readonly State[] = [
  { title: "at once, on long-polling", polls: true, reach: (scene) => scene.openPolling() },
  {
    title: "when it owes an answer to a ping, on long-polling",
    polls: true,
    reach: async (scene) => {
      await scene.openPolling();
      scene.untilPing();
    },
  },
  {
    title: "in the middle of a body",
    // The deadline of bodies comes before that of heartbeats.
    reason: "transport error",
    polls: true,
    reach: async (scene) => {
      await scene.openPolling();
      await scene.beginBody();
    },
  },
  {
    title: "before its candidate has said anything",
    polls: true,
    reach: async (scene) => {
      await scene.openPolling();
      await scene.openWebSocket();
    },
  },
  {
    title: "when its candidate was probed",
    polls: true,
    reach: async (scene) => {
      await scene.openPolling();
      await scene.probe();
    },
  },
  {
    title: "when its candidate was probed while it owes an answer to a ping",
    polls: true,
    reach: async (scene) => {
      await scene.openPolling();
      scene.untilPing();
      await scene.probe();
    },
  },
  {
    title: "when its candidate has left",
    polls: true,
    reach: async (scene) => {
      await scene.openPolling();
      (await scene.probe()).terminate();
      await settle();
    },
  },
  {
    title: "when its candidate was given up",
    polls: true,
    reach: async (scene) => {
      await scene.openPolling();
      (await scene.openWebSocket()).send("4no probe");
      await settle();
    },
  },
  {
    title: "after its upgrade",
    polls: false,
    reach: async (scene) => {
      await scene.openPolling();
      await scene.upgrade();
    },
  },
  {
    title: "after an upgrade with a poll pending",
    polls: false,
    reach: async (scene) => {
      await scene.openPolling();
      await scene.poll();
      await scene.upgrade();
    },
  },
  {
    title: "after an upgrade between a ping and its answer",
    polls: false,
    reach: async (scene) => {
      await scene.openPolling();
      scene.untilPing();
      await scene.upgrade();
    },
  },
  { title: "at once, on a WebSocket", polls: false, reach: (scene) => scene.openWebSocket() },
  {
    title: "when it owes an answer to a ping, on a WebSocket",
    polls: false,
    reach: async (scene) => {
      await scene.openWebSocket();
      scene.untilPing();
    },
  },
  {
    title: "and reads nothing more, on a WebSocket",
    polls: false,
    reach: async (scene) => {
      const webSocket = await scene.openWebSocket();
      webSocket.pause();
      (await scene.connections.next()).send("x".repeat(100_000));
      scene.clock.turn();
    },
  },
  {
    title: "at once, on WebTransport",
    revisions: [4],
    polls: false,
    reach: async (scene) => {
      const client = new WebTransportClient();
      scene.engine.onWebTransportSession(client.session);
      await client.send({ type: "open" });
      await scene.connections.next();
    },
  },
  {
    title: "when its session is closing",
    closing: true,
    polls: true,
    reach: async (scene) => {
      const connection = await scene.openPolling();
      connection.send("last");
      connection.close();
    },
  },
  {
    title: "when its session is closing and its candidate was probed",
    closing: true,
    polls: true,
    reach: async (scene) => {
      const connection = await scene.openPolling();
      await scene.probe();
      connection.send("last");
      connection.close();
    },
  },
];

const cases = states.flatMap((state) =>
  (state.revisions ?? ([4, 3] as const)).flatMap((revision) =>
    (state.polls ? [false, true] : [false]).map((polls) => ({ state, revision, polls })),
  ),
);

describe("a client that falls silent", () => {
  it.each(cases)(
    "$state.title, is closed in time (revision $revision, poll pending: $polls)",
    async ({ state: { closing, reach, reason }, revision, polls }) => {
      const scene = new Scene(revision);
      await reach(scene);
      if (polls) await scene.poll();
      const silentSince = scene.clock.now();
      expect(scene.ends).toEqual([]);
      expect(scene.engine.clientsCount).toBe(1);
      scene.clock.advance(closing === true ? CLOSING : INTERVAL + TIMEOUT);
      expect(scene.ends).toEqual([
        { reason: reason ?? (closing === true ? "forced close" : "ping timeout"), at: expect.any(Number) },
      ]);
      expect(scene.ends[0]?.at).toBeGreaterThan(silentSince);
      expect(scene.engine.clientsCount).toBe(0);
      await settle();
      scene.clock.turn();
      expect(scene.clock.armed).toBe(0);
    },
  );
});
