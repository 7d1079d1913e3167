import type { AckCallback, Adapter, BroadcastFlags, LocalSocket, Room, SocketId } from "@skein/adapter";
import type { Connection } from "@skein/engine";
import { type Packet, PacketType } from "@skein/parser";
import { captureRejectionSymbol, EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import { type AckWaiter, PendingAcks, settling, waiterOf } from "./acks.ts";
import type {
  CatchAllListener,
  DisconnectReason,
  Event,
  Handshake,
  Namespace as NamespaceApi,
  Socket as SocketApi,
  SocketMiddleware,
} from "./api.ts";
import { type Audience, BroadcastOperator } from "./broadcast.ts";
import { CatchAll } from "./catch-all.ts";
import type { Client, EncodedPacket } from "./client.ts";
import { listOf, nameOf, raise } from "./emitting.ts";
import type { ErrorReport } from "./error-reports.ts";
import { SkeinError } from "./errors.ts";
import { buildHandshake } from "./handshake.ts";
import type { Candidate } from "./joining.ts";
import { runChain } from "./middleware.ts";
import { NextTick } from "./next-tick.ts";
import { checkClientEvent } from "./reserved.ts";
import { wallClock } from "./timers.ts";

/** What a socket needs of its namespace. */
export interface SocketHome extends Audience {
  readonly api: NamespaceApi;
  /** True while events must be kept for those who come back. */
  readonly recovers: boolean;
  nextAckId(): number;
  report(report: Omit<ErrorReport, "namespace">): void;
  /** From now on somebody listens to what goes out to the socket. */
  watched(socket: Socket): void;
  /** The socket has ended, or will never begin. */
  left(socket: Socket): void;
}

/** Who a socket is: new, or someone who came back. */
export interface Identity {
  readonly id: SocketId;
  /** Secret of this client, with which it can come back. */
  readonly pid: string | undefined;
  readonly recovered: boolean;
  readonly data: unknown;
}

/** `candidate`: still in middlewares. `leaving`: `disconnecting` listeners are running. */
type State = "candidate" | "connected" | "leaving" | "closed";

/** Ends of a connection after which the client may come back (socketio-protocol, "Connection state recovery"). */
const RECOVERABLE: ReadonlySet<DisconnectReason> = new Set<DisconnectReason>([
  "transport error",
  "transport close",
  "forced close",
  "ping timeout",
  "server shutting down",
  "forced server close",
]);

type Flags = { -readonly [Flag in keyof BroadcastFlags]: BroadcastFlags[Flag] };

const NO_FLAGS: BroadcastFlags = {};

/** See the interface of the same name. */
export class Socket extends EventEmitter implements SocketApi, LocalSocket<EncodedPacket>, Candidate {
  readonly id: SocketId;
  readonly client: Client;
  readonly recovered: boolean;
  // The type is the application's to declare.
  // oxlint-disable-next-line typescript/no-explicit-any
  data: any;
  readonly #home: SocketHome;
  readonly #adapter: Adapter;
  readonly #pid: string | undefined;
  readonly #auth: Record<string, unknown>;
  readonly #issued = wallClock();
  #state: State = "candidate";
  #flags: Flags | undefined;
  #handshake: Handshake | undefined;
  #acks: PendingAcks | undefined;
  #middlewares: SocketMiddleware[] | undefined;
  #incoming: CatchAll | undefined;
  #outgoing: CatchAll | undefined;

  constructor(home: SocketHome, client: Client, auth: Record<string, unknown>, identity: Identity) {
    super({ captureRejections: true });
    this.#home = home;
    this.#adapter = home.driver;
    this.client = client;
    this.#auth = auth;
    this.id = identity.id;
    this.#pid = identity.pid;
    this.recovered = identity.recovered;
    this.data = identity.data;
    // A client may send an event of this name; without a listener an emitter throws.
    this.on("error", ignore);
  }

  get nsp(): NamespaceApi {
    return this.#home.api;
  }

  get namespace(): string {
    return this.#home.name;
  }

  get conn(): Connection {
    return this.client.conn;
  }

  get request(): IncomingMessage | null {
    return this.client.request;
  }

  get handshake(): Handshake {
    this.#handshake ??= buildHandshake(this.conn, this.#issued, this.#auth);
    return this.#handshake;
  }

  get rooms(): Set<Room> {
    return (this.#adapter.socketRooms(this.id) as Set<Room> | undefined) ?? new Set();
  }

  /** Whether anybody has ever listened to what goes out: their list is theirs to change. */
  get watched(): boolean {
    return this.#outgoing !== undefined;
  }

  get connected(): boolean {
    return this.#state === "connected" || this.#state === "leaving";
  }

  get disconnected(): boolean {
    return !this.connected;
  }

  // Sending.

  override emit(event: string, ...args: unknown[]): boolean {
    checkClientEvent(event);
    const flags = this.#takeFlags();
    const callback = args.at(-1);
    if (typeof callback !== "function") this.#sendEvent([event, ...args], flags);
    else this.#sendQuestion([event, ...args.slice(0, -1)], callback as AckCallback, flags);
    return true;
  }

  emitWithAck(event: string, ...args: unknown[]): Promise<never> {
    return new Promise((resolve, reject) => {
      this.emit(event, ...args, settling(resolve, reject));
    });
  }

  send(...args: unknown[]): this {
    this.emit("message", ...args);
    return this;
  }

  write(...args: unknown[]): this {
    return this.send(...args);
  }

  compress(compress: boolean): this {
    return this.#flag({ compress });
  }

  timeout(milliseconds: number): this {
    return this.#flag({ timeout: milliseconds });
  }

  get volatile(): this {
    return this.#flag({ volatile: true });
  }

  // Sending to others.

  to(room: Room | readonly Room[]): BroadcastOperator {
    return this.broadcast.to(room);
  }

  in(room: Room | readonly Room[]): BroadcastOperator {
    return this.broadcast.in(room);
  }

  except(room: Room | readonly Room[]): BroadcastOperator {
    return this.broadcast.except(room);
  }

  get local(): BroadcastOperator {
    return this.broadcast.local;
  }

  get broadcast(): BroadcastOperator {
    return new BroadcastOperator(this.#home, { except: new Set([this.id]), flags: this.#takeFlags() });
  }

  // Rooms.

  join(room: Room | readonly Room[]): void | Promise<void> {
    if (this.#state === "closed") return;
    return this.#adapter.addAll(this.id, new Set(listOf(room)));
  }

  leave(room: Room): void | Promise<void> {
    return this.#adapter.del(this.id, room);
  }

  // Receiving.

  use(middleware: SocketMiddleware): this {
    this.#middlewares ??= [];
    this.#middlewares.push(middleware);
    return this;
  }

  onAny(listener: CatchAllListener): this {
    this.#incoming ??= new CatchAll();
    this.#incoming.append(listener);
    return this;
  }

  prependAny(listener: CatchAllListener): this {
    this.#incoming ??= new CatchAll();
    this.#incoming.prepend(listener);
    return this;
  }

  offAny(listener?: CatchAllListener): this {
    this.#incoming?.remove(listener);
    return this;
  }

  listenersAny(): CatchAllListener[] {
    return this.#incoming?.list() ?? [];
  }

  onAnyOutgoing(listener: CatchAllListener): this {
    this.#watchOutgoing().append(listener);
    return this;
  }

  prependAnyOutgoing(listener: CatchAllListener): this {
    this.#watchOutgoing().prepend(listener);
    return this;
  }

  offAnyOutgoing(listener?: CatchAllListener): this {
    this.#outgoing?.remove(listener);
    return this;
  }

  listenersAnyOutgoing(): CatchAllListener[] {
    return this.#outgoing?.list() ?? [];
  }

  // The life of a socket.

  disconnect(close = false): this {
    if (this.#state !== "connected") return this;
    if (close) {
      this.client.disconnect();
    } else {
      this.client.send({ type: PacketType.DISCONNECT, nsp: this.namespace });
      this.closed("server namespace disconnect");
    }
    return this;
  }

  /** Called by the namespace: the socket may begin. What a former connection missed goes out before the reply. */
  enter(missed: readonly (readonly unknown[])[] = []): void {
    this.#state = "connected";
    const { id, namespace: nsp } = this;
    this.#watch(this.join(id));
    for (const data of missed) this.client.send({ type: PacketType.EVENT, nsp, data });
    const session = this.#pid === undefined ? { sid: id } : { sid: id, pid: this.#pid };
    // Clients of revision 3 know their id by themselves.
    this.client.send(
      this.client.legacy
        ? { type: PacketType.CONNECT, nsp }
        : { type: PacketType.CONNECT, nsp, data: session },
    );
  }

  discard(): void {
    if (this.#state !== "candidate") return;
    this.#state = "closed";
    this.#adapter.delAll(this.id);
    this.#home.left(this);
    this.#acks?.failAll();
  }

  closed(reason: DisconnectReason, description?: unknown): void {
    if (this.#state !== "connected") return;
    this.#state = "leaving";
    this.#raise(["disconnecting", reason, description]);
    this.#persist(reason);
    this.#adapter.delAll(this.id);
    this.#state = "closed";
    this.#home.left(this);
    this.client.left(this);
    this.#acks?.failAll();
    this.#raise(["disconnect", reason, description]);
  }

  violated(error: unknown): void {
    this.#raise(["error", error]);
  }

  receive(packet: Packet): void {
    if (packet.type === PacketType.EVENT) this.#onEvent(packet);
    else if (packet.type === PacketType.DISCONNECT) this.closed("client namespace disconnect");
    else if (packet.type === PacketType.ACK && packet.id !== undefined) {
      this.#acks?.settle(packet.id, Array.isArray(packet.data) ? packet.data : []);
    }
  }

  // What adapters call.

  deliver(packet: Packet, encoded: EncodedPacket, flags: BroadcastFlags): void {
    this.#notifyOutgoing(packet.data);
    this.client.sendEncoded(encoded, flags);
  }

  expectAck(id: number, callback: AckCallback | undefined): void {
    if (callback === undefined) this.#acks?.forget(id);
    else this.#pendingAcks().expect(id, { answered: callback });
  }

  /** Node calls this when a listener's promise is rejected. */
  override [captureRejectionSymbol](cause: Error, event: string | symbol): void {
    this.#failed("listener", String(event), cause);
  }

  #onEvent(packet: Packet): void {
    if (this.#state !== "connected" || !Array.isArray(packet.data) || packet.data.length === 0) return;
    const event = packet.data as Event;
    if (packet.id !== undefined) event.push(this.#answering(packet.id));
    this.#incoming?.notify(this, event, (cause) => this.#failed("listener", nameOf(event), cause));
    if (this.#middlewares === undefined) dispatches.put(this, event);
    else this.#filter(this.#middlewares, event);
  }

  #filter(middlewares: readonly SocketMiddleware[], event: Event): void {
    runChain(middlewares, event, {
      done: (refusal) => dispatches.put(this, refusal === undefined ? event : ["error", refusal]),
      failed: (cause) => this.#failed("middleware", nameOf(event), cause),
    });
  }

  /** Calls the listeners of an event whose turn has come. */
  dispatch(event: readonly unknown[]): void {
    if (this.connected) this.#raise(event);
  }

  /** The function that answers an event of the client: once. */
  #answering(id: number): AckCallback {
    let answered = false;
    return (...data) => {
      if (answered) return;
      answered = true;
      this.client.send({ type: PacketType.ACK, nsp: this.namespace, id, data });
    };
  }

  #sendEvent(data: unknown[], flags: BroadcastFlags): void {
    const packet: Packet = { type: PacketType.EVENT, nsp: this.namespace, data };
    if (this.#home.recovers && this.#state !== "candidate" && flags.volatile !== true) {
      this.#adapter.broadcast(packet, { rooms: new Set([this.id]), except: new Set(), flags });
    } else this.#write(packet, flags);
  }

  /** An event that asks for an answer. */
  #sendQuestion(data: unknown[], callback: AckCallback, flags: BroadcastFlags): void {
    const event = nameOf(data);
    const waiter = this.#contained(event, waiterOf(callback, flags.timeout !== undefined));
    if (this.#state === "closed") {
      process.nextTick(() => waiter.failed?.(new SkeinError("ACK_DISCONNECTED")));
      return;
    }
    const id = this.#home.nextAckId();
    const acks = this.#pendingAcks();
    acks.expect(id, waiter, flags.timeout);
    try {
      this.#write({ type: PacketType.EVENT, nsp: this.namespace, data, id }, flags);
    } catch (error) {
      acks.forget(id);
      throw error;
    }
  }

  #write(packet: Packet, flags: BroadcastFlags): void {
    if (this.#state === "closed") return;
    this.#notifyOutgoing(packet.data);
    this.client.send(packet, flags);
  }

  /** A waiter whose own errors stay with whoever waits. */
  #contained(event: string, waiter: AckWaiter): AckWaiter {
    const guard =
      (callback: AckCallback) =>
      (...values: unknown[]) => {
        try {
          const result: unknown = callback(...values);
          this.#watch(result, "acknowledgement", event);
        } catch (cause) {
          this.#failed("acknowledgement", event, cause);
        }
      };
    const { answered, failed } = waiter;
    return failed === undefined
      ? { answered: guard(answered) }
      : { answered: guard(answered), failed: guard(failed as AckCallback) };
  }

  #watchOutgoing(): CatchAll {
    if (this.#outgoing !== undefined) return this.#outgoing;
    this.#outgoing = new CatchAll();
    this.#home.watched(this);
    return this.#outgoing;
  }

  #notifyOutgoing(data: unknown): void {
    if (this.#outgoing === undefined || this.#outgoing.empty || !Array.isArray(data)) return;
    this.#outgoing.notify(this, data, (cause) => this.#failed("listener", nameOf(data), cause));
  }

  #persist(reason: DisconnectReason): void {
    if (!this.#home.recovers || this.#pid === undefined || !RECOVERABLE.has(reason)) return;
    const data: unknown = this.data;
    this.#adapter.persistSession({ sid: this.id, pid: this.#pid, rooms: [...this.rooms], data });
  }

  /** Calls the application's listeners; what they throw ends here. */
  #raise(event: readonly unknown[]): void {
    try {
      raise(this, event);
    } catch (cause) {
      this.#failed("listener", nameOf(event), cause);
    }
  }

  #watch(result: unknown, source: ErrorReport["source"] = "adapter", event?: string): void {
    if (result instanceof Promise) result.catch((cause: unknown) => this.#failed(source, event, cause));
  }

  #failed(source: ErrorReport["source"], event: string | undefined, cause: unknown): void {
    const about = event === undefined ? {} : { event };
    this.#home.report({ source, socket: this, ...about, cause });
  }

  #pendingAcks(): PendingAcks {
    this.#acks ??= new PendingAcks();
    return this.#acks;
  }

  #flag(flags: Flags): this {
    this.#flags = { ...this.#flags, ...flags };
    return this;
  }

  #takeFlags(): BroadcastFlags {
    const flags = this.#flags ?? NO_FLAGS;
    this.#flags = undefined;
    return flags;
  }
}

const dispatches = new NextTick<Socket, readonly unknown[]>((socket, event) => socket.dispatch(event));

function ignore(): void {}
