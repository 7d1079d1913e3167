import { captureRejectionSymbol, EventEmitter } from "node:events";
import type { Failure } from "./contain.ts";

const CAPTURING = { captureRejections: true };

/**
 * An emitter whose `emit` means sending to peers, and whose listeners are the application's: whatever one throws, and
 * whatever its promise is rejected with, is told and goes no further.
 */
export abstract class ApplicationEmitter extends EventEmitter {
  constructor() {
    super(CAPTURING);
  }

  /** Calls the listeners of an event. One named `error` that nobody listens to is nothing special: peers may send it. */
  raiseEvent(event: readonly unknown[]): void {
    if (this.listenerCount(event[0] as string) === 0) return;
    try {
      EventEmitter.prototype.emit.call(this, ...(event as [string, ...unknown[]]));
    } catch (cause) {
      this.listenerFailed({ cause, rejected: false }, event);
    }
  }

  /** Node calls this when a listener's promise is rejected. */
  override [captureRejectionSymbol](cause: Error, ...event: unknown[]): void {
    this.listenerFailed({ cause, rejected: true }, event);
  }

  protected abstract listenerFailed(failure: Failure, event: readonly unknown[]): void;
}
