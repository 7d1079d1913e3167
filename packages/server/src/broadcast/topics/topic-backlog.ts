import type { Connection, PreparedMessage, TopicBus, TopicSubscriber } from "@skein/engine";
import { setImmediate } from "../../runtime/timers.ts";

/** Bytes that a frame adds to a message, at most. */
const FRAME_HEADER = 10;

function bytesOf(messages: readonly PreparedMessage[]): number {
  let bytes = 0;
  for (const { wireMessage } of messages) bytes += Buffer.byteLength(wireMessage) + FRAME_HEADER;
  return bytes;
}

/**
 * What the topics of all namespaces of a server know together about its connections: which are subscribed to native
 * topics, and which of them may hold output that a publish would overtake.
 *
 * What is sent to one connection leaves at the end of the turn, what is published leaves at once. So every direct send to
 * a subscribed connection is noted, and handed over before the next publish.
 *
 * What is published goes past the outboxes and their limit. So every now and then there is a look at what waits for each
 * connection; one that lags behind is sent to directly, and so has the limit of all others, until it has caught up.
 */
export class TopicBacklog {
  /** How many topics each connection is subscribed to. */
  readonly #subscriptions = new Map<Connection, number>();
  readonly #unsettled = new Set<Connection>();
  /** Those that had not read what was published, at the last look. */
  readonly #lagging = new WeakSet<Connection>();
  #enabled = false;
  #maxLag = Infinity;
  /** Bytes since the last look. */
  #published = 0;
  #lookPlanned = false;

  /** Whether any host of the server publishes natively. */
  get enabled(): boolean {
    return this.#enabled;
  }

  /** A host of the server publishes natively. */
  enable(bus: TopicBus): void {
    this.#enabled = true;
    this.#maxLag = Math.min(this.#maxLag, bus.maxLag);
  }

  /** Takes note of what is about to be published; false when it has to go to each directly, for there is a look to come. */
  reserve(messages: readonly PreparedMessage[]): boolean {
    const published = this.#published + bytesOf(messages);
    if (published > this.#maxLag / 2) this.#planLook();
    if (published > this.#maxLag) return false;
    this.#published = published;
    return true;
  }

  /** Whether a connection that lagged has not caught up yet. */
  isLagging(connection: Connection): boolean {
    if (!this.#lagging.has(connection)) return false;
    if (connection.bufferedAmount > 0) return true;
    this.#lagging.delete(connection);
    return false;
  }

  /** Something was sent to this connection alone, or it is about to end. */
  markUnsettled(connection: Connection): void {
    if (this.#subscriptions.has(connection)) this.#unsettled.add(connection);
  }

  /** Hands over what was sent; tells of connections for which a publish must not be used now. */
  settle(): ReadonlySet<Connection> {
    for (const connection of this.#unsettled) {
      if (connection.settle() && !this.isLagging(connection)) this.#unsettled.delete(connection);
    }
    return this.#unsettled;
  }

  subscribe(connection: Connection, { bus, port }: TopicSubscriber, topic: string): void {
    bus.subscribe(port, topic);
    this.#subscriptions.set(connection, (this.#subscriptions.get(connection) ?? 0) + 1);
  }

  unsubscribe(connection: Connection, { bus, port }: TopicSubscriber, topic: string): void {
    bus.unsubscribe(port, topic);
    const left = (this.#subscriptions.get(connection) ?? 1) - 1;
    if (left > 0) this.#subscriptions.set(connection, left);
    else {
      this.#subscriptions.delete(connection);
      this.#unsettled.delete(connection);
    }
  }

  /** In a turn of its own: what was published in this one has not reached any buffer yet. */
  #planLook(): void {
    if (this.#lookPlanned) return;
    this.#lookPlanned = true;
    setImmediate(() => {
      this.#lookPlanned = false;
      this.#look();
    });
  }

  #look(): void {
    this.#published = 0;
    for (const connection of this.#subscriptions.keys()) {
      if (connection.bufferedAmount <= this.#maxLag) continue;
      this.#lagging.add(connection);
      this.#unsettled.add(connection);
    }
  }
}
