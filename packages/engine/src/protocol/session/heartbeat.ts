/** Times are in milliseconds. */
export interface HeartbeatConfig {
  /** Revision 4: the server pings and the client answers. Revision 3: the other way round. */
  readonly pinger: "server" | "client";
  readonly pingInterval: number;
  readonly pingTimeout: number;
}

/** The part of `pingTimeout` by which a clock may be late before that counts as a stall. */
const LATENESS_SHARE = 1 / 2;

/** The part of `pingTimeout` by which a peer's timer may fire early: timers count from the start of a turn of their event loop. */
const EARLINESS_SHARE = 1 / 100;

/** What is due: nothing yet, a ping to the peer, or the end of a peer that stayed silent. */
export type HeartbeatStep = "wait" | "ping" | "timeout";

/**
 * `resting`: the next ping is not due. `waiting`: a ping awaits its pong. `extended`: it still does, but another packet
 * has bought the peer more time, which happens once per ping. `listening`: the peer is the one who pings.
 */
type Phase = "resting" | "waiting" | "extended" | "listening";

/** When a peer must be pinged, and when it counts as dead (engine-protocol, "Heartbeat" and "EIO=3"). */
export class Heartbeat {
  readonly #config: HeartbeatConfig;
  #phase: Phase;
  #deadline = Infinity;

  constructor(config: HeartbeatConfig) {
    this.#config = config;
    this.#phase = config.pinger === "server" ? "resting" : "listening";
  }

  /** When `elapse` has something to say; Infinity before the first `beat`. */
  get deadline(): number {
    return this.#deadline;
  }

  /** The session opened or the peer proved to be alive: the cycle starts again. */
  beat(now: number): void {
    const { pinger, pingInterval, pingTimeout } = this.#config;
    this.#phase = pinger === "server" ? "resting" : "listening";
    this.#deadline = pinger === "server" ? now + pingInterval : now + pingInterval + pingTimeout;
  }

  /** Another packet arrived. A peer that talks and never answers must die all the same, so this helps once per ping. */
  traffic(now: number): void {
    if (this.#phase !== "waiting") return;
    this.#phase = "extended";
    this.#deadline = now + this.#config.pingTimeout;
  }

  /**
   * The wire was replaced. An outstanding ping or its pong may have been lost with the old one, so the peer gets
   * another; in all other cases the schedule goes on, and in no case does it stop.
   */
  moved(now: number): void {
    switch (this.#phase) {
      case "resting":
      case "listening":
        return;
      case "waiting":
      case "extended":
        this.beat(now);
    }
  }

  /**
   * The peer's time has just run out, or is about to: a peer that leaves now has given up by its own clock, which runs from
   * the same moment. After a stall nothing is certain but that it has left.
   */
  ranOut(now: number): boolean {
    const earliest = this.#deadline - this.#config.pingTimeout * EARLINESS_SHARE;
    return this.#phase !== "resting" && now >= earliest && !this.#isStalled(now);
  }

  elapse(now: number): HeartbeatStep {
    if (now < this.#deadline) return "wait";
    switch (this.#phase) {
      case "resting":
        this.#phase = "waiting";
        this.#deadline = this.#pingedAt(now) + this.#config.pingTimeout;
        return "ping";
      case "waiting":
      case "extended":
      case "listening":
        return "timeout";
    }
  }

  /** A ping that is a little late counts from when it was due: from then on its peer expects it. */
  #pingedAt(now: number): number {
    return this.#isStalled(now) ? now : this.#deadline;
  }

  #isStalled(now: number): boolean {
    return now - this.#deadline > this.#config.pingTimeout * LATENESS_SHARE;
  }
}
