import { EngineError, escaped, quoted } from "@skein/engine";
import { ParserError } from "@skein/parser";
import { inspect } from "node:util";
import type { Socket } from "../api.ts";
import type { Failure } from "./safe-call.ts";
import { ServerError } from "../errors.ts";
import { nextTick } from "../runtime/timers.ts";

/** Something that the application's own code threw, or a promise of it that was rejected. */
export interface ErrorReport extends Failure {
  /** What was running. */
  readonly source: "middleware" | "listener" | "acknowledgement" | "matcher" | "adapter";
  /** Name of the namespace. */
  readonly namespace: string;
  /** The socket that it was about, if any. */
  readonly socket?: Socket;
  /** The event that was handled, if any. */
  readonly event?: string;
}

/** Told of every error in the application's own code. What it throws itself is printed. */
export type ErrorHandler = (report: ErrorReport) => void;

/** Most characters of a cause that are printed. */
const MAX_CAUSE_LENGTH = 10_000;

/**
 * A cause as it is printed, with its stack. Its message may hold what a client sent, so every line but the first is
 * indented and no other control is left: nothing in it looks like a line of its own in a log.
 */
function printed(cause: unknown): string {
  const lines = inspect(cause).slice(0, MAX_CAUSE_LENGTH).split("\n");
  return lines.map(escaped).join("\n    ");
}

/** On stderr, in one text: names in the first of several would be read as a format. */
export function print({ source, event, namespace, cause }: ErrorReport): void {
  const handled = event === undefined ? "" : ` of ${quoted(event)}`;
  // oxlint-disable-next-line no-console -- the one place, and only where no handler is set
  console.error(`[skein] ${source}${handled} in namespace ${quoted(namespace)} failed: ${printed(cause)}`);
}

/** What JavaScript, Node and Skein throw at a wrong value. */
const WRONG_VALUES = [
  TypeError,
  RangeError,
  SyntaxError,
  URIError,
  DOMException,
  ParserError,
  EngineError,
  ServerError,
];

/**
 * To the process, as if nobody had caught it: as an uncaught exception or an unhandled rejection, once what was running has
 * come to its end. Printed instead is what wrong values bring about, because values are the client's to choose.
 */
export function surface(report: ErrorReport): void {
  const { cause, rejected } = report;
  if (WRONG_VALUES.some((kind) => cause instanceof kind)) return print(report);
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- as it was, and nobody is to handle it
  if (rejected) void Promise.reject(cause);
  else
    nextTick(() => {
      throw cause;
    });
}

/**
 * Makes the stack of an error a text. Until that is done for the first time, an error refers to all that the
 * functions on its stack refer to, the client's packet among it, and an application may keep errors.
 */
function detachStack(cause: unknown): void {
  if (cause instanceof Error) Reflect.get(cause, "stack");
}

/** Where errors of the application's own code end, once each: with the handler that was set, or else with the usual one. */
export class ErrorReports {
  readonly #usual: ErrorHandler;
  #handler: ErrorHandler;

  constructor(usual: ErrorHandler) {
    this.#usual = usual;
    this.#handler = usual;
  }

  handleWith(handler: ErrorHandler | undefined): void {
    this.#handler = handler ?? this.#usual;
  }

  report(report: ErrorReport): void {
    try {
      detachStack(report.cause);
      this.#handler(report);
    } catch (error) {
      print(report);
      print({ ...report, cause: error, rejected: false });
    }
  }
}
