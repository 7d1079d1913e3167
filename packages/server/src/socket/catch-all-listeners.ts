import type { CatchAllListener } from "../api.ts";
import { safeCall, type FailureListener } from "../application/safe-call.ts";

/** Listeners for all events in one direction. Allocates nothing until the first is added. */
export class CatchAllListeners {
  #listeners: CatchAllListener[] | undefined;

  get empty(): boolean {
    return this.#listeners === undefined || this.#listeners.length === 0;
  }

  append(listener: CatchAllListener): void {
    this.list().push(listener);
  }

  prepend(listener: CatchAllListener): void {
    this.list().unshift(listener);
  }

  /** Removes the first occurrence of a listener, or all listeners. */
  remove(listener: CatchAllListener | undefined): void {
    if (listener === undefined) {
      this.#listeners = undefined;
      return;
    }
    const index = this.#listeners?.indexOf(listener) ?? -1;
    if (index >= 0) this.#listeners?.splice(index, 1);
  }

  /** Returns the live list. */
  list(): CatchAllListener[] {
    this.#listeners ??= [];
    return this.#listeners;
  }

  /** Calls the current listeners; one that throws does not prevent the others. */
  notify(receiver: unknown, args: readonly unknown[], failed: FailureListener): void {
    if (this.#listeners === undefined) return;
    for (const listener of this.#listeners.slice()) safeCall(listener, receiver, args, failed);
  }
}
