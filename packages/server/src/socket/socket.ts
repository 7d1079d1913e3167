import type { AckCallback, Adapter, BroadcastFlags, LocalSocket, Room, SocketId } from "@skein/adapter";
import { type Packet, PacketType } from "@skein/parser";
import type { IncomingMessage } from "node:http";
import { type AckWaiter, containedWaiter, PendingAcks, waiterOf } from "../broadcast/pending-acks.ts";
import type {
  ClientConnection,
  DisconnectReason,
  Event,
  Handshake,
  Namespace as NamespaceApi,
  Socket as SocketApi,
} from "../api.ts";
import { BroadcastOperator } from "../broadcast/broadcast-operator.ts";
import type { Client } from "../connection/client.ts";
import { SocketNames } from "./compat-names.ts";
import { type Failure, watchPromise } from "../application/safe-call.ts";
import { listOf, nameOf, offsetOf } from "../events/event-arguments.ts";
import type { EncodedPacket } from "../broadcast/topics/encoded-packet.ts";
import type { ErrorReport } from "../application/error-reports.ts";
import { buildHandshake } from "./handshake.ts";
import type { PendingSocket, MissedEvents } from "../connection/namespace-join.ts";
import { isRecoverable, SentOffsets } from "./recovery-offsets.ts";
import type { Identity, SocketContext } from "./socket-context.ts";
import { nextTick, wallClock } from "../runtime/timers.ts";

/** `candidate`: in middlewares. `leaving`: `disconnecting` listeners are running. */
type State = "candidate" | "connected" | "leaving" | "closed";

/**
 * Implementation of the public interface of the same name. Other members have names of several
 * words, to avoid collisions with properties that applications set (`socket.closed = true`).
 */
export class Socket extends SocketNames implements SocketApi, LocalSocket<EncodedPacket>, PendingSocket {
  readonly id: SocketId;
  readonly client: Client;
  readonly recovered: boolean;
  // The application declares the type.
  // oxlint-disable-next-line typescript/no-explicit-any
  data: any;
  readonly #home: SocketContext<Socket>;
  readonly #adapter: Adapter;
  readonly #pid: string | undefined;
  /** Undefined if the client sent none. */
  readonly #auth: Record<string, unknown> | undefined;
  readonly #issued = wallClock();
  #state: State = "candidate";
  #handshake: Handshake | undefined;
  #acks: PendingAcks | undefined;
  /** Present only while recovery is on. */
  #sent: SentOffsets | undefined;

  constructor(
    home: SocketContext<Socket>,
    client: Client,
    auth: Record<string, unknown>,
    identity: Identity,
  ) {
    super();
    this.#home = home;
    this.#adapter = home.internalAdapter;
    this.client = client;
    this.#auth = Object.keys(auth).length === 0 ? undefined : auth;
    this.id = identity.id;
    this.#pid = identity.pid;
    this.recovered = identity.recovered;
    this.data = identity.data;
    if (identity.offset !== undefined) this.#sent = new SentOffsets(identity.offset);
  }

  /** Private session id, a secret of the client; undefined without recovery. */
  get recoveryPid(): string | undefined {
    return this.#pid;
  }

  get nsp(): NamespaceApi {
    return this.#home.api;
  }

  get namespaceName(): string {
    return this.#home.name;
  }

  get conn(): ClientConnection {
    return this.client.conn;
  }

  get request(): IncomingMessage {
    return this.client.request;
  }

  get handshake(): Handshake {
    this.#handshake ??= buildHandshake(this.client.link, this.#issued, this.#auth ?? {});
    return this.#handshake;
  }

