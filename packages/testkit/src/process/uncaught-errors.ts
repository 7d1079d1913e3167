import { expect, onTestFinished } from "vitest";
import { Arrivals } from "../arrivals.ts";

/**
 * Collects the uncaught errors of the process until the test has ended; the test must take all of
 * them. Only for tests that run sequentially.
 */
export function uncaughtErrors(): Arrivals<unknown> {
  const errors = new Arrivals<unknown>();
  const usual = process.listeners("uncaughtException");
  const hear = (error: unknown): void => errors.push(error);
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", hear);
  onTestFinished(() => {
    process.off("uncaughtException", hear);
    for (const listener of usual) process.on("uncaughtException", listener);
    expect(errors.pending).toEqual([]);
  });
  return errors;
}
