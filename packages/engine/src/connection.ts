import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Alarm, Clock, Flushable } from "./clock.ts";
import type {
  Connection,
  ConnectionListener,
  SendCallback,
  SendOptions,
  TopicSubscriber,
  TransportView,
} from "./engine.ts";
import type { DropCause } from "./diagnostics.ts";
import { EngineError } from "./errors.ts";
import type { HostRequest, TopicBus } from "./host/host.ts";
import type { Journal } from "./journal.ts";
import { NOTHING } from "./protocol/effects.ts";
import type { Message, OutgoingPacket, ReceivedPacket, Revision } from "./protocol/packet.ts";
import { type CloseReason, type Effect, Session, type SessionConfig, type Wire } from "./protocol/session.ts";
import type { Transport, TransportListener, TransportName } from "./transport/transport.ts";
import { WebSocketTransport } from "./transport/websocket.ts";

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

/**
 * The driver of a session: the only user of the state machine. It feeds it what the transports, the clock and the
 * application bring, carries out the effects, arms its one deadline, and flushes at the end of a turn.
 *
 * Effects may call back into the application, which may send or close at once. The session takes such an input
 * immediately; its effects wait until those in progress are done, so they always happen in the order of the inputs.
 */
export class EngineConnection implements Connection, TransportListener, Alarm, Flushable {
  readonly id: string;
  readonly protocol: Revision;
  readonly remoteAddress: string | undefined;
  readonly secure: boolean;
  request: IncomingMessage | null;
  readonly #session: Session;
  readonly #limits: OutboxLimits;
  readonly #clock: Clock;
  readonly #owner: ConnectionOwner;
  readonly #topics: TopicBus | undefined;
  #current: Transport;
  #candidate: Transport | undefined;
  #listener: ConnectionListener | undefined;
  #events: EventEmitter | undefined;
  #armedAt = Infinity;
  #dirty = false;
  #performing = false;
  #waiting: Effect[] | undefined;
  #overflowed = false;
  /** By the packets that they wait for. */
  #callbacks: Map<OutgoingPacket, SendCallback> | undefined;

  constructor(setup: ConnectionSetup) {
    const { request, transport, config } = setup;
    this.id = setup.id;
    this.protocol = config.revision;
    this.remoteAddress = request?.remoteAddress;
    this.secure = request?.secure ?? true;
    this.request = request?.incoming ?? null;
    this.#session = new Session(config, { polled: transport.name === "polling" });
    this.#limits = setup.limits;
    this.#clock = setup.clock;
    this.#owner = setup.owner;
    this.#topics = setup.topics;
    this.#current = transport;
  }

  get readyState(): "opening" | "open" | "closing" | "closed" {
    const { state } = this.#session;
    return state === "upgrading" ? "open" : state;
  }

