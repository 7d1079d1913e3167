import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Clock } from "./clock.ts";
import type {
  Connection,
  ConnectionListener,
  SendCallback,
  SendOptions,
  TopicSubscriber,
  TransportView,
} from "./engine.ts";
import type { ConnectionEventListener } from "./connection-events.ts";
import type { DropCause } from "./diagnostics.ts";
import { EngineError } from "./errors.ts";
import type { HostRequest, TopicBus } from "./host/host.ts";
import type { Journal } from "./journal.ts";
import type { CloseReason, CloseStatus } from "./protocol/closing.ts";
import type { OutgoingPacket, ReceivedPacket, Revision } from "./protocol/packet.ts";
import { messageOf, type Sendable } from "./protocol/sendable.ts";
import type { SessionConfig } from "./protocol/session.ts";
import { emitContained, shownPacket } from "./public-events.ts";
import { shownRequest } from "./request-query.ts";
import { SendCallbacks } from "./send-callbacks.ts";
import { SessionDriver } from "./session-driver.ts";
import type { Transport, TransportName } from "./transport/transport.ts";
import { WebSocketTransport } from "./transport/websocket.ts";

/** What Node's emitter takes for a listener. */
type Listener = (...values: unknown[]) => void;

/** Whoever keeps the connections: told first when one has ended, and of batches for its own public events. */
export interface ConnectionOwner {
  readonly journal: Journal;
  onConnectionClosed(connection: EngineConnection): void;
  onFlush(connection: EngineConnection, batch: readonly OutgoingPacket[]): void;
  onDrain(connection: EngineConnection): void;
}

/** How much may wait for a peer, in bytes, and what happens then. Read when used. */
export interface OutboxLimits {
  readonly maxOutboxBytes: number;
  readonly outboxPolicy: "close" | "refuse-volatile";
}

/** What a connection is made of. */
export interface ConnectionSetup {
  readonly id: string;
  /** Undefined on WebTransport, whose sessions come without one, and always encrypted. */
  readonly request: HostRequest | undefined;
  readonly transport: Transport;
  readonly config: SessionConfig;
  readonly limits: OutboxLimits;
  readonly clock: Clock;
  readonly owner: ConnectionOwner;
  /** The bus of the host that WebSockets of this connection belong to. */
  readonly topics: TopicBus | undefined;
}

/** Bytes from which on the output of one turn may be more than a peer takes at once. */
const MOST_AT_ONCE = 65_536;

/**
 * A session's driver with the application's side to it: messages, callbacks, public events, and how much may wait for
 * the peer.
 */
export class EngineConnection extends SessionDriver implements Connection {
  readonly id: string;
  readonly protocol: Revision;
  readonly remoteAddress: string | undefined;
  readonly secure: boolean;
  /** On hosts that make what is shown of a request when somebody asks: kept until then. */
  #request: HostRequest | undefined;
  readonly #limits: OutboxLimits;
  readonly #owner: ConnectionOwner;
  readonly #topics: TopicBus | undefined;
  #listener: ConnectionListener | undefined;
  #events: EventEmitter | undefined;
  #callbacks: SendCallbacks | undefined;
  #overflowed = false;

  constructor(setup: ConnectionSetup) {
    const { request, config } = setup;
    super(config, setup.transport, setup.clock);
    this.id = setup.id;
    this.protocol = config.revision;
    this.remoteAddress = request?.remoteAddress;
    this.secure = request?.secure ?? true;
    if (request?.shown === false) this.#request = request;
    else if (request !== undefined) this.#show(shownRequest(request));
    this.#limits = setup.limits;
    this.#owner = setup.owner;
    this.#topics = setup.topics;
  }

  get request(): IncomingMessage | null {
    return this.#request === undefined ? null : this.#show(shownRequest(this.#request));
  }

  set request(request: IncomingMessage | null) {
    this.#show(request);
  }

  get readyState(): "opening" | "open" | "closing" | "closed" {
    const { state } = this.session;
    return state === "upgrading" ? "open" : state;
  }

