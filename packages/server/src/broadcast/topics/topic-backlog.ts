import type { Connection, PreparedMessage, TopicBus, TopicSubscriber } from "@skein/engine";
import { setImmediate } from "../../runtime/timers.ts";

/** Maximum number of bytes that framing adds to a message. */
const FRAME_HEADER = 10;

function bytesOf(messages: readonly PreparedMessage[]): number {
  let bytes = 0;
  for (const { wireMessage } of messages) bytes += Buffer.byteLength(wireMessage) + FRAME_HEADER;
  return bytes;
}

/**
 * State of connections shared by the topics of all namespaces of a server: which connections are
 * subscribed to native topics, and which may hold output that a publish would overtake.
 *
 * Direct sends are flushed at the end of the tick, but publishes are written immediately. Every
 * direct send to a subscribed connection is therefore recorded, and flushed before the next
 * publish.
 *
 * Publishes bypass the outboxes and their limits, so the buffered bytes of each connection are
 * checked regularly. A lagging connection gets direct sends, with the usual limit, until it has
 * caught up.
 */
export class TopicBacklog {
  /** Number of topics that each connection is subscribed to. */
  readonly #subscriptions = new Map<Connection, number>();
  readonly #unsettled = new Set<Connection>();
  /** Connections whose buffered bytes exceeded the limit at the last check. */
  readonly #lagging = new WeakSet<Connection>();
  #enabled = false;
  #maxLag = Infinity;
  /** Bytes published since the last check. */
  #published = 0;
  #lookPlanned = false;

  /** Whether any host of the server publishes natively. */
  get enabled(): boolean {
    return this.#enabled;
  }

  /** Enables publishing: a host of the server publishes natively. */
  enable(bus: TopicBus): void {
    this.#enabled = true;
    this.#maxLag = Math.min(this.#maxLag, bus.maxLag);
  }

  /**
   * Counts messages about to be published. Returns false if they must be sent directly, because a
   * check is due first.
   */
  reserve(messages: readonly PreparedMessage[]): boolean {
    const published = this.#published + bytesOf(messages);
    if (published > this.#maxLag / 2) this.#planLook();
    if (published > this.#maxLag) return false;
    this.#published = published;
    return true;
  }

  /** Whether a lagging connection has not caught up yet. */
  isLagging(connection: Connection): boolean {
    if (!this.#lagging.has(connection)) return false;
    if (connection.bufferedAmount > 0) return true;
    this.#lagging.delete(connection);
    return false;
  }

  /** Records that a packet was sent to this connection directly, or that it is about to end. */
  markUnsettled(connection: Connection): void {
    if (this.#subscriptions.has(connection)) this.#unsettled.add(connection);
  }

  /** Flushes direct sends. Returns the connections that a publish must not reach now. */
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

  /** Schedules a check in a later tick: bytes published in this one are in no buffer yet. */
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
