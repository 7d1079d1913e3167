import { errorMonitor } from "node:events";
import { ClassEmitter } from "./class-emitter.ts";
import { type Failure, type FailureListener, watchPromise } from "./safe-call.ts";

type Listener = (...args: unknown[]) => unknown;

/**
 * An emitter whose `emit` sends to peers and whose listeners belong to the application. Errors and
 * promise rejections of listeners are reported and not propagated.
 */
export abstract class ApplicationEmitter extends ClassEmitter {
  /**
   * Calls the listeners of an event. An `error` event without listeners is not thrown, because
   * peers may send an event of that name.
   */
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
