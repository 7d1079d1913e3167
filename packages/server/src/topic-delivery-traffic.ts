import type { Connection, TopicSubscriber } from "@skein/engine";

/**
 * What the topics of all namespaces of a server know together about its connections: which are subscribed to native
 * topics, and which of them may hold output that a publish would overtake.
 *
 * What is sent to one connection leaves at the end of the turn, what is published leaves at once. So every direct send to
 * a subscribed connection is noted, and handed over before the next publish.
 */
export class TopicTraffic {
  /** How many topics each connection is subscribed to. */
  readonly #subscriptions = new Map<Connection, number>();
  readonly #unsettled = new Set<Connection>();
  #enabled = false;

  /** Whether any host of the server publishes natively. */
  get enabled(): boolean {
    return this.#enabled;
  }

  enable(): void {
    this.#enabled = true;
  }

  /** Something was sent to this connection alone, or it is about to end. */
  touched(connection: Connection): void {
    if (this.#subscriptions.has(connection)) this.#unsettled.add(connection);
  }

  /** Hands over what was sent; tells of connections for which a publish must not be used now. */
  settle(): ReadonlySet<Connection> {
    for (const connection of this.#unsettled) {
      if (connection.settle()) this.#unsettled.delete(connection);
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
}
