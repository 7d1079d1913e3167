/** Times are in milliseconds. */
export interface HeartbeatConfig {
  /** Revision 4: the server pings and the client answers. Revision 3: the reverse. */
  readonly pinger: "server" | "client";
  readonly pingInterval: number;
  readonly pingTimeout: number;
}

/** The share of `pingTimeout` by which a clock may be late before that counts as a stall. */
const LATENESS_SHARE = 1 / 2;

/**
 * The share of `pingTimeout` by which a peer's timer may fire early: timers count from the start of
 * a turn of the peer's event loop.
 */
const EARLINESS_SHARE = 1 / 100;

/** What is due: nothing yet, a ping to the peer, or the end of a peer that sent nothing. */
export type HeartbeatStep = "wait" | "ping" | "timeout";

/**
 * `resting`: the next ping is not due. `waiting`: a ping awaits its pong. `extended`: the same, but
 * another packet has extended the deadline, which happens once per ping. `listening`: the peer
 * sends the pings.
 */
type Phase = "resting" | "waiting" | "extended" | "listening";

/**
 * Schedules pings, and determines when a peer has timed out (engine-protocol, "Heartbeat" and
 * "EIO=3").
 */
export class Heartbeat {
  readonly #config: HeartbeatConfig;
  #phase: Phase;
  #deadline = Infinity;

  constructor(config: HeartbeatConfig) {
    this.#config = config;
    this.#phase = config.pinger === "server" ? "resting" : "listening";
  }

  /** The time of the next `elapse`; Infinity before the first `beat`. */
  get deadline(): number {
    return this.#deadline;
  }

  /** Restarts the cycle, when the session opened or the peer proved to be alive. */
  beat(now: number): void {
    const { pinger, pingInterval, pingTimeout } = this.#config;
    this.#phase = pinger === "server" ? "resting" : "listening";
    this.#deadline = pinger === "server" ? now + pingInterval : now + pingInterval + pingTimeout;
  }

  /**
   * Another packet arrived, which extends the deadline once per ping: a peer that sends packets but
   * never answers must still time out.
   */
  traffic(now: number): void {
    if (this.#phase !== "waiting") return;
    this.#phase = "extended";
    this.#deadline = now + this.#config.pingTimeout;
  }

  /**
   * The transport was replaced. An outstanding ping or its pong may have been lost with the old
   * one, so the peer gets another; otherwise the schedule continues.
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
   * Whether the timeout has just expired or is about to: a peer that leaves now timed out by its
   * own clock, which started at the same moment. After a stall the reason is uncertain, and this is
   * false.
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

  /**
   * Returns the time from which a ping counts. If slightly late it counts from when it was due, as
   * its peer expects.
   */
  #pingedAt(now: number): number {
    return this.#isStalled(now) ? now : this.#deadline;
  }

  #isStalled(now: number): boolean {
    return now - this.#deadline > this.#config.pingTimeout * LATENESS_SHARE;
  }
}
