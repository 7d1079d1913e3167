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
