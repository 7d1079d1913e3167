import { EngineError } from "../../errors.ts";
import { Candidate } from "./candidate.ts";
import {
  CLOSE_STATUSES,
  type CloseReason,
  type CloseStatus,
  hasLeft,
  statusOfError,
} from "../close-status.ts";
import { type Effect, NOTHING, type TransportRole, type TransportTraits } from "./effects.ts";
import { closeTimeoutOf, type Ending, lastStep } from "./ending.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Outbox, type OutboxView } from "./outbox.ts";
import { type OutgoingPacket, PING, PONG, type ReceivedPacket } from "../packet.ts";
import type { SessionConfig } from "./session-config.ts";
import {
  candidateOf,
  CLOSED,
  type Closing,
  endOf,
  OPEN,
  OPENING,
  type Phase,
  type SessionState,
  takesPackets,
  withoutCandidate,
} from "./session-phase.ts";

export type { CloseReason } from "../close-status.ts";
export type { Effect, TransportRole, TransportTraits } from "./effects.ts";

/**
 * One Engine.IO session as a pure state machine: no socket, no timer, no clock (engine-protocol,
 * "Heartbeat", "Upgrade" and "Closing"). Every input returns effects, which the driver must carry
 * out in order before the next input; `deadline` is then the time of the next `elapse`. An input
 * that does not apply in a state returns none. Inputs take the time (ms) only if they need it,
 * because reading the clock costs more.
 *
 * The outbox leaves as one batch when the current transport holds a grant and `flush`, `grant` or a
 * protocol step (open packet, heartbeat, close) occurs; the driver calls `flush` at the end of the
 * turn, so all packets of a turn leave in one write. An upgrade loses, doubles or reorders nothing:
 * until the peer commits it the outbox drains through the old transport.
 */
export class Session {
  readonly #config: SessionConfig;
  readonly #heartbeat: Heartbeat;
  readonly #outbox: Outbox;
  #phase: Phase = OPENING;
  #upgraded = false;

  constructor(config: SessionConfig, traits: TransportTraits) {
    this.#config = config;
    this.#heartbeat = new Heartbeat(config);
    this.#outbox = new Outbox(traits);
  }

  get state(): SessionState {
    return this.#phase.kind;
  }

  /** The time of the next `elapse`; Infinity if never. */
  get deadline(): number {
    return this.#phase.kind === "closed" ? Infinity : Math.min(this.#heartbeat.deadline, endOf(this.#phase));
  }

