import { setTimeout as delay } from "node:timers/promises";
import type { Socket as ClientSocket } from "socket.io-client";
import type { Server, Socket } from "../../src/index.ts";
import { until } from "../behaviour/waiting.ts";
import type { World } from "../support/world.ts";

const CLIENTS = 20;
const ROOMS = 4;
const EVENTS_PER_SECOND = 50;
/** Milliseconds that the middleware takes at most, and that pass between two drops at most. */
const LONGEST_DECISION = 200;
const LONGEST_CALM = 120;
/** Of a hundred clients that come back. */
const REFUSED = 10;

/** What came of it. */
export interface StormReport {
  readonly events: number;
  readonly drops: number;
  /** Of the drops, those of clients about which the middleware had not decided. */
  readonly dropsOfCandidates: number;
  readonly refusals: number;
  readonly recoveries: number;
  readonly newSessions: number;
  readonly lost: number;
  readonly twice: number;
  readonly outOfOrder: number;
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An official client that counts received events. */
class CountingClient {
  readonly sid: string;
  readonly room: string;
  readonly expected: number[] = [];
  readonly heard: number[] = [];
  recoveries = 0;
  newSessions = 0;
  isDone = false;
  readonly #client: ClientSocket;

  constructor(client: ClientSocket, index: number) {
    this.#client = client;
    this.sid = client.id ?? "";
    this.room = `room ${index % ROOMS}`;
    client.on("event", (event: number) => this.heard.push(event));
    client.on("done", () => {
      this.isDone = true;
    });
    client.on("connect", () => {
      if (client.recovered) this.recoveries += 1;
      else this.newSessions += 1;
    });
    // After a refusal the client does not try again by itself.
    client.on("connect_error", () => {
      if (!client.active) setTimeout(() => client.connect(), 10);
    });
  }

  get isConnected(): boolean {
    return this.#client.connected;
  }

  /**
   * Ends its connection, abruptly for a WebSocket. The official client does not reconnect if its
   * engine is closed before it is open, so polling ends only once it is connected.
   */
  drop(): void {
    const { engine } = this.#client.io;
    const { ws } = engine.transport as unknown as { ws?: { terminate?(): void } };
    if (ws?.terminate !== undefined) ws.terminate();
    else if (this.#client.connected) engine.close();
  }
}

/** Clients that lose their connections at random while events are sent, with a slow middleware. */
export class Storm {
  readonly #world: World;
  readonly #random: () => number;
  readonly #clients: CountingClient[] = [];
  /** Those about whom the middleware has not decided. */
  readonly #candidates = new Set<Socket>();
  #isOver = false;
  #events = 0;
  #drops = 0;
  #dropsOfCandidates = 0;
  #refusals = 0;

  private constructor(world: World, seed: number) {
    this.#world = world;
    this.#random = randomOf(seed);
  }

  static async run(world: World, seed: number, milliseconds: number): Promise<StormReport> {
    const storm = new Storm(world, seed);
    await storm.#gather();
    const dropping = storm.#drop();
    await storm.#send(milliseconds);
    storm.#isOver = true;
    await dropping;
    await storm.#settle();
    return storm.#report();
  }

  get #io(): Server {
    return this.#world.io;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  async #gather(): Promise<void> {
    for (let index = 0; index < CLIENTS; index++) {
      const client = await this.#world.client("/", {
        transports: index % 4 === 0 ? ["polling"] : ["websocket"],
        reconnection: true,
        reconnectionDelay: 10,
        reconnectionDelayMax: 100,
      });
      const counting = new CountingClient(client, index);
      await this.#world.socketOf(client).join(counting.room);
      this.#clients.push(counting);
    }
    this.#io.use(async (socket, next) => {
      this.#candidates.add(socket);
      await delay(this.#below(LONGEST_DECISION + 1));
      this.#candidates.delete(socket);
      if (this.#isOver || this.#below(100) >= REFUSED) return next();
      this.#refusals += 1;
      next(new Error("not now"));
    });
  }

  async #drop(): Promise<void> {
    while (!this.#isOver) {
      await delay(this.#below(LONGEST_CALM));
      const way = this.#below(3);
      const client = this.#clients[this.#below(CLIENTS)];
      const candidate = [...this.#candidates][this.#below(this.#candidates.size)];
      if (way === 0 && candidate !== undefined) {
        this.#dropsOfCandidates += 1;
        candidate.conn.close();
      } else if (way === 1 || client?.isConnected === true) client?.drop();
      else this.#io.sockets.sockets.get(client?.sid ?? "")?.conn.close();
      this.#drops += 1;
    }
  }

  /** As many as the time asks for, however late a timer rings. */
  async #send(milliseconds: number): Promise<void> {
    const begun = performance.now();
    const count = (milliseconds / 1000) * EVENTS_PER_SECOND;
    while (this.#events < count) {
      const due = Math.min(count, ((performance.now() - begun) / 1000) * EVENTS_PER_SECOND);
      while (this.#events < due) this.#sendOne(++this.#events);
      await delay(1000 / EVENTS_PER_SECOND / 2);
    }
  }

  #sendOne(event: number): void {
    const room = `room ${this.#below(ROOMS)}`;
    const one = this.#clients[this.#below(CLIENTS)];
    switch (this.#below(4)) {
      case 0:
        this.#io.to(room).emit("event", event);
        return this.#expect(event, (client) => client.room === room);
      case 1:
        this.#io.except(room).emit("event", event);
        return this.#expect(event, (client) => client.room !== room);
      case 2: {
        const socket = this.#io.sockets.sockets.get(one?.sid ?? "") ?? this.#io.to(one?.sid ?? "");
        socket.emit("event", event);
        return this.#expect(event, (client) => client === one);
      }
      default:
        this.#io.emit("event", event);
        return this.#expect(event, () => true);
    }
  }

  #expect(event: number, isMeant: (client: CountingClient) => boolean): void {
    for (const client of this.#clients) if (isMeant(client)) client.expected.push(event);
  }

  async #settle(): Promise<void> {
    this.#io.emit("done");
    await until(() => this.#clients.every(({ isDone }) => isDone), "every client to come back");
  }

  #report(): StormReport {
    const sum = (count: (client: CountingClient) => number): number =>
      this.#clients.reduce((total, client) => total + count(client), 0);
    return {
      events: this.#events,
      drops: this.#drops,
      dropsOfCandidates: this.#dropsOfCandidates,
      refusals: this.#refusals,
      recoveries: sum(({ recoveries }) => recoveries),
      newSessions: sum(({ newSessions }) => newSessions),
      lost: sum(({ expected, heard }) => expected.filter((event) => !heard.includes(event)).length),
      twice: sum(({ heard }) => heard.length - new Set(heard).size),
      outOfOrder: sum(({ heard }) => heard.filter((event, at) => event < (heard[at - 1] ?? 0)).length),
    };
  }
}
