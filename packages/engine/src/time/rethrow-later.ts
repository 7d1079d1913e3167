import { nextTick } from "./timers.ts";

/**
 * Throws an error of the application where the process sees it as uncaught, and not into the middle of the engine's
 * own work, which goes on.
 */
export function rethrowLater(error: unknown): void {
  nextTick(() => {
    throw error;
  });
}

/** Calls code that is the application's: what it throws reaches the process as uncaught, and its caller goes on. */
export function callContained(call: () => unknown): void {
  try {
    call();
  } catch (error) {
    rethrowLater(error);
  }
}
