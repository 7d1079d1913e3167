import type { BroadcastFlags } from "@skein/adapter";
import type { Connection, TopicBus, TopicSubscriber } from "@skein/engine";
import type { Packet } from "@skein/parser";
import type { EncodedPacket } from "./encoded-packet.ts";
import type { TopicBacklog } from "./topic-backlog.ts";

/** A connected socket in a topic. */
export interface TopicReceiver {
  readonly conn: Connection;
  /** Whether the socket has listeners for outgoing events, which need every packet. */
  readonly outgoingWatched: boolean;
  deliverPacket(packet: Packet, encoded: EncodedPacket, flags: BroadcastFlags): void;
  /** Records the offset of an event sent by a publish. */
  recordOffset(data: unknown): void;
}

interface Subscription {
  readonly receiver: TopicReceiver;
  readonly subscriber: TopicSubscriber;
}

/**
 * Topic names are increasing numbers: never derived from user input and never reused, so that a
 * room name can't refer to another topic.
 */
let lastName = 0;

/**
 * A native topic for a room or a namespace. Each socket is either subscribed, or gets packets
 * directly if a publish can't reach it. Sockets are keyed by connection, which is unique in a
 * namespace.
 */
export class Topic {
  readonly #backlog: TopicBacklog;
  readonly #name = String(++lastName);
  readonly #subscribed = new Map<Connection, Subscription>();
  readonly #alone = new Map<Connection, TopicReceiver>();
  /** Number of subscribed sockets on each bus; usually there is one bus. */
  readonly #buses = new Map<TopicBus, number>();

  constructor(traffic: TopicBacklog, members: Iterable<TopicReceiver>) {
    this.#backlog = traffic;
    for (const member of members) this.add(member);
  }

  /** Number of sockets that a publish reaches. */
  get subscribers(): number {
    return this.#subscribed.size;
  }

  /**
   * Adds a socket, unsubscribed until the next publish: it may have pending output, and many
   * sockets leave before then.
   */
  add(receiver: TopicReceiver): void {
    if (!this.#has(receiver)) this.#alone.set(receiver.conn, receiver);
  }

  remove({ conn }: TopicReceiver): void {
    this.#alone.delete(conn);
    this.#unsubscribe(conn);
  }

  /** Switches a socket of this topic to direct sends; does nothing for other sockets. */
  sendDirectly(conn: Connection): void {
    const receiver = this.#unsubscribe(conn);
    if (receiver !== undefined) this.#alone.set(conn, receiver);
  }

  /** Subscribes the sockets that a publish can reach now. */
  subscribeReady(): void {
    for (const receiver of this.#alone.values()) {
      const subscriber = receiver.outgoingWatched ? undefined : receiver.conn.topicSubscriber;
      if (subscriber === undefined || this.#backlog.isLagging(receiver.conn)) continue;
      if (receiver.conn.settle()) this.#subscribe(receiver, subscriber);
    }
  }

  /** Sends to all sockets of the topic. Sockets that leave during the loop are skipped. */
  publish(packet: Packet, encoded: EncodedPacket, flags: BroadcastFlags): void {
    const alone = Array.from(this.#alone.values());
    for (const bus of this.#buses.keys()) bus.publish(this.#name, encoded);
    for (const receiver of alone) if (this.#has(receiver)) receiver.deliverPacket(packet, encoded, flags);
  }

  /** Records the offset of a published event in all subscribed sockets. */
  recordOffsets(data: unknown): void {
    for (const { receiver } of this.#subscribed.values()) receiver.recordOffset(data);
  }

  #has(receiver: TopicReceiver): boolean {
    const { conn } = receiver;
    return this.#alone.get(conn) === receiver || this.#subscribed.get(conn)?.receiver === receiver;
  }

  #subscribe(receiver: TopicReceiver, subscriber: TopicSubscriber): void {
    const { conn } = receiver;
    this.#alone.delete(conn);
    this.#subscribed.set(conn, { receiver, subscriber });
    this.#backlog.subscribe(conn, subscriber, this.#name);
    this.#count(subscriber.bus, 1);
  }

  #unsubscribe(conn: Connection): TopicReceiver | undefined {
    const subscription = this.#subscribed.get(conn);
    if (subscription === undefined) return undefined;
    this.#subscribed.delete(conn);
    this.#backlog.unsubscribe(conn, subscription.subscriber, this.#name);
    this.#count(subscription.subscriber.bus, -1);
    return subscription.receiver;
  }

  #count(bus: TopicBus, change: 1 | -1): void {
    const members = (this.#buses.get(bus) ?? 0) + change;
    if (members > 0) this.#buses.set(bus, members);
    else this.#buses.delete(bus);
  }
}
