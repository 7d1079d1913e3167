import { expect, onTestFinished } from "vitest";
import { Arrivals } from "../arrivals.ts";

/**
 * What reaches the process as uncaught, from now until the test has ended: the test has to take every one of them. For
 * tests that run one after the other.
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
