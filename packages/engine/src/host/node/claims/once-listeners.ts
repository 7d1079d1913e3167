/** Node's wrapper of a listener for one event has the listener as a member. */
function isOnce(listener: unknown): boolean {
  return typeof listener === "function" && "listener" in listener;
}

/**
 * The listeners for one event only that were there first. Such a listener is off the emitter already while later ones
 * are called, which could not know otherwise that it has heard of the event.
 */
export class OnceListeners {
  #waiting: readonly unknown[];

  /** `raw`: all listeners that are there, as `rawListeners` gives them. */
  constructor(raw: readonly unknown[]) {
    this.#waiting = raw.filter(isOnce);
  }

  /** Whether any has gone since the last look. To be asked at each event, with the listeners of that moment. */
  haveFired(raw: readonly unknown[]): boolean {
    if (this.#waiting.length === 0) return false;
    const still = this.#waiting.filter((listener) => raw.includes(listener));
    const fired = still.length < this.#waiting.length;
    this.#waiting = still;
    return fired;
  }
}
