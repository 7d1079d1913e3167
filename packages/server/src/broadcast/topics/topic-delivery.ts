import type { Adapter, BroadcastOptions, Room, SocketId } from "@skein/adapter";
import type { Packet } from "@skein/parser";
import type { EncodedPacket } from "./encoded-packet.ts";
import { Topic, type TopicReceiver } from "./topic.ts";
import type { TopicBacklog } from "./topic-backlog.ts";

/** Minimum number of subscribers: for fewer, a publish costs as much as direct sends. */
const MIN_SUBSCRIBERS = 8;

/** Operations of the namespace that native delivery needs. */
export interface TopicContext {
  readonly sockets: ReadonlyMap<SocketId, TopicReceiver>;
  /** Whether sockets must record the offset of every event sent to them. */
  readonly recovers: boolean;
  encode(packet: Packet): EncodedPacket;
}

/** Whether the broadcast can be expressed as a publish (uws, "Native publishing"). */
function isPlain(packet: Packet, { rooms, except, flags }: BroadcastOptions): boolean {
  if (rooms.size > 1 || except.size > 0 || packet.id !== undefined) return false;
  return flags.volatile !== true && flags.compress !== false;
}

/**
 * Delivers broadcasts of one namespace through native topics, on hosts that support them. A topic
 * is created by the first broadcast large enough and then kept up to date, so rooms without
 * broadcasts cost nothing.
 *
 * Topics contain connected sockets only, not pending, refused or former ones. Room changes are
 * received through the adapter's events.
 */
export class TopicDelivery {
  readonly #context: TopicContext;
  readonly #adapter: Adapter;
  readonly #backlog: TopicBacklog;
  readonly #rooms = new Map<Room, Topic>();
  #everybody: Topic | undefined;

  constructor(home: TopicContext, adapter: Adapter, traffic: TopicBacklog) {
    this.#context = home;
    this.#adapter = adapter;
    this.#backlog = traffic;
    adapter.on("join-room", (room, id) => this.#joined(room, id));
    adapter.on("leave-room", (room, id) => this.#left(room, id));
    adapter.on("delete-room", (room) => this.#rooms.delete(room));
  }

  /**
   * Publishes to all sockets selected by `options`. Returns false if nothing was sent and direct
   * sends are needed.
   */
  publish(packet: Packet, options: BroadcastOptions, atMost: number): boolean {
    if (atMost < MIN_SUBSCRIBERS || !isPlain(packet, options)) return false;
    const topic = this.#topicFor(options.rooms);
    for (const connection of this.#backlog.settle()) topic.sendDirectly(connection);
    topic.subscribeReady();
    if (topic.subscribers < MIN_SUBSCRIBERS) return false;
    const encoded = this.#context.encode(packet);
    if (!this.#backlog.reserve(encoded)) return false;
    topic.publish(packet, encoded, options.flags);
    if (this.#context.recovers) topic.recordOffsets(packet.data);
    return true;
  }

  /** Adds a connected socket, which may have joined rooms earlier. */
  onConnected(id: SocketId, receiver: TopicReceiver): void {
    this.#everybody?.add(receiver);
    if (this.#rooms.size === 0) return;
    for (const topic of this.#topicsOf(id)) topic.add(receiver);
  }

  /** Removes a socket that has left the namespace, and its rooms before that. */
  onLeft(receiver: TopicReceiver): void {
    this.#everybody?.remove(receiver);
  }

  /** Switches a socket to direct sends, because it has a listener for outgoing events. */
  onOutgoingListener(id: SocketId, { conn }: TopicReceiver): void {
    this.#everybody?.sendDirectly(conn);
    for (const topic of this.#topicsOf(id)) topic.sendDirectly(conn);
  }

  #topicFor(rooms: ReadonlySet<Room>): Topic {
    for (const room of rooms) return this.#topicOfRoom(room);
    this.#everybody ??= new Topic(this.#backlog, this.#context.sockets.values());
    return this.#everybody;
  }

  #topicOfRoom(room: Room): Topic {
    const known = this.#rooms.get(room);
    if (known !== undefined) return known;
    const topic = new Topic(this.#backlog, this.#membersOf(room));
    this.#rooms.set(room, topic);
    return topic;
  }

  *#membersOf(room: Room): Iterable<TopicReceiver> {
    const adapter = this.#adapter;
    for (const id of (adapter.roomMembers === undefined
      ? adapter.rooms.get(room)
      : adapter.roomMembers(room)) ?? []) {
      const receiver = this.#context.sockets.get(id);
      if (receiver !== undefined) yield receiver;
    }
  }

  *#topicsOf(id: SocketId): Iterable<Topic> {
    for (const room of this.#adapter.socketRooms(id) ?? []) {
      const topic = this.#rooms.get(room);
      if (topic !== undefined) yield topic;
    }
  }

  #joined(room: Room, id: SocketId | undefined): void {
    const receiver = this.#connected(room, id);
    if (receiver !== undefined) this.#rooms.get(room)?.add(receiver);
  }

  #left(room: Room, id: SocketId | undefined): void {
    const receiver = this.#connected(room, id);
    if (receiver !== undefined) this.#rooms.get(room)?.remove(receiver);
  }

  #connected(room: Room, id: SocketId | undefined): TopicReceiver | undefined {
    return id !== undefined && this.#rooms.has(room) ? this.#context.sockets.get(id) : undefined;
  }
}
