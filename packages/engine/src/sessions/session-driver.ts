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
 * The driver of a session's state machine. It passes inputs of the transports, the clock and its
 * subclass to the session, carries out the effects on the transports, notifies the subclass, arms
 * the session's one deadline, and flushes at the end of a turn.
 *
 * Effects may call the application, which may send or close at once. The session takes such an
 * input immediately; its effects are queued after those in progress, so effects always happen in
 * the order of the inputs.
 *
 * A base class instead of a separate object, because there is one per connection; the emitter of
 * the public events is one for the same reason.
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

  /** The current transport, for routing requests to it. */
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

  /**
   * Starts the upgrade to a second transport. Returns false if it can't; the caller then closes the
   * transport.
   */
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

  /**
   * Ends the session after queued packets were handed to the transport, or at once without them.
   */
  end(ending: Ending | "discard", status: CloseStatus | undefined): void {
    if (ending === "discard") this.perform(this.session.discard(status));
    else this.perform(this.session.close(ending, this.clock.now(), status));
  }

  flush(): void {
    this.#dirty = false;
    this.perform(this.session.flush());
  }

  /** The current transport is about to be handed a batch. */
  protected abstract beforeBatch(batch: readonly OutgoingPacket[]): void;
  /** The current transport was handed a batch. */
  protected abstract afterBatch(batch: readonly OutgoingPacket[]): void;
  protected abstract delivered(packet: ReceivedPacket): void;
  /** The peer proved to be alive. */
  protected abstract alive(): void;
  /** The peer is about to move to the candidate. */
  protected abstract upgradeBegun(candidate: Transport | undefined): void;
  protected abstract upgradeDone(former: Transport): void;
  /** `status` is the one sent to the candidate; undefined if the peer closed it. */
  protected abstract upgradeFailed(status: CloseStatus | undefined): void;
  protected abstract ended(reason: CloseReason, cause: unknown): void;

  protected lose(transport: Transport, reason: CloseReason, cause: unknown): void {
    const wire = this.#wireOf(transport);
    if (wire !== undefined) this.perform(this.session.lost(wire, reason, cause, this.clock.now()));
  }

  /** Schedules `flush` for the end of the turn. */
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
      // After a listener's exception the session carries out the remaining effects.
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

  /**
   * Sends a batch. A transport that throws would never grant another: it is lost, and the error is
   * not propagated.
   */
  #send(transport: Transport, batch: readonly OutgoingPacket[]): boolean {
    try {
      transport.send(batch);
      return true;
    } catch (cause) {
      this.lose(transport, "transport error", new EngineError("SEND_FAILED", undefined, { cause }));
      return false;
    }
  }

  /**
   * Closes a transport. One that throws on closing is gone as well, and nothing can handle its
   * error.
   */
  #drop(wire: TransportRole, discard: boolean, status: CloseStatus): void {
    const transport = wire === "current" ? this.#current : this.#candidate;
    try {
      if (discard) transport?.discard(status);
      else transport?.close(status);
    } catch {
      // The session ends or continues without it.
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
