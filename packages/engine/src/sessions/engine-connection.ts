import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { Clock } from "../time/clock.ts";
import type {
  Connection,
  ConnectionListener,
  SendCallback,
  SendOptions,
  TopicSubscriber,
} from "../connection.ts";
import type { ConnectionEventListener, ConnectionEvents } from "./connection-events.ts";
import type { DropCause } from "../diagnostics/channels.ts";
import { EngineError } from "../errors.ts";
import type { HostRequest, TopicBus } from "../host/host.ts";
import type { Counters } from "../diagnostics/counters.ts";
import type { OutboxLimits } from "./outbox-limits.ts";
import type { CloseReason, CloseStatus } from "../protocol/close-status.ts";
import type { OutgoingPacket, ReceivedPacket, Revision } from "../protocol/packet.ts";
import { messageOf, type Sendable } from "../protocol/sendable.ts";
import type { SessionConfig } from "../protocol/session/session-config.ts";
import { emitContained, shownPacket } from "./public-events.ts";
import { exposedRequest } from "../http/request-query.ts";
import { SendCallbacks } from "./send-callbacks.ts";
import { SessionDriver } from "./session-driver.ts";
import type { TransportView } from "./transport-view.ts";
import { TransportViews } from "./transport-views.ts";
import type { Transport, TransportName } from "../transport/transport.ts";
import { WebSocketTransport } from "../transport/websocket.ts";

/** A listener in the type that Node's emitter takes. */
type Listener = (...values: unknown[]) => void;

/** The owner of connections, notified first of their end, and of batches for its public events. */
export interface ConnectionContext {
  readonly counters: Counters;
  onConnectionClosed(connection: EngineConnection): void;
  onFlush(connection: EngineConnection, batch: readonly OutgoingPacket[]): void;
  onDrain(connection: EngineConnection): void;
}

/** The parts of a connection. */
export interface ConnectionSetup {
  readonly id: string;
  /** Undefined on WebTransport, whose sessions have no request and are always encrypted. */
  readonly request: HostRequest | undefined;
  readonly transport: Transport;
  readonly config: SessionConfig;
  readonly limits: OutboxLimits;
  readonly clock: Clock;
  readonly context: ConnectionContext;
  /** The topic bus of the host of this connection's WebSockets. */
  readonly topics: TopicBus | undefined;
}

/** Size (bytes) from which the output of one turn may exceed what a peer takes at once. */
const MAX_TURN_BYTES = 65_536;

/**
 * A session's driver with the application's API: messages, callbacks, public events, and limits of
 * queued output.
 */
