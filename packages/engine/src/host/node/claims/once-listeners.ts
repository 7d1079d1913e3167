/**
 * Returns whether a listener is Node's wrapper of a `once` listener, which has the listener as a
 * member.
 */
function isOnce(listener: unknown): boolean {
  return typeof listener === "function" && "listener" in listener;
}

/**
 * The `once` listeners that were registered first. They are off the emitter when later listeners
 * run, which therefore can't see that the event was already handled.
 */
export class OnceListeners {
  #waiting: readonly unknown[];

  /** `raw` are all listeners at this time, from `rawListeners`. */
  constructor(raw: readonly unknown[]) {
    this.#waiting = raw.filter(isOnce);
  }

  /**
   * Whether any has fired since the last call. Must be called at each event, with the listeners of
   * that moment.
   */
  haveFired(raw: readonly unknown[]): boolean {
    if (this.#waiting.length === 0) return false;
    const still = this.#waiting.filter((listener) => raw.includes(listener));
    const fired = still.length < this.#waiting.length;
    this.#waiting = still;
    return fired;
  }
}