  /** True when a message sent now leaves with the next flush: the last batch was taken. */
  get writable(): boolean {
    return takesPackets(this.#phase) && this.#outbox.granted;
  }

  /** The packets that await a grant; of a closed session, those that were never sent. */
  get outbox(): OutboxView {
    return this.#outbox;
  }

  /** True after the peer has moved to a second transport. There is no third. */
  get upgraded(): boolean {
    return this.#upgraded;
  }

  /** Queues the open packet and those that follow it at once, and starts the heartbeat. */
  open(first: readonly OutgoingPacket[], now: number): readonly Effect[] {
    if (this.#phase.kind !== "opening") return NOTHING;
    this.#phase = OPEN;
    this.#outbox.putFirst(first);
    this.#heartbeat.beat(now);
    return this.#outbox.drain();
  }

  /** Queues a packet. Returns false and drops it when the session is closing or closed. */
  send(packet: OutgoingPacket): boolean {
    if (this.#phase.kind === "closing" || this.#phase.kind === "closed") return false;
    this.#outbox.push(packet);
    return true;
  }

  /** Hands the outbox to the current transport, if it has granted a batch. */
  flush(): readonly Effect[] {
    return takesPackets(this.#phase) ? this.#outbox.drain() : NOTHING;
  }

  /** A transport grants one batch; a grant is kept until used, also across an upgrade. */
  grant(wire: TransportRole): readonly Effect[] {
    if (wire === "candidate") return candidateOf(this.#phase)?.grant() ?? NOTHING;
    this.#outbox.grant();
    switch (this.#phase.kind) {
      case "opening":
      case "closed":
        return NOTHING;
      case "open":
      case "upgrading":
        return this.#outbox.drain();
      case "closing":
        return this.#conclude(this.#phase, false);
    }
  }

  /** A packet arrived. Ignored while the session is not open, except the peer's close. */
  receive(wire: TransportRole, packet: ReceivedPacket, now: number): readonly Effect[] {
    if (wire === "candidate") return this.#receiveOnCandidate(packet, now);
    switch (this.#phase.kind) {
      case "opening":
      case "closed":
        return NOTHING;
      case "open":
      case "upgrading":
        return this.#receiveOnCurrent(packet, now);
      case "closing":
        return packet.type === "close" ? this.#closedByPeer(now) : NOTHING;
    }
  }

  /** Offers a second transport. False if not open, already upgrading or already upgraded. */
  offer(candidate: TransportTraits, now: number): boolean {
    if (this.#phase.kind !== "open" || this.#upgraded) return false;
    this.#phase = { kind: "upgrading", candidate: new Candidate(candidate, this.#config, now) };
    return true;
  }

  /** A transport ended (`transport close`) or failed (`transport error`, `parse error`). */
  lost(wire: TransportRole, reason: CloseReason, cause: unknown, now: number): readonly Effect[] {
    // A transport that received invalid data still works: it is closed in an orderly way.
    const discard = reason !== "parse error";
    const status = statusOfError(cause);
    if (wire === "candidate") return this.#abandonCandidate(discard, status, discard);
    if (this.#phase.kind === "closed") return NOTHING;
    const gaveUp = hasLeft(reason, cause) && this.#heartbeat.ranOut(now);
    return this.#end(discard, gaveUp ? "ping timeout" : reason, status, cause);
  }

  /** Ends the session, dropping what can't be taken now. The first close gives the status. */
  discard(status: CloseStatus = CLOSE_STATUSES.CLOSED): readonly Effect[] {
    const phase = this.#phase;
    if (phase.kind === "closed") return NOTHING;
    const given = phase.kind === "closing" ? phase.status : status;
    const last = takesPackets(phase) ? this.#outbox.drain() : NOTHING;
    return [...last, ...this.#end(last === NOTHING, "forced close", given)];
  }

  /** Ends the session after queued packets were sent. `brief` replaces an `orderly` ending. */
  close(ending: Ending, now: number, status: CloseStatus = CLOSE_STATUSES.CLOSED): readonly Effect[] {
    const phase = this.#phase;
    switch (phase.kind) {
      case "closed":
        return NOTHING;
      case "opening":
        return this.#end(true, "forced close", status);
      case "closing": {
        if (ending !== "brief") return NOTHING;
        const until = Math.min(phase.until, now + closeTimeoutOf(ending, this.#config));
        return this.#conclude({ ...phase, until, ending }, true);
      }
      case "open":
      case "upgrading": {
        const until = now + closeTimeoutOf(ending, this.#config);
        const candidate = candidateOf(this.#phase);
        return this.#conclude({ kind: "closing", until, status, ending, candidate }, true);
      }
    }
  }

  /** Must be called at or after `deadline`. */
  elapse(now: number): readonly Effect[] {
    const phase = this.#phase;
    switch (phase.kind) {
      case "opening":
      case "closed":
        return NOTHING;
      case "open":
        return this.#elapseHeartbeat(now);
      case "upgrading": {
        const beat = this.#elapseHeartbeat(now);
        const step = takesPackets(this.#phase) ? this.#elapseCandidate(phase.candidate, now) : NOTHING;
        return beat === NOTHING ? step : [...beat, ...step];
      }
      case "closing":
        return this.#elapseClosing(phase, now);
    }
  }

  /** Reports a missed heartbeat as a ping timeout, even if the time for closing is over too. */
  #elapseClosing(phase: Closing, now: number): readonly Effect[] {
    const beat = this.#elapseHeartbeat(now);
    if (beat !== NOTHING) return beat;
    if (now >= phase.until) return this.#end(true, "forced close", phase.status);
    return phase.candidate === undefined ? NOTHING : this.#elapseCandidate(phase.candidate, now);
  }

  #elapseHeartbeat(now: number): readonly Effect[] {
    switch (this.#heartbeat.elapse(now)) {
      case "wait":
        return NOTHING;
      case "ping":
        if (!takesPackets(this.#phase)) return NOTHING;
        this.#outbox.push(PING);
        return this.#outbox.drain();
      case "timeout":
        // Without a grant the transport holds output that the peer does not take.
        return this.#end(!this.#outbox.granted, "ping timeout", CLOSE_STATUSES.PING_TIMEOUT);
    }
  }

  #elapseCandidate(candidate: Candidate, now: number): readonly Effect[] {
    switch (candidate.elapse(now)) {
      case "wait":
        return NOTHING;
      case "expired":
        return this.#abandonCandidate(false, CLOSE_STATUSES.UPGRADE_TIMEOUT);
      case "release-poll":
        // The peer commits its upgrade only after the response to its pending poll.
        return this.#outbox.packets.length > 0 ? this.#outbox.drain() : this.#outbox.releasePoll();
    }
  }

  #receiveOnCurrent(packet: ReceivedPacket, now: number): readonly Effect[] {
    const deliver: Effect = { kind: "deliver", packet };
    switch (packet.type) {
      case "open":
      case "message":
      case "upgrade":
      case "noop":
        this.#heartbeat.traffic(now);
        return [deliver];
      case "ping":
        if (this.#config.pinger === "server") return [deliver, ...this.#wrongHeartbeat()];
        this.#heartbeat.beat(now);
        this.#outbox.push(PONG);
        return [deliver, ...this.#outbox.drain(), { kind: "heartbeat" }];
      case "pong":
        if (this.#config.pinger === "client") return [deliver, ...this.#wrongHeartbeat()];
        this.#heartbeat.beat(now);
        return [deliver, { kind: "heartbeat" }];
      case "close":
        return [deliver, ...this.#closedByPeer(now)];
    }
  }

  #wrongHeartbeat(): readonly Effect[] {
    const error = new EngineError("INVALID_HEARTBEAT");
    return this.#end(false, "transport error", statusOfError(error), error);
  }

  #closedByPeer(now: number): readonly Effect[] {
    const reason = this.#heartbeat.ranOut(now) ? "ping timeout" : "transport close";
    return [...this.#outbox.releasePoll(), ...this.#end(false, reason, CLOSE_STATUSES.SESSION_ENDED)];
  }

  #receiveOnCandidate(packet: ReceivedPacket, now: number): readonly Effect[] {
    const candidate = candidateOf(this.#phase);
    if (candidate === undefined) return NOTHING;
    if (packet.type === "upgrade") return this.#commit(candidate, now);
    if (packet.type !== "ping" || packet.data !== "probe")
      return this.#abandonCandidate(false, CLOSE_STATUSES.INVALID_PROBE);
    return [...candidate.probed(now), { kind: "upgrading" }];
  }

  #commit(candidate: Candidate, now: number): readonly Effect[] {
    this.#outbox.putFirst(candidate.unsent);
    this.#outbox.moveTo(candidate.wire);
    this.#upgraded = true;
    this.#heartbeat.moved(now);
    this.#phase = withoutCandidate(this.#phase);
    const phase = this.#phase;
    const rest = phase.kind === "closing" ? this.#conclude(phase, false) : this.#outbox.drain();
    const status = CLOSE_STATUSES.SESSION_ENDED;
    return [{ kind: "drop", wire: "current", discard: true, status }, { kind: "upgraded" }, ...rest];
  }

  /** `gone` is true if the peer closed the candidate. */
  #abandonCandidate(discard: boolean, status: CloseStatus, gone = false): readonly Effect[] {
    if (candidateOf(this.#phase) === undefined) return NOTHING;
    this.#phase = withoutCandidate(this.#phase);
    return [
      { kind: "drop", wire: "candidate", discard, status },
      { kind: "upgrade-failed", status: gone ? undefined : status },
    ];
  }

  /** Carries out the next step of closing. */
  #conclude(phase: Closing, asked: boolean): readonly Effect[] {
    this.#phase = phase;
    const { effects, done } = lastStep(this.#outbox, phase.ending, asked);
    return done ? [...effects, ...this.#end(false, "forced close", phase.status)] : effects;
  }

  #end(discard: boolean, reason: CloseReason, status: CloseStatus, cause?: unknown): readonly Effect[] {
    const drop: Effect = { kind: "drop", wire: "current", discard, status };
    const closed: Effect = { kind: "closed", reason, cause };
    const upgrading = candidateOf(this.#phase) !== undefined;
    this.#phase = CLOSED;
    return upgrading ? [drop, { kind: "drop", wire: "candidate", discard, status }, closed] : [drop, closed];
  }
}
