import { EngineError } from "./errors.ts";
import { MAX_TIMER_MS } from "./time/clock.ts";
import { quoted } from "./escaped.ts";

/** The bounds of a number, and its unit for the message. */
export interface Bounds {
  readonly least: number;
  readonly most?: number;
  readonly unit?: string;
}

/** Creates the error for a refused value. */
export type Refuse = (message: string, cause?: unknown) => Error;

function nameOfClass(value: object): string | undefined {
  const made: unknown = Reflect.get(value, "constructor");
  return typeof made === "function" && made !== Object && made.name !== "" ? made.name : undefined;
}

/** Describes an unexpected value for a message: escaped, and cut to a maximum length. */
export function shown(value: unknown): string {
  if (typeof value === "string") return `the text ${quoted(value)}`;
  if (typeof value === "function") return `the function ${quoted(value.name)}`;
  if (Array.isArray(value)) return "a list";
  if (typeof value !== "object" || value === null) return String(value);
  const name = nameOfClass(value);
  return name === undefined ? "an object" : `an object of the class ${quoted(name)}`;
}

/**
 * Returns a message with the name of an option or a call, the expected and the actual value, and
 * advice.
 */
export function expectation(name: string, expected: string, value: unknown, advice = ""): string {
  return `${name} must be ${expected}, not ${shown(value)}.${advice && ` ${advice}`}`;
}

function inWords({ least, most = Infinity, unit }: Bounds): string {
  const range = most === Infinity ? `a number of at least ${least}` : `a number from ${least} to ${most}`;
  return unit === undefined ? range : `${range} (${unit})`;
}

function isNumeric(value: unknown): boolean {
  return typeof value === "string" && value.trim() !== "" && !Number.isNaN(Number(value));
}

/** Whether a value is an object other than null, an array or a function. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Checks of option values. Each returns the effective value, or throws the error that `refuse`
 * creates.
 */
export class OptionChecks {
  readonly #refuse: Refuse;

  constructor(refuse: Refuse) {
    this.#refuse = refuse;
  }

  /** Returns the error for a refused value. */
  refusal(name: string, expected: string, value: unknown, advice?: string, cause?: unknown): Error {
    return this.#refuse(expectation(name, expected, value, advice), cause);
  }

  /** A flag that every falsy value turns off. */
  flag(name: string, value: unknown): boolean {
    if (!value) return false;
    if (value === true) return true;
    throw this.refusal(name, "true or false", value);
  }

  /** A flag that only `false` turns off. */
  unlessFalse(name: string, value: unknown): boolean {
    if (!value || value === true) return value !== false;
    throw this.refusal(name, "true or false", value);
  }

  number(name: string, value: unknown, bounds: Bounds): number {
    const { least, most = Infinity } = bounds;
    if (typeof value === "number" && value >= least && value <= most) return value;
    const advice = isNumeric(value) ? "Convert it with Number()." : undefined;
    throw this.refusal(name, inWords(bounds), value, advice);
  }

  /** Milliseconds that a timer supports. */
  time(name: string, value: unknown, least = 0): number {
    return this.number(name, value, { least, most: MAX_TIMER_MS, unit: "milliseconds" });
  }

  /** A path with a leading slash; undefined if a falsy value selects the default. */
  path(name: string, value: unknown): string | undefined {
    if (!value) return undefined;
    if (typeof value !== "string" || /[?#\s]/.test(value))
      throw this.refusal(name, "the path of a URL, such as /socket.io", value);
    return value.startsWith("/") ? value : `/${value}`;
  }
}

/** The checks of this package. */
export const checks = new OptionChecks(
  (message, cause) => new EngineError("INVALID_OPTION", message, cause === undefined ? undefined : { cause }),
);
