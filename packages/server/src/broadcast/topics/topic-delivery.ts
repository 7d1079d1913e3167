import type { Adapter, BroadcastOptions, Room, SocketId } from "@skein/adapter";
import type { Packet } from "@skein/parser";
import type { EncodedPacket } from "./encoded-packet.ts";
import { Topic, type TopicReceiver } from "./topic.ts";
import type { TopicTraffic } from "./topic-backlog.ts";

/** For fewer receivers a publish costs as much as sending to each. */
const WORTHWHILE = 8;

/** What native delivery needs of its namespace. */
export interface TopicHome {
  readonly sockets: ReadonlyMap<SocketId, TopicReceiver>;
  /** Whether sockets must be told of every event that goes out to them. */
  readonly recovers: boolean;
  encode(packet: Packet): EncodedPacket;
}

/** Whether a topic can express the broadcast at all (µWebSockets.js, section 8). */
function isPlain(packet: Packet, { rooms, except, flags }: BroadcastOptions): boolean {
  if (rooms.size > 1 || except.size > 0 || packet.id !== undefined) return false;
  return flags.volatile !== true && flags.compress !== false;
}

/**
 * Broadcasts of one namespace through native topics, on hosts that have them. A topic is opened by the first broadcast
 * that is worth it, and kept up to date from then on, so rooms that are never broadcast to cost nothing.
 *
 * Members are connected sockets only: who is still in middlewares, was refused, or has left is in no topic. Rooms are
 * known through the adapter's events.
 */
export class TopicDelivery {
  readonly #home: TopicHome;
  readonly #adapter: Adapter;
  readonly #traffic: TopicTraffic;
  readonly #rooms = new Map<Room, Topic>();
  #everybody: Topic | undefined;

  constructor(home: TopicHome, adapter: Adapter, traffic: TopicTraffic) {
    this.#home = home;
    this.#adapter = adapter;
    this.#traffic = traffic;
    adapter.on("join-room", (room, id) => this.#joined(room, id));
    adapter.on("leave-room", (room, id) => this.#left(room, id));
    adapter.on("delete-room", (room) => this.#rooms.delete(room));
  }

  /** Sends to everybody that `options` means; false when it sent nothing, and each must be sent to. */
  publish(packet: Packet, options: BroadcastOptions, atMost: number): boolean {
    if (atMost < WORTHWHILE || !isPlain(packet, options)) return false;
    const topic = this.#topicFor(options.rooms);
    for (const connection of this.#traffic.settle()) topic.separate(connection);
    topic.gather();
    if (topic.subscribers < WORTHWHILE) return false;
    const encoded = this.#home.encode(packet);
    if (!this.#traffic.admit(encoded)) return false;
    topic.publish(packet, encoded, options.flags);
    if (this.#home.recovers) topic.note(packet.data);
    return true;
  }

  /** A socket is connected; it may have joined rooms before. */
  entered(id: SocketId, receiver: TopicReceiver): void {
    this.#everybody?.add(receiver);
    if (this.#rooms.size === 0) return;
    for (const topic of this.#topicsOf(id)) topic.add(receiver);
  }

  /** A socket has left the namespace. It has left its rooms before. */
  left(receiver: TopicReceiver): void {
    this.#everybody?.remove(receiver);
  }

  /** From now on somebody listens to what goes out to this socket. */
  watched(id: SocketId, { conn }: TopicReceiver): void {
    this.#everybody?.separate(conn);
    for (const topic of this.#topicsOf(id)) topic.separate(conn);
  }

  #topicFor(rooms: ReadonlySet<Room>): Topic {
    for (const room of rooms) return this.#topicOfRoom(room);
    this.#everybody ??= new Topic(this.#traffic, this.#home.sockets.values());
    return this.#everybody;
  }

  #topicOfRoom(room: Room): Topic {
    const known = this.#rooms.get(room);
    if (known !== undefined) return known;
    const topic = new Topic(this.#traffic, this.#membersOf(room));
    this.#rooms.set(room, topic);
    return topic;
  }

  *#membersOf(room: Room): Iterable<TopicReceiver> {
    const adapter = this.#adapter;
    for (const id of (adapter.roomMembers === undefined
      ? adapter.rooms.get(room)
      : adapter.roomMembers(room)) ?? []) {
      const receiver = this.#home.sockets.get(id);
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
    return id !== undefined && this.#rooms.has(room) ? this.#home.sockets.get(id) : undefined;
  }
}
