import type { Alarm, Clock, Flushable } from "../time/clock.ts";
import { EngineError } from "../errors.ts";
import type { CloseStatus } from "../protocol/close-status.ts";
import { LazyEmitter } from "./lazy-emitter.ts";
import { NOTHING } from "../protocol/session/effects.ts";
import type { Ending } from "../protocol/session/ending.ts";
import type { OutgoingPacket, ReceivedPacket } from "../protocol/packet.ts";
import { type CloseReason, type Effect, Session, type TransportRole } from "../protocol/session/session.ts";
import type { SessionConfig } from "../protocol/session/session-config.ts";
import type { Transport, TransportListener } from "../transport/transport.ts";

/**
 * The shell of a session's state machine. It feeds it what the transports, the clock and its subclass bring, carries out
 * the effects on the transports, tells the subclass of them, arms the session's one deadline, and flushes at the end of a turn.
 *
 * Effects may call back into the application, which may send or close at once. The session takes such an input
 * immediately; its effects wait until those in progress are done, so they always happen in the order of the inputs.
 *
 * A base class and no object of its own, because there is one for every connection; so is the emitter of the public events.
 */
export abstract class SessionDriver extends LazyEmitter implements TransportListener, Alarm, Flushable {
  protected readonly session: Session;
  protected readonly clock: Clock;
  slot: unknown = undefined;
  #current: Transport;
  #candidate: Transport | undefined;
  #armedAt = Infinity;
  #dirty = false;
  #performing = false;
  #waiting: Effect[] | undefined;

  constructor(config: SessionConfig, transport: Transport, clock: Clock) {
    super();
    this.session = new Session(config, { polled: transport.name === "polling" });
    this.clock = clock;
    this.#current = transport;
  }

  /** The wire in use, for whoever routes requests to it. */
  get currentTransport(): Transport {
    return this.#current;
  }

  /** True while effects are carried out: what is sent meanwhile leaves after them. */
  protected get performing(): boolean {
    return this.#performing;
  }

  /** Starts the session with its first packets. */
  open(first: readonly OutgoingPacket[]): void {
    this.perform(this.session.open(first, this.clock.now()));
  }

  /** Lets a second transport try to take over; false if it can't, and then it is the caller's to close. */
  probe(candidate: Transport): boolean {
    if (!this.session.offer({ polled: false }, this.clock.now())) return false;
    this.#candidate = candidate;
    this.#rearm();
    return true;
  }

  onWritable(transport: Transport): void {
    const wire = this.#wireOf(transport);
    if (wire !== undefined) this.perform(this.session.grant(wire));
  }

  onPacket(transport: Transport, packet: ReceivedPacket): void {
    const wire = this.#wireOf(transport);
    if (wire !== undefined) this.perform(this.session.receive(wire, packet, this.clock.now()));
  }

  onClose(transport: Transport): void {
    this.lose(transport, "transport close", undefined);
  }

  onFailure(transport: Transport, error: EngineError): void {
    this.lose(transport, error.code === "PARSE_ERROR" ? "parse error" : "transport error", error);
  }

  ring(now: number): void {
    this.#armedAt = Infinity;
    this.perform(this.session.elapse(now));
  }

  /** Ends the session once the wire has been handed what waits, or at once without it. */
  end(ending: Ending | "discard", status: CloseStatus | undefined): void {
    if (ending === "discard") this.perform(this.session.discard(status));
    else this.perform(this.session.close(ending, this.clock.now(), status));
  }

  flush(): void {
    this.#dirty = false;
    this.perform(this.session.flush());
  }

  /** The current wire is about to be handed a batch. */
  protected abstract beforeBatch(batch: readonly OutgoingPacket[]): void;
  /** The current wire was handed a batch. */
  protected abstract afterBatch(batch: readonly OutgoingPacket[]): void;
  protected abstract delivered(packet: ReceivedPacket): void;
  /** The peer proved to be alive. */
  protected abstract alive(): void;
  /** The peer is about to move to the candidate. */
  protected abstract upgradeBegun(candidate: Transport | undefined): void;
  protected abstract upgradeDone(former: Transport): void;
  /** What the candidate was told; undefined if it had left by itself. */
  protected abstract upgradeFailed(status: CloseStatus | undefined): void;
  protected abstract ended(reason: CloseReason, cause: unknown): void;

  protected lose(transport: Transport, reason: CloseReason, cause: unknown): void {
    const wire = this.#wireOf(transport);
    if (wire !== undefined) this.perform(this.session.lost(wire, reason, cause, this.clock.now()));
  }

  /** Asks for `flush` at the end of the turn. */
  protected markDirty(): void {
    if (this.#dirty) return;
    this.#dirty = true;
    this.clock.atTurnEnd(this);
  }

  protected perform(effects: readonly Effect[]): void {
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
    else this.perform(waiting === undefined ? rest : [...rest, ...waiting]);
  }

  #wireOf(transport: Transport): TransportRole | undefined {
    if (transport === this.#current) return "current";
    return transport === this.#candidate ? "candidate" : undefined;
  }

  #rearm(): void {
    const { deadline } = this.session;
    if (deadline === this.#armedAt) return;
    this.#armedAt = deadline;
    if (deadline === Infinity) this.clock.disarm(this);
    else this.clock.arm(this, deadline);
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case "transmit":
        return this.#transmit(effect.wire, effect.batch);
      case "drop":
        return this.#drop(effect.wire, effect.discard, effect.status);
      case "deliver":
        return this.delivered(effect.packet);
      case "heartbeat":
        return this.alive();
      case "upgrading":
        return this.upgradeBegun(this.#candidate);
      case "upgraded":
        return this.#moveToCandidate();
      case "upgrade-failed":
        this.#candidate = undefined;
        return this.upgradeFailed(effect.status);
      case "closed":
        this.#candidate = undefined;
        return this.ended(effect.reason, effect.cause);
    }
  }

  #transmit(wire: TransportRole, batch: readonly OutgoingPacket[]): void {
    if (wire === "candidate") {
      if (this.#candidate !== undefined) this.#send(this.#candidate, batch);
      return;
    }
    this.beforeBatch(batch);
    if (this.#send(this.#current, batch)) this.afterBatch(batch);
  }

  /** A wire that can't write a batch would never grant another: it is lost, and the error goes no further. */
  #send(transport: Transport, batch: readonly OutgoingPacket[]): boolean {
    try {
      transport.send(batch);
      return true;
    } catch (cause) {
      this.lose(transport, "transport error", new EngineError("SEND_FAILED", undefined, { cause }));
      return false;
    }
  }

  /** A wire that throws at its end is over all the same: nobody is left who could do anything about it. */
  #drop(wire: TransportRole, discard: boolean, status: CloseStatus): void {
    const transport = wire === "current" ? this.#current : this.#candidate;
    try {
      if (discard) transport?.discard(status);
      else transport?.close(status);
    } catch {
      // The session ends, or goes on, without it.
    }
  }

  #moveToCandidate(): void {
    if (this.#candidate === undefined) return;
    const former = this.#current;
    this.#current = this.#candidate;
    this.#candidate = undefined;
    this.upgradeDone(former);
  }
}
