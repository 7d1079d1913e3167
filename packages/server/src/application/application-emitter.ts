import { errorMonitor } from "node:events";
import { ClassEmitter } from "./class-emitter.ts";
import { type Failure, type FailureListener, watchPromise } from "./safe-call.ts";

type Listener = (...args: unknown[]) => unknown;

/**
 * An emitter whose `emit` means sending to peers, and whose listeners are the application's: an error that one throws, or
 * that its promise is rejected with, is reported and goes no further.
 */
export abstract class ApplicationEmitter extends ClassEmitter {
  /** Calls the listeners of an event. One named `error` that nobody listens to is nothing special: peers may send it. */
  raiseEvent(event: readonly unknown[]): void {
    const name = event[0] as string;
    if (this.listenerCount(name) === 0) return;
    const failed: FailureListener = (failure) => this.listenerFailed(failure, event);
    const args = event.slice(1);
    try {
      for (const listener of this.#listenersOf(name))
        watchPromise(Reflect.apply(listener, this, args), failed);
    } catch (cause) {
      failed({ cause, rejected: false });
    }
  }

  #listenersOf(name: string): readonly Listener[] {
    const listeners = this.rawListeners(name) as Listener[];
    return name === "error" ? [...(this.rawListeners(errorMonitor) as Listener[]), ...listeners] : listeners;
  }

  protected abstract listenerFailed(failure: Failure, event: readonly unknown[]): void;
}
