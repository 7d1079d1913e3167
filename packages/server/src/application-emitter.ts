import { captureRejectionSymbol, EventEmitter } from "node:events";
import type { Failure } from "./contain.ts";

/**
 * An emitter whose `emit` means sending to peers, and whose listeners are the application's: whatever one throws, and
 * whatever its promise is rejected with, is told and goes no further.
 */
export abstract class ApplicationEmitter extends EventEmitter {
  constructor() {
    super({ captureRejections: true });
  }

  /** Calls the listeners of an event. */
  raiseEvent(event: readonly unknown[]): void {
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