  get rooms(): Set<Room> {
    return (this.#adapter.socketRooms(this.id) as Set<Room> | undefined) ?? new Set();
  }

  get connected(): boolean {
    return this.#state === "connected" || this.#state === "leaving";
  }

  get disconnected(): boolean {
    return !this.connected;
  }

  // Rooms.

  join(room: Room | readonly Room[]): void | Promise<void> {
    if (this.#state === "closed") return;
    return this.#adapter.addAll(this.id, new Set(listOf(room)));
  }

  leave(room: Room): void | Promise<void> {
    return this.#adapter.del(this.id, room);
  }

  // Lifecycle.

  disconnect(close = false): this {
    if (this.#state !== "connected") return this;
    if (close) {
      this.client.disconnect();
    } else {
      this.client.send({ type: PacketType.DISCONNECT, nsp: this.namespaceName });
      this.onConnectionClosed("server namespace disconnect");
    }
    return this;
  }

  /** Called by the namespace on admission. Missed events are sent before the reply. */
  enterNamespace(missed: MissedEvents): void {
    this.#state = "connected";
    const { id, namespaceName: nsp } = this;
    const joined = this.join(id);
    if (joined !== undefined) watchPromise(joined, (failure) => this.#failed("adapter", undefined, failure));
    for (const data of missed) this.#sendMissed(data);
    const session = this.#pid === undefined ? { sid: id } : { sid: id, pid: this.#pid };
    // Clients of revision 3 derive their id themselves.
    this.client.send(
      this.client.legacy
        ? { type: PacketType.CONNECT, nsp }
        : { type: PacketType.CONNECT, nsp, data: session },
    );
  }

  /** Data kept by reference may have become unsendable: it is reported, and the rest is sent. */
  #sendMissed(data: readonly unknown[]): void {
    try {
      this.client.send({ type: PacketType.EVENT, nsp: this.namespaceName, data });
      this.recordOffset(data);
    } catch (cause) {
      this.#failed("adapter", nameOf(data), { cause, rejected: false });
    }
  }

  discard(): void {
    if (this.#state !== "candidate") return;
    this.#state = "closed";
    this.#adapter.delAll(this.id);
    this.#home.onDiscarded(this);
    this.#acks?.onPeerLeft(this.#home.acks);
  }

  onConnectionClosed(reason: DisconnectReason, description?: unknown): void {
    if (this.#state !== "connected") return;
    this.#state = "leaving";
    this.raiseEvent(["disconnecting", reason, description]);
    this.#persist(reason);
    this.#adapter.delAll(this.id);
    this.#state = "closed";
    this.#home.onLeft(this);
    this.client.onSocketLeft(this);
    this.#acks?.onPeerLeft(this.#home.acks);
    this.raiseEvent(["disconnect", reason, description]);
  }

  onProtocolError(error: unknown): void {
    this.raiseEvent(["error", error]);
  }

  onPacket(packet: Packet): void {
    if (packet.type === PacketType.EVENT) this.#onEvent(packet);
    else if (packet.type === PacketType.DISCONNECT) this.onConnectionClosed("client namespace disconnect");
    else if (packet.type === PacketType.ACK && packet.id !== undefined) {
      this.#acks?.settle(packet.id, Array.isArray(packet.data) ? packet.data : []);
    }
  }

  // Called by adapters.

  deliverPacket(packet: Packet, encoded: EncodedPacket, flags: BroadcastFlags): void {
    this.notifyOutgoing(packet.data);
    if (packet.id === undefined) this.recordOffset(packet.data);
    this.client.sendEncoded(encoded, flags);
  }

  /** Records the offset of an event sent to the client. */
  recordOffset(data: unknown): void {
    if (!this.#home.recovers) return;
    const offset = offsetOf(data);
    if (offset === undefined) return;
    if (this.#sent === undefined) this.#sent = new SentOffsets(offset);
    else this.#sent.last = offset;
  }

  expectAck(id: number, callback: AckCallback | undefined): void {
    if (callback === undefined) this.#acks?.forget(id);
    else this.#pendingAcks().expect(id, this.#containedWaiter(callback, false, "adapter"));
  }

  // Implementations for the base classes.

  protected sendEvent(data: unknown[], flags: BroadcastFlags): void {
    const packet: Packet = { type: PacketType.EVENT, nsp: this.namespaceName, data };
    if (this.#home.recovers && this.#state !== "candidate" && flags.volatile !== true) {
      this.#adapter.broadcast(packet, { rooms: new Set([this.id]), except: new Set(), flags });
    } else this.#write(packet, flags);
  }

  protected sendWithAck(data: unknown[], callback: AckCallback, flags: BroadcastFlags): void {
    const event = nameOf(data);
    const timeout = flags.timeout ?? this.#home.acks.defaultTimeout;
    const waiter = this.#containedWaiter(callback, timeout !== undefined, "acknowledgement", event);
    const id = this.#home.nextAckId();
    const acks = this.#pendingAcks();
    acks.expect(id, waiter, timeout);
    if (this.#state === "closed") return nextTick(() => acks.onPeerLeft(this.#home.acks));
    try {
      this.#write({ type: PacketType.EVENT, nsp: this.namespaceName, data, id }, flags);
    } catch (error) {
      acks.forget(id);
      throw error;
    }
  }

  protected otherSockets(flags: BroadcastFlags): BroadcastOperator {
    return new BroadcastOperator(this.#home, { except: new Set([this.id]), flags });
  }

  protected get hearsEvents(): boolean {
    return this.connected;
  }

  protected startedWatching(): void {
    this.#home.onOutgoingListener(this);
  }

  protected listenerFailed(failure: Failure, event: readonly unknown[]): void {
    this.#failed("listener", nameOf(event), failure);
  }

  protected middlewareFailed(failure: Failure, event: Event): void {
    this.#failed("middleware", nameOf(event), failure);
  }

  #onEvent(packet: Packet): void {
    if (this.#state !== "connected" || !Array.isArray(packet.data) || packet.data.length === 0) return;
    try {
      this.onevent(packet);
    } catch (cause) {
      // Only a replacement set by the application can throw.
      this.listenerFailed({ cause, rejected: false }, packet.data as Event);
    }
  }

  #write(packet: Packet, flags: BroadcastFlags): void {
    if (this.#state === "closed") return;
    this.notifyOutgoing(packet.data);
    if (packet.id === undefined) this.recordOffset(packet.data);
    this.client.send(packet, flags);
  }

  #persist(reason: DisconnectReason): void {
    if (!this.#home.recovers || this.#pid === undefined || !isRecoverable(reason)) return;
    const data: unknown = this.data;
    const sent = this.#sent?.copy();
    this.#adapter.persistSession({ sid: this.id, pid: this.#pid, rooms: [...this.rooms], data, sent });
  }

  #failed(source: ErrorReport["source"], event: string | undefined, failure: Failure): void {
    const about = event === undefined ? {} : { event };
    this.#home.report({ source, socket: this, ...about, ...failure });
  }

  #containedWaiter(
    callback: AckCallback,
    withTimeout: boolean,
    source: "acknowledgement" | "adapter",
    event?: string,
  ): AckWaiter {
    return containedWaiter(waiterOf(callback, withTimeout), (failure) =>
      this.#failed(source, event, failure),
    );
  }

  #pendingAcks(): PendingAcks {
    this.#acks ??= new PendingAcks();
    return this.#acks;
  }
}
