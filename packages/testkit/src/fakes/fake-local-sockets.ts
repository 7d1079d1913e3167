import type {
  AckCallback,
  Adapter,
  AdapterFactory,
  BroadcastFlags,
  LocalSocket,
  LocalSockets,
  Room,
  SocketId,
} from "@skein/adapter";
import type { Packet } from "@skein/parser";

/** A packet delivered to a fake socket. */
export interface Delivery {
  readonly packet: Packet;
  /** The event's name and arguments at the time of delivery. */
  readonly data: readonly unknown[];
  readonly encoded: string;
  readonly flags: BroadcastFlags;
}

/** A socket without a connection, which records deliveries and acknowledges them on request. */
export class FakeLocalSocket implements LocalSocket<string> {
  readonly id: SocketId;
  readonly handshake: unknown = {};
  readonly deliveries: Delivery[] = [];
  data: unknown = {};
  /** Called at each delivery, like an application's listener for outgoing packets. */
  onDeliver: (delivery: Delivery) => void = () => {};
  /** Set by `disconnect`: whether the connection was to be closed as well. */
  closed: boolean | undefined;
  readonly #owner: FakeLocalSockets;
  readonly #acks = new Map<number, AckCallback>();
  #onIdle: (() => void) | undefined;

  constructor(owner: FakeLocalSockets, id: SocketId) {
    this.#owner = owner;
    this.id = id;
  }

  get rooms(): ReadonlySet<Room> {
    return this.#owner.adapter.socketRooms(this.id) ?? new Set();
  }

  /** The data of all deliveries. */
  get received(): readonly (readonly unknown[])[] {
    return this.deliveries.map((delivery) => delivery.data);
  }

  get pendingAcks(): number {
    return this.#acks.size;
  }

  join(rooms: Room | readonly Room[]): void | Promise<void> {
    if (this.closed !== undefined) return;
    return this.#owner.adapter.addAll(this.id, new Set(typeof rooms === "string" ? [rooms] : rooms));
  }

  leave(room: Room): void | Promise<void> {
    return this.#owner.adapter.del(this.id, room);
  }

  disconnect(close = false): void {
    this.closed = close;
    this.#owner.adapter.delAll(this.id);
    this.#owner.remove(this.id);
  }

  deliverPacket(packet: Packet, encoded: string, flags: BroadcastFlags): void {
    const data: readonly unknown[] = Array.isArray(packet.data) ? [...packet.data] : [];
    const delivery = { packet, data, encoded, flags };
    this.deliveries.push(delivery);
    this.onDeliver(delivery);
  }

  expectAck(id: number, callback: AckCallback | undefined): void {
    if (callback === undefined) this.#acks.delete(id);
    else this.#acks.set(id, callback);
    if (this.#acks.size === 0) this.#onIdle?.();
  }

  /** Acknowledges the last delivery, as its peer would. */
  acknowledge(...args: unknown[]): void {
    const id = this.deliveries.at(-1)?.packet.id;
    if (id === undefined) throw new Error("the last delivery asks for no acknowledgement");
    const callback = this.#acks.get(id);
    this.#acks.delete(id);
    callback?.(...args);
  }

  /** Resolves once no acknowledgement is pending. */
  untilNoAckIsExpected(): Promise<void> {
    if (this.#acks.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle = resolve;
    });
  }
}

/** A namespace without a server, for an adapter under test. Its encoding is JSON. */
export class FakeLocalSockets implements LocalSockets<string> {
  readonly name: string;
  readonly adapter: Adapter;
  readonly serverSideEvents: unknown[][] = [];
  /** Private ids of the sessions that other nodes have claimed. */
  readonly surrendered: string[] = [];
  encodings = 0;
  readonly #sockets = new Map<SocketId, FakeLocalSocket>();
  #lastAckId = 0;

  constructor(createAdapter: AdapterFactory, name = "/") {
    this.name = name;
    this.adapter = createAdapter(this);
  }

  get sockets(): ReadonlyMap<SocketId, FakeLocalSocket> {
    return this.#sockets;
  }

  /** Connects a socket that is in its own room and in `rooms`. */
  connect(id: SocketId, ...rooms: Room[]): FakeLocalSocket {
    const socket = new FakeLocalSocket(this, id);
    this.#sockets.set(id, socket);
    void socket.join([id, ...rooms]);
    return socket;
  }

  remove(id: SocketId): void {
    this.#sockets.delete(id);
  }

  encode(packet: Packet): string {
    this.encodings += 1;
    packet.nsp = this.name;
    return JSON.stringify(packet);
  }

  nextAckId(): number {
    this.#lastAckId += 1;
    return this.#lastAckId;
  }

  onServerSideEmit(args: readonly unknown[]): void {
    this.serverSideEvents.push([...args]);
  }

  surrenderSession(pid: string): void {
    this.surrendered.push(pid);
  }
}
