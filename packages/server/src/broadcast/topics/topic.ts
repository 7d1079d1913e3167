import type { BroadcastFlags } from "@skein/adapter";
import type { Connection, TopicBus, TopicSubscriber } from "@skein/engine";
import type { Packet } from "@skein/parser";
import type { EncodedPacket } from "./encoded-packet.ts";
import type { TopicBacklog } from "./topic-backlog.ts";

/** A connected socket, as a topic uses it. */
export interface TopicReceiver {
  readonly conn: Connection;
  /** Whether somebody listens to what goes out to this socket: then it must be told of each packet. */
  readonly outgoingWatched: boolean;
  deliverPacket(packet: Packet, encoded: EncodedPacket, flags: BroadcastFlags): void;
  /** An event goes out to it by a publish. */
  recordOffset(data: unknown): void;
}

interface Subscription {
  readonly receiver: TopicReceiver;
  readonly subscriber: TopicSubscriber;
}

/** Names are numbers, never made of what users choose, and never used again: no name of a room can mean another's topic. */
let lastName = 0;

/**
 * A native topic that stands for a room, or for a whole namespace. Each member is either subscribed or alone: whoever
 * can't be published to gets packets socket by socket. Members are known by their connections, on which a namespace has
 * one socket.
 */
export class Topic {
  readonly #backlog: TopicBacklog;
  readonly #name = String(++lastName);
  readonly #subscribed = new Map<Connection, Subscription>();
  readonly #alone = new Map<Connection, TopicReceiver>();
  /** How many members each bus reaches: mostly there is one bus. */
  readonly #buses = new Map<TopicBus, number>();

  constructor(traffic: TopicBacklog, members: Iterable<TopicReceiver>) {
    this.#backlog = traffic;
    for (const member of members) this.add(member);
  }

  /** How many members a publish reaches. */
  get subscribers(): number {
    return this.#subscribed.size;
  }

  /** A new member is alone until the next publish: it may have output that waits, and many leave before there is one. */
  add(receiver: TopicReceiver): void {
    if (!this.#has(receiver)) this.#alone.set(receiver.conn, receiver);
  }

  remove({ conn }: TopicReceiver): void {
    this.#alone.delete(conn);
    this.#unsubscribe(conn);
  }

  /** From now on this member, if it is one, gets packets socket by socket. */
  sendDirectly(conn: Connection): void {
    const receiver = this.#unsubscribe(conn);
    if (receiver !== undefined) this.#alone.set(conn, receiver);
  }

  /** Subscribes whoever can be published to by now. */
  subscribeReady(): void {
    for (const receiver of this.#alone.values()) {
      const subscriber = receiver.outgoingWatched ? undefined : receiver.conn.topicSubscriber;
      if (subscriber === undefined || this.#backlog.isLagging(receiver.conn)) continue;
      if (receiver.conn.settle()) this.#subscribe(receiver, subscriber);
    }
  }

  /** Sends to all members. Who leaves before its turn is left out. */
  publish(packet: Packet, encoded: EncodedPacket, flags: BroadcastFlags): void {
    const alone = Array.from(this.#alone.values());
    for (const bus of this.#buses.keys()) bus.publish(this.#name, encoded);
    for (const receiver of alone) if (this.#has(receiver)) receiver.deliverPacket(packet, encoded, flags);
  }

  /** Tells those who are published to what goes out to them. */
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
