import { expectation, isObject, MAX_TIMER_MS } from "@skein/engine";
import { ServerError } from "../errors.ts";

/** Throws `INVALID_ARGUMENT` with a message built by `expectation`. */
export function refuse(subject: string, expected: string, value: unknown, advice?: string): never {
  throw new ServerError("INVALID_ARGUMENT", expectation(subject, expected, value, advice));
}

/** Throws `INVALID_ARGUMENT` unless the value is a function. */
export function requireFunction(subject: string, value: unknown): void {
  if (typeof value !== "function") refuse(subject, "a function", value);
}

/** Throws `INVALID_ARGUMENT` unless the options are an object. */
export function requireOptions(call: string, value: unknown): void {
  if (!isObject(value))
    refuse(`The options given to ${call}`, "an object", value, "Leave them out for the defaults.");
}

const TIME_ADVICE = 'Five seconds are timeout(5000), not timeout("5s").';

/**
 * Checks the argument (ms) of `timeout()`; undefined means no timeout. Throws `INVALID_ARGUMENT`
 * for values that are not a time.
 */
export function acknowledgementTime(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const isTime = typeof value === "number" || typeof value === "string" || !value;
  const milliseconds = isTime ? Number(value) : Number.NaN;
  if (Number.isNaN(milliseconds))
    refuse("The time given to timeout()", "a number of milliseconds", value, TIME_ADVICE);
  return Math.min(milliseconds, MAX_TIMER_MS);
}
