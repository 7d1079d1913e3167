import { nextTick } from "./timers.ts";

/**
 * Throws an error of the application later, as an uncaught exception, so that the engine's own work
 * continues.
 */
export function rethrowLater(error: unknown): void {
  nextTick(() => {
    throw error;
  });
}

/**
 * Calls code of the application. Its exceptions become uncaught exceptions, and the caller
 * continues.
 */
export function safeCall(call: () => unknown): void {
  try {
    call();
  } catch (error) {
    rethrowLater(error);
  }
}