  get transport(): TransportView {
    return { name: this.#current.name, writable: this.#session.writable };
  }

  get transportName(): TransportName {
    return this.#current.name;
  }

  /** The wire in use, for whoever routes requests to it. */
  get currentTransport(): Transport {
    return this.#current;
  }

  get upgrading(): boolean {
    return this.#session.state === "upgrading";
  }

  get upgraded(): boolean {
    return this.#session.upgraded;
  }

  /** True while a second transport could begin to take over. */
  get upgradable(): boolean {
    return this.#session.state === "open" && !this.#session.upgraded && this.#current.name === "polling";
  }

  /** Packets that were not handed to a transport yet. */
  get writeBuffer(): readonly OutgoingPacket[] {
    return this.#session.outbox;
  }

  get bufferedAmount(): number {
    return this.#session.outboxBytes + this.#current.bufferedAmount;
  }

  get topicSubscriber(): TopicSubscriber | undefined {
    const current = this.#current;
    if (this.#topics === undefined || this.protocol !== 4 || this.readyState !== "open") return undefined;
    if (!(current instanceof WebSocketTransport) || !current.takesPublished) return undefined;
    return { bus: this.#topics, port: current.port };
  }

  listen(listener: ConnectionListener): void {
    this.#listener = listener;
  }

  send(message: Message, options?: SendOptions | SendCallback, callback?: SendCallback): boolean {
    if (typeof options === "function") return this.send(message, undefined, options);
    const packet: OutgoingPacket =
      options?.compress === false
        ? { type: "message", data: message, compress: false }
        : { type: "message", data: message };
    const refusal = this.#queue(packet, options?.volatile === true);
    if (refusal !== undefined) {
      this.#owner.journal.dropped(this, message, refusal);
      return false;
    }
    if (callback !== undefined) this.#onceSent(packet, callback);
    this.#events?.emit("packetCreate", packet);
    this.#markDirty();
    return true;
  }

  write(message: Message, options?: SendOptions | SendCallback, callback?: SendCallback): this {
    this.send(message, options, callback);
    return this;
  }

  /** While effects are in progress, what they send comes later than the call: then nothing is settled. */
  settle(): boolean {
    if (this.#performing || this.#overflowed) return false;
    if (this.#session.outbox.length > 0) this.#perform(this.#session.flush(this.#clock.now()));
    return this.readyState === "open" && this.#session.outbox.length === 0;
  }

  close(discard = false): void {
    this.#perform(this.#session.close(discard, this.#clock.now()));
  }

  on(event: string, listener: (...args: never[]) => void): this {
    this.#emitter().on(event, listener as (...args: unknown[]) => void);
    return this;
  }

  once(event: string, listener: (...args: never[]) => void): this {
    this.#emitter().once(event, listener as (...args: unknown[]) => void);
    return this;
  }

  off(event: string, listener: (...args: never[]) => void): this {
    this.#events?.off(event, listener as (...args: unknown[]) => void);
    return this;
  }

  /** Starts the session with its first packets. */
  open(first: readonly OutgoingPacket[]): void {
    this.#perform(this.#session.open(first, this.#clock.now()));
  }

  /** Lets a second transport try to take over; false if it can't, and then it is the caller's to close. */
  probe(candidate: Transport): boolean {
    if (!this.#session.offer({ polled: false }, this.#clock.now())) return false;
    this.#candidate = candidate;
    this.#rearm();
    return true;
  }

  onWritable(transport: Transport): void {
    const wire = this.#wireOf(transport);
    if (wire !== undefined) this.#perform(this.#session.grant(wire, this.#clock.now()));
  }

  onPacket(transport: Transport, packet: ReceivedPacket): void {
    const wire = this.#wireOf(transport);
    if (wire === undefined) return;
    this.#perform(this.#session.receive(wire, packet, this.#clock.now()));
    // Answers to pings are the one output that a peer alone brings forth.
    if (packet.type === "ping" && this.#isFull()) this.#overflow();
  }

  onClose(transport: Transport): void {
    this.#lose(transport, "transport close", undefined);
  }

  onFailure(transport: Transport, error: EngineError): void {
    this.#lose(transport, error.code === "PARSE_ERROR" ? "parse error" : "transport error", error);
  }

  ring(now: number): void {
    this.#armedAt = Infinity;
    this.#perform(this.#session.elapse(now));
  }

  flush(): void {
    this.#dirty = false;
    if (this.#overflowed) this.#lose(this.#current, "transport error", new EngineError("OUTBOX_OVERFLOW"));
    else this.#perform(this.#session.flush(this.#clock.now()));
  }

  /** Why the session does not take a packet of the application; undefined once it has. */
  #queue(packet: OutgoingPacket, volatile: boolean): DropCause | undefined {
    if (this.#overflowed) return "outbox-full";
    if (this.readyState === "open" && this.#isFull()) {
      const closes = this.#limits.outboxPolicy === "close";
      if (closes && !volatile) this.#overflow();
      if (closes || volatile) return "outbox-full";
    }
    return this.#session.send(packet) ? undefined : "closed";
  }

  /** What the wire holds is asked for only when it has stopped granting: before that it is little. */
  #isFull(): boolean {
    const session = this.#session;
    const inWire = session.granted ? 0 : this.#current.bufferedAmount;
    return session.outboxWeight + inWire >= this.#limits.maxOutboxBytes;
  }

  /** The connection ends with the turn, not under the feet of whoever is sending to many. */
  #overflow(): void {
    this.#overflowed = true;
    this.#markDirty();
  }

  #onceSent(packet: OutgoingPacket, callback: SendCallback): void {
    this.#callbacks ??= new Map();
    this.#callbacks.set(packet, callback);
  }

  #callBack(batch: readonly OutgoingPacket[]): void {
    const callbacks = this.#callbacks;
    if (callbacks === undefined) return;
    for (const packet of batch) {
      const callback = callbacks.get(packet);
      callbacks.delete(packet);
      callback?.(this.transport);
    }
    if (callbacks.size === 0) this.#callbacks = undefined;
  }

  #emitter(): EventEmitter {
    this.#events ??= new EventEmitter();
    return this.#events;
  }

  #wireOf(transport: Transport): Wire | undefined {
    if (transport === this.#current) return "current";
    return transport === this.#candidate ? "candidate" : undefined;
  }

  #lose(transport: Transport, reason: CloseReason, cause: unknown): void {
    const wire = this.#wireOf(transport);
    if (wire !== undefined) this.#perform(this.#session.lost(wire, reason, cause, this.#clock.now()));
  }

  #markDirty(): void {
    if (this.#dirty) return;
    this.#dirty = true;
    this.#clock.atTurnEnd(this);
  }

  #rearm(): void {
    const { deadline } = this.#session;
    if (deadline === this.#armedAt) return;
    this.#armedAt = deadline;
    if (deadline === Infinity) this.#clock.disarm(this);
    else this.#clock.arm(this, deadline);
  }

  #perform(effects: readonly Effect[]): void {
    if (this.#performing) {
      if (effects.length > 0) this.#waiting = [...(this.#waiting ?? []), ...effects];
      return;
    }
    this.#rearm();
    if (effects.length === 0) return;
    this.#performing = true;
    let begun = 0;
    try {
      while (begun < effects.length) {
        const effect = effects[begun++];
        if (effect !== undefined) this.#carryOut(effect);
      }
    } finally {
      // A listener that throws does not keep the session from carrying out the rest.
      this.#performing = false;
      this.#performWaiting(begun === effects.length ? NOTHING : effects.slice(begun));
    }
  }

  #performWaiting(rest: readonly Effect[]): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined && rest.length === 0) this.#rearm();
    else this.#perform(waiting === undefined ? rest : [...rest, ...waiting]);
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case "transmit":
        return this.#transmit(effect.wire, effect.batch);
      case "drop":
        return this.#drop(effect.wire, effect.discard);
      case "deliver":
        return this.#deliver(effect.packet);
      case "heartbeat":
        this.#events?.emit("heartbeat");
        return;
      case "upgrading":
        this.#events?.emit("upgrading", this.#candidate);
        return;
      case "upgraded":
        return this.#moveToCandidate();
      case "upgrade-failed":
        this.#candidate = undefined;
        this.#owner.journal.upgradeFailed();
        return;
      case "closed":
        return this.#ended(effect.reason, effect.cause);
    }
  }

  #transmit(wire: Wire, batch: readonly OutgoingPacket[]): void {
    if (wire === "candidate") {
      this.#candidate?.send(batch);
      return;
    }
    this.#owner.journal.sent(this, batch);
    this.#owner.onFlush(this, batch);
    this.#events?.emit("flush", batch);
    this.#current.send(batch);
    this.#callBack(batch);
    this.#events?.emit("drain");
    this.#owner.onDrain(this);
  }

  #drop(wire: Wire, discard: boolean): void {
    const transport = wire === "current" ? this.#current : this.#candidate;
    if (discard) transport?.discard();
    else transport?.close();
  }

  #deliver(packet: ReceivedPacket): void {
    const events = this.#events;
    this.#owner.journal.received(this, packet);
    events?.emit("packet", packet);
    if (packet.type !== "message") return;
    const data = packet.data ?? "";
    this.#listener?.onMessage(data);
    events?.emit("data", data);
    events?.emit("message", data);
  }

  #moveToCandidate(): void {
    if (this.#candidate === undefined) return;
    const from = this.#current.name;
    this.#current = this.#candidate;
    this.#candidate = undefined;
    this.#owner.journal.upgraded(this, from, this.#current.name);
    this.#events?.emit("upgrade", this.#current);
  }

  #ended(reason: CloseReason, cause: unknown): void {
    this.#candidate = undefined;
    this.#callbacks = undefined;
    this.#owner.journal.closed(this, this.#current.name, reason, cause);
    this.#owner.onConnectionClosed(this);
    this.#listener?.onClose(reason, cause);
    this.#events?.emit("close", reason, cause);
  }
}
