import { createAdapter, createShardedAdapter } from "@socket.io/redis-adapter";
import { Emitter } from "@socket.io/redis-emitter";
import { createAdapter as createStreamsAdapter } from "@socket.io/redis-streams-adapter";
import { randomUUID } from "node:crypto";
import { createClient } from "redis";
import { vi } from "vitest";
import type { Fabric, Membership, Watch } from "./fabric.ts";
import { MessageLog } from "./message-log.ts";
import type { Service } from "./service.ts";

const URL = process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379";

/** Messages over channels, and sharded ones as well. */
export const redisService: Service = {
  name: "Redis 7 or newer",
  url: URL,
  variable: "REDIS_URL",
  async reach() {
    const client = createClient({ url: URL, socket: { reconnectStrategy: false, connectTimeout: 2000 } });
    client.on("error", () => {});
    await client.connect();
    await client.close();
  },
};

const SOCKET_ID_LENGTH = 20;

type Client = ReturnType<typeof createClient>;

async function connected(): Promise<Client> {
  const client = createClient({ url: URL });
  client.on("error", (error) => console.error(error));
  await client.connect();
  return client;
}

/** Both of a node's connections: a subscribing one can do nothing else. */
async function pair(): Promise<{ pub: Client; sub: Client; leave: () => Promise<void> }> {
  const [pub, sub] = await Promise.all([connected(), connected()]);
  const leave = async () => {
    await Promise.all([pub.close(), sub.close()]);
  };
  return { pub, sub, leave };
}

/** The adapter on plain channels. */
export class RedisFabric implements Fabric {
  readonly #key = `skein-${randomUUID()}`;

  async join(): Promise<Membership> {
    const { pub, sub, leave } = await pair();
    return { adapter: createAdapter(pub, sub, { key: this.#key }), leave };
  }

  async watch(): Promise<Watch> {
    const client = await connected();
    const log = new MessageLog(() => client.close());
    await client.pSubscribe(`${this.#key}*`, (message) => log.add(message), true);
    return log;
  }

  /** Sends to the cluster without being a node of it. */
  async emitter(): Promise<{ emitter: Emitter; leave: () => Promise<void> }> {
    const client = await connected();
    return { emitter: new Emitter(client, { key: this.#key }), leave: () => client.close() };
  }

  settled(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * Time (ms) for which a node blocks for the next entry; it starts over if it has never seen one.
 */
const BLOCK_TIME = 1000;

/** The adapter on a stream, which keeps what was sent for those who come back. */
export class RedisStreamsFabric implements Fabric {
  readonly #name = `skein-${randomUUID()}`;
  readonly #client = connected();
  /**
   * Writes entries regularly: a node that has seen none yet loses those written between its reads.
   */
  readonly #ticks = setInterval(() => void this.#tick(), BLOCK_TIME / 50);

  async join(): Promise<Membership> {
    const client = await connected();
    const options = { streamName: this.#name, channelPrefix: this.#name, blockTimeInMs: BLOCK_TIME };
    return { adapter: createStreamsAdapter(client, options), leave: () => client.close() };
  }

  /** What is on the stream, and what goes over channels. */
  async watch(): Promise<Watch> {
    const [stream, channels] = await Promise.all([connected(), connected()]);
    const stopped = new AbortController();
    const log = new MessageLog(async () => {
      stopped.abort();
      await reading;
      await Promise.all([stream.close(), channels.close()]);
    });
    const read = async (): Promise<void> => {
      for (let from = "$"; !stopped.signal.aborted; ) {
        const streams = (await stream.xRead({ key: this.#name, id: from }, { BLOCK: 50 })) as Entries;
        for (const { id, message } of streams?.[0]?.messages ?? []) {
          from = id;
          log.add(Buffer.from(JSON.stringify(message)));
        }
      }
    };
    await channels.pSubscribe(`${this.#name}*`, (message) => log.add(message), true);
    const reading = read();
    return log;
  }

  settled(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    clearInterval(this.#ticks);
    const client = await this.#client;
    await client.del(this.#name);
    await client.close();
  }

  async #tick(): Promise<void> {
    const client = await this.#client;
    await client.xAdd(this.#name, "*", { uid: "tick", nsp: "/nobody's", type: "0" });
  }
}

type Entries = { messages: { id: string; message: Record<string, string> }[] }[] | null;

/** Which rooms have a channel of their own: all, or all but those of single sockets. */
type SubscriptionMode = "dynamic" | "dynamic-private";

/** The adapter on sharded channels. */
export class ShardedRedisFabric implements Fabric {
  readonly #prefix = `skein-${randomUUID()}`;
  readonly #observer = connected();
  readonly #mode: SubscriptionMode;

  constructor(mode: SubscriptionMode) {
    this.#mode = mode;
  }

  async join(): Promise<Membership> {
    const { pub, sub, leave } = await pair();
    const options = { channelPrefix: this.#prefix, subscriptionMode: this.#mode };
    return { adapter: createShardedAdapter(pub, sub, options), leave };
  }

  /** While this lasts nodes count one too many. */
  async watch(): Promise<Watch> {
    const client = await connected();
    const log = new MessageLog(() => client.close());
    await client.sSubscribe(this.#channel, (message) => log.add(message), true);
    return log;
  }

  async settled(room: string, nodes: number): Promise<void> {
    if (this.#mode === "dynamic" && room.length === SOCKET_ID_LENGTH) return;
    const observer = await this.#observer;
    const channel = `${this.#channel}${room}#`;
    const subscribed = async (): Promise<boolean> => {
      const [, count] = await observer.sendCommand<[string, number]>(["PUBSUB", "SHARDNUMSUB", channel]);
      return count === nodes;
    };
    await vi.waitUntil(subscribed, { timeout: 10_000 });
  }

  async close(): Promise<void> {
    const observer = await this.#observer;
    await observer.close();
  }

  get #channel(): string {
    return `${this.#prefix}#/#`;
  }
}
