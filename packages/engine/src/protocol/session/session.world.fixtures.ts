import type { Ending } from "./ending.ts";
import type { OutgoingPacket, ReceivedPacket } from "../packet.ts";
import { type Effect, Session, type TransportRole } from "./session.ts";
import type { SessionConfig } from "./session-config.ts";

function must(holds: boolean | undefined, rule: string): asserts holds {
  if (!holds) throw new Error(`broken: ${rule}`);
}

interface WorldWire {
  readonly polled: boolean;
  granted: boolean;
  dropped: boolean;
  /** True after a batch was sent without a grant; that must be the last batch. */
  overdrawn: boolean;
}

/**
 * The environment of a session: carries out effects as a driver does, and fails when one of them is
 * wrong.
 */
export class World {
  readonly session: Session;
  now = 0;
  closedEffects = 0;
  readonly accepted: string[] = [];
  readonly transmitted: string[] = [];
  pings = 0;
  readonly wires: WorldWire[] = [];
  #current: WorldWire;
  #candidate: WorldWire | undefined;

  constructor(config: SessionConfig, polled: boolean) {
    this.session = new Session(config, { polled });
    this.#current = this.#addWire(polled);
  }

  input(effects: readonly Effect[]): void {
    for (const effect of effects) {
      must(this.closedEffects === 0, "nothing follows the end");
      this.#perform(effect);
    }
    must(
      this.wires.every(({ overdrawn, dropped }) => !overdrawn || dropped),
      "a wire that was handed more than it takes is dropped",
    );
    this.#check();
  }

  /** A brief close sends everything queued, and only waits for a poll that is not pending. */
  close(ending: Ending | "discard"): void {
    if (ending === "discard") return this.input(this.session.discard());
    this.input(this.session.close(ending, this.now));
    if (ending === "orderly" || this.session.state !== "closing") return;
    const { polled, granted } = this.#current;
    must(
      polled && !granted && this.session.outbox.packets.length > 0,
      "a brief close waits for a poll alone",
    );
  }

  open(): void {
    this.input(this.session.open([{ type: "open", data: "{}" }], this.now));
  }

  send(): void {
    const data = `m${this.accepted.length}`;
    if (this.session.send({ type: "message", data })) this.accepted.push(data);
    this.#check();
  }

  /** Only an existing transport can grant, receive or be lost. */
  grant(wire: TransportRole): void {
    const target = this.#wire(wire);
    if (target === undefined || target.dropped) return;
    target.granted = true;
    this.input(this.session.grant(wire));
  }

  receive(wire: TransportRole, packet: ReceivedPacket): void {
    const target = this.#wire(wire);
    if (target !== undefined && !target.dropped) this.input(this.session.receive(wire, packet, this.now));
  }

  lose(wire: TransportRole): void {
    const target = this.#wire(wire);
    if (target === undefined || target.dropped) return;
    this.input(this.session.lost(wire, "transport error", new Error("lost"), this.now));
    must(target.dropped, "a lost wire is dropped");
  }

  offer(polled: boolean): void {
    if (this.session.offer({ polled }, this.now)) this.#candidate = this.#addWire(polled);
  }

  /** Advances the time, and calls `elapse` at every deadline on the way. */
  idle(amount: number): void {
    const end = this.now + amount;
    while (this.session.deadline <= end) this.elapse(this.session.deadline);
    this.now = end;
  }

  /** Jumps to a time: everything due before it is late. */
  elapse(at: number): void {
    this.now = Math.max(this.now, at);
    this.input(this.session.elapse(this.now));
    must(this.session.deadline > this.now, "no deadline is left in the past");
  }

  #addWire(polled: boolean): WorldWire {
    const wire = { polled, granted: false, dropped: false, overdrawn: false };
    this.wires.push(wire);
    return wire;
  }

  #wire(name: TransportRole): WorldWire | undefined {
    return name === "current" ? this.#current : this.#candidate;
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case "transmit":
        this.#transmit(effect.wire, effect.batch);
        break;
      case "drop": {
        const wire = this.#wire(effect.wire);
        must(wire?.dropped === false, "a wire is dropped once");
        wire.dropped = true;
        break;
      }
      case "upgraded":
        must(this.#current.dropped, "the old wire is dropped before");
        must(this.#candidate?.dropped === false, "there is a new wire");
        this.#current = this.#candidate;
        this.#candidate = undefined;
        break;
      case "upgrade-failed":
        must(this.#candidate?.dropped, "a candidate is dropped before it is given up");
        this.#candidate = undefined;
        break;
      case "closed":
        this.closedEffects++;
        break;
      case "deliver":
      case "heartbeat":
      case "upgrading":
        break;
    }
  }

  #transmit(name: TransportRole, batch: readonly OutgoingPacket[]): void {
    const wire = this.#wire(name);
    must(wire?.dropped === false && !wire.overdrawn, "a transmit needs a wire that takes it");
    must(
      wire.granted || (name === "current" && !wire.polled),
      "a transmit needs a grant, or is the last of a stream",
    );
    wire.overdrawn = !wire.granted;
    must(batch.length > 0, "a batch is not empty");
    wire.granted = false;
    this.transmitted.push(...messagesIn(batch));
    this.pings += batch.filter(({ type }) => type === "ping").length;
  }

  #check(): void {
    const { state, outbox, writable } = this.session;
    const alive = state === "open" || state === "upgrading";
    const told = [...this.transmitted, ...messagesIn(outbox.packets)];
    must(told.join() === this.accepted.join(), "no message is lost, doubled or reordered");
    must(writable === (alive && this.#current.granted), "writable tells the truth");
    must((state === "closed") === (this.closedEffects === 1), "the end is told once");
    if (state === "closed")
      must(
        this.wires.every((wire) => wire.dropped),
        "no wire outlives the session",
      );
  }
}

function messagesIn(batch: readonly OutgoingPacket[]): string[] {
  return batch.flatMap(({ type, data }) => (type === "message" && typeof data === "string" ? [data] : []));
}