export class EngineConnection extends SessionDriver implements Connection {
  readonly id: string;
  readonly protocol: Revision;
  readonly remoteAddress: string | undefined;
  readonly secure: boolean;
  /** Kept until `request` is read, on hosts that create the exposed request on demand. */
  #request: HostRequest | undefined;
  readonly #limits: OutboxLimits;
  readonly #context: ConnectionContext;
  readonly #topics: TopicBus | undefined;
  #listener: ConnectionListener | undefined;
  #views: TransportViews | undefined;
  /** Whether the public events ever had a listener. */
  #watched = false;
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
    else if (request !== undefined) this.#show(exposedRequest(request));
    this.#limits = setup.limits;
    this.#context = setup.context;
    this.#topics = setup.topics;
  }

  get request(): IncomingMessage | null {
    return this.#request === undefined ? null : this.#show(exposedRequest(this.#request));
  }

  set request(request: IncomingMessage | null) {
    this.#show(request);
  }

  get readyState(): "opening" | "open" | "closing" | "closed" {
    const { state } = this.session;
    return state === "upgrading" ? "open" : state;
  }

  get transport(): TransportView {
    return this.#viewOf(this.currentTransport);
  }

  get writable(): boolean {
    return this.session.writable && this.#keepsUp;
  }

  isWritable(transport: Transport): boolean {
    return transport === this.currentTransport && this.writable;
  }

  /** False when only the transport knows: after much output in one turn, or a native publish. */
  get #keepsUp(): boolean {
    const { weight } = this.session.outbox;
    if (weight >= Math.min(MAX_TURN_BYTES, this.#limits.maxOutboxBytes / 2)) return false;
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

  /** True while a second transport could start an upgrade. */
  get upgradable(): boolean {
    return (
      this.session.state === "open" && !this.session.upgraded && this.currentTransport.name === "polling"
    );
  }

  /** Packets not handed to a transport yet. */
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
      this.#context.counters.dropped(this, message, refusal);
      return false;
    }
    if (callback !== undefined) (this.#callbacks ??= new SendCallbacks()).add(packet, callback);
    this.markDirty();
    this.#created(packet);
    return true;
  }

  write(message: Sendable, options?: SendOptions | SendCallback, callback?: SendCallback): this {
    this.send(message, options, callback);
    return this;
  }

  /** Returns false while effects are in progress: their output leaves after the call. */
  settle(): boolean {
    if (this.performing || this.#overflowed) return false;
    if (this.session.outbox.packets.length > 0) this.perform(this.session.flush());
    return this.readyState === "open" && this.session.outbox.packets.length === 0;
  }

  close(discard = false, status?: CloseStatus): void {
    this.end(discard ? "discard" : "orderly", status);
  }

  override on<Event extends string>(event: Event, listener: ConnectionEventListener<Event>): this {
    this.#watched = true;
    return super.on(event, listener as Listener);
  }

  override once<Event extends string>(event: Event, listener: ConnectionEventListener<Event>): this {
    return super.once(event, listener as Listener);
  }

  override off<Event extends string>(event: Event, listener: ConnectionEventListener<Event>): this {
    return super.off(event, listener as Listener);
  }

  override addListener(event: string, listener: Listener): this {
    return this.on(event, listener);
  }

  override prependListener(event: string, listener: Listener): this {
    this.#watched = true;
    return super.prependListener(event, listener);
  }

  override removeListener<Event extends string>(
    event: Event,
    listener: ConnectionEventListener<Event>,
  ): this {
    return super.removeListener(event, listener as Listener);
  }

  override onPacket(transport: Transport, packet: ReceivedPacket): void {
    this.#views?.emit(transport, "packet", packet);
    super.onPacket(transport, packet);
  }

  override onWritable(transport: Transport): void {
    if (transport.name !== "polling") this.#views?.emit(transport, "drain");
    this.#views?.emit(transport, "ready");
    super.onWritable(transport);
  }

  override onFailure(transport: Transport, error: EngineError): void {
    this.#views?.emit(transport, "error", error);
    super.onFailure(transport, error);
  }

  onHeaders(transport: Transport, headers: OutgoingHttpHeaders, request: HostRequest): void {
    if (this.#views !== undefined) this.#views.emit(transport, "headers", headers, exposedRequest(request));
  }

  override flush(): void {
    if (this.#overflowed)
      this.lose(this.currentTransport, "transport error", new EngineError("OUTBOX_OVERFLOW"));
    else super.flush();
  }

  /** Queues a packet of the application; returns the reason if it is dropped. */
  #queue(packet: OutgoingPacket, volatile: boolean): DropCause | undefined {
    if (this.#overflowed) return "outbox-full";
    if (this.readyState === "open" && this.#isFull()) {
      const closes = this.#limits.outboxPolicy === "close";
      if (closes && !volatile) this.#overflow();
      if (closes || volatile) return "outbox-full";
    }
    return this.session.send(packet) ? undefined : "closed";
  }

  /** Reads the transport's buffer only when it grants nothing; with a grant it holds little. */
  #isFull(): boolean {
    const { outbox } = this.session;
    const inWire = outbox.granted ? 0 : this.currentTransport.bufferedAmount;
    return outbox.weight + inWire >= this.#limits.maxOutboxBytes;
  }

  /** Ends the connection with the turn, so that a loop over connections is not disturbed. */
  #overflow(): void {
    this.#overflowed = true;
    this.markDirty();
  }

  /** Sets an own property of the connection, which applications delete to save memory. */
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

  #viewOf(transport: Transport): TransportView {
    this.#views ??= new TransportViews(this);
    return this.#views.of(transport);
  }

  #tell(event: keyof ConnectionEvents, ...values: unknown[]): void {
    if (this.#watched) emitContained(this, event, ...values);
  }

  #created(packet: OutgoingPacket): void {
    if (this.#watched) emitContained(this, "packetCreate", shownPacket(packet));
  }

  protected beforeBatch(batch: readonly OutgoingPacket[]): void {
    this.#context.counters.sent(this, batch);
    this.#context.onFlush(this, batch);
    if (!this.#watched) return;
    // For messages, `send` has emitted `packetCreate`.
    for (const packet of batch) if (packet.type === "ping" || packet.type === "pong") this.#created(packet);
    this.#tell("flush", batch.map(shownPacket));
  }

  protected afterBatch(batch: readonly OutgoingPacket[]): void {
    this.#callBack(batch);
    if (this.transportName === "polling") this.#views?.emit(this.currentTransport, "drain");
    this.#tell("drain");
    this.#context.onDrain(this);
  }

  protected delivered(packet: ReceivedPacket): void {
    const watched = this.#watched;
    this.#context.counters.received(this, packet);
    if (watched) this.emit("packet", packet);
    // Pongs are the only output that a peer can cause alone.
    if (packet.type === "ping" && this.#isFull()) this.#overflow();
    if (packet.type !== "message") return;
    const data = packet.data ?? "";
    this.#listener?.onMessage(data);
    if (!watched) return;
    this.emit("data", data);
    this.emit("message", data);
  }

  protected alive(): void {
    if (this.#watched) this.emit("heartbeat");
  }

  protected upgradeBegun(candidate: Transport | undefined): void {
    if (this.#watched) this.emit("upgrading", candidate === undefined ? undefined : this.#viewOf(candidate));
  }

  protected upgradeDone(former: Transport): void {
    this.#context.counters.upgraded(this, former.name, this.transportName);
    this.#views?.close(former);
    if (this.#watched) this.emit("upgrade", this.transport);
  }

  protected upgradeFailed(status: CloseStatus | undefined): void {
    this.#views?.closeOthers(this.currentTransport);
    this.#context.counters.upgradeFailed(this, status);
  }

  protected ended(reason: CloseReason, cause: unknown): void {
    this.#callbacks = undefined;
    this.#context.counters.closed(this, this.transportName, reason, cause);
    this.#context.onConnectionClosed(this);
    this.#listener?.onClose(reason, cause);
    if (this.#watched) this.emit("close", reason, cause);
    this.#views?.closeOthers(undefined);
  }

  #callBack(batch: readonly OutgoingPacket[]): void {
    const callbacks = this.#callbacks;
    if (callbacks === undefined) return;
    callbacks.settle(batch, this.transport);
    if (callbacks.size === 0) this.#callbacks = undefined;
  }
}