  get transport(): TransportView {
    return { name: this.currentTransport.name, writable: this.session.writable && this.#keepsUp };
  }

  /** False where only the wire knows: after much output in one turn, and of what was published past the session. */
  get #keepsUp(): boolean {
    const { weight } = this.session.outbox;
    if (weight >= Math.min(MOST_AT_ONCE, this.#limits.maxOutboxBytes / 2)) return false;
    return this.#topics === undefined || this.currentTransport.bufferedAmount === 0;
  }

  get transportName(): TransportName {
    return this.currentTransport.name;
  }

  get upgrading(): boolean {
    return this.session.state === "upgrading";
  }

  get upgraded(): boolean {
    return this.session.upgraded;
  }

  /** True while a second transport could begin to take over. */
  get upgradable(): boolean {
    return (
      this.session.state === "open" && !this.session.upgraded && this.currentTransport.name === "polling"
    );
  }

  /** Packets that were not handed to a transport yet. */
  get writeBuffer(): readonly OutgoingPacket[] {
    return this.session.outbox.packets;
  }

  get bufferedAmount(): number {
    return this.session.outbox.bytes + this.currentTransport.bufferedAmount;
  }

  get topicSubscriber(): TopicSubscriber | undefined {
    const current = this.currentTransport;
    if (this.#topics === undefined || this.protocol !== 4 || this.readyState !== "open") return undefined;
    if (!(current instanceof WebSocketTransport) || !current.takesPublished) return undefined;
    return { bus: this.#topics, port: current.port };
  }

  listen(listener: ConnectionListener): void {
    this.#listener = listener;
  }

  send(given: Sendable, options?: SendOptions | SendCallback, callback?: SendCallback): boolean {
    if (typeof options === "function") return this.send(given, undefined, options);
    const message = messageOf(given);
    const packet: OutgoingPacket =
      options?.compress === false
        ? { type: "message", data: message, compress: false }
        : { type: "message", data: message };
    const refusal = this.#queue(packet, options?.volatile === true);
    if (refusal !== undefined) {
      this.#owner.journal.dropped(this, message, refusal);
      return false;
    }
    if (callback !== undefined) (this.#callbacks ??= new SendCallbacks()).add(packet, callback);
    this.markDirty();
    if (this.#events !== undefined) emitContained(this.#events, "packetCreate", shownPacket(packet));
    return true;
  }

  write(message: Sendable, options?: SendOptions | SendCallback, callback?: SendCallback): this {
    this.send(message, options, callback);
    return this;
  }

  /** While effects are in progress, what they send comes later than the call: then nothing is settled. */
  settle(): boolean {
    if (this.performing || this.#overflowed) return false;
    if (this.session.outbox.packets.length > 0) this.perform(this.session.flush());
    return this.readyState === "open" && this.session.outbox.packets.length === 0;
  }

  close(discard = false, status?: CloseStatus): void {
    this.perform(this.session.close(discard, this.clock.now(), status));
  }

  on<Event extends string>(event: Event, listener: ConnectionEventListener<Event>): this {
    this.#emitter().on(event, listener as Listener);
    return this;
  }

  once<Event extends string>(event: Event, listener: ConnectionEventListener<Event>): this {
    this.#emitter().once(event, listener as Listener);
    return this;
  }

  off<Event extends string>(event: Event, listener: ConnectionEventListener<Event>): this {
    this.#events?.off(event, listener as Listener);
    return this;
  }

  removeListener<Event extends string>(event: Event, listener: ConnectionEventListener<Event>): this {
    return this.off(event, listener);
  }

  override flush(): void {
    if (this.#overflowed)
      this.lose(this.currentTransport, "transport error", new EngineError("OUTBOX_OVERFLOW"));
    else super.flush();
  }

  /** Why the session does not take a packet of the application; undefined once it has. */
  #queue(packet: OutgoingPacket, volatile: boolean): DropCause | undefined {
    if (this.#overflowed) return "outbox-full";
    if (this.readyState === "open" && this.#isFull()) {
      const closes = this.#limits.outboxPolicy === "close";
      if (closes && !volatile) this.#overflow();
      if (closes || volatile) return "outbox-full";
    }
    return this.session.send(packet) ? undefined : "closed";
  }

  /** What the wire holds is asked for only when it has stopped granting: before that it is little. */
  #isFull(): boolean {
    const { outbox } = this.session;
    const inWire = outbox.granted ? 0 : this.currentTransport.bufferedAmount;
    return outbox.weight + inWire >= this.#limits.maxOutboxBytes;
  }

  /** The connection ends with the turn, not under the feet of whoever is sending to many. */
  #overflow(): void {
    this.#overflowed = true;
    this.markDirty();
  }

  /** A property of the connection's own, which applications delete to save memory. */
  #show(request: IncomingMessage | null): IncomingMessage | null {
    this.#request = undefined;
    Object.defineProperty(this, "request", {
      value: request,
      writable: true,
      enumerable: true,
      configurable: true,
    });
    return request;
  }

  #emitter(): EventEmitter {
    this.#events ??= new EventEmitter();
    return this.#events;
  }

  protected beforeBatch(batch: readonly OutgoingPacket[]): void {
    this.#owner.journal.sent(this, batch);
    this.#owner.onFlush(this, batch);
    emitContained(this.#events, "flush", batch);
  }

  protected afterBatch(batch: readonly OutgoingPacket[]): void {
    this.#callBack(batch);
    emitContained(this.#events, "drain");
    this.#owner.onDrain(this);
  }

  protected delivered(packet: ReceivedPacket): void {
    const events = this.#events;
    this.#owner.journal.received(this, packet);
    events?.emit("packet", packet);
    // Answers to pings are the one output that a peer alone brings forth.
    if (packet.type === "ping" && this.#isFull()) this.#overflow();
    if (packet.type !== "message") return;
    const data = packet.data ?? "";
    this.#listener?.onMessage(data);
    events?.emit("data", data);
    events?.emit("message", data);
  }

  protected alive(): void {
    this.#events?.emit("heartbeat");
  }

  protected upgradeBegun(candidate: Transport | undefined): void {
    this.#events?.emit("upgrading", candidate);
  }

  protected upgradeDone(from: TransportName): void {
    this.#owner.journal.upgraded(this, from, this.transportName);
    this.#events?.emit("upgrade", this.currentTransport);
  }

  protected upgradeFailed(status: CloseStatus | undefined): void {
    this.#owner.journal.upgradeFailed(this, status);
  }

  protected ended(reason: CloseReason, cause: unknown): void {
    this.#callbacks = undefined;
    this.#owner.journal.closed(this, this.transportName, reason, cause);
    this.#owner.onConnectionClosed(this);
    this.#listener?.onClose(reason, cause);
    this.#events?.emit("close", reason, cause);
  }

  #callBack(batch: readonly OutgoingPacket[]): void {
    const callbacks = this.#callbacks;
    if (callbacks === undefined) return;
    callbacks.settle(batch, this.transport);
    if (callbacks.size === 0) this.#callbacks = undefined;
  }
}
