import { EngineError, escaped, quoted } from "@skein/engine";
import { ParserError } from "@skein/parser";
import { inspect } from "node:util";
import type { Socket } from "../api.ts";
import type { Failure } from "./safe-call.ts";
import { ServerError } from "../errors.ts";
import { nextTick } from "../runtime/timers.ts";

/** An error that the application's code threw, or that a promise of it was rejected with. */
export interface ErrorReport extends Failure {
  /** The kind of code that failed. */
  readonly source: "middleware" | "listener" | "acknowledgement" | "matcher" | "adapter";
  /** Name of the namespace. */
  readonly namespace: string;
  /** The socket concerned, if any. */
  readonly socket?: Socket;
  /** Name of the event being handled, if any. */
  readonly event?: string;
}

/** Called with every error of the application's code. Errors that it throws are printed. */
export type ErrorHandler = (report: ErrorReport) => void;

/** Maximum number of characters of a cause that are printed. */
const MAX_CAUSE_LENGTH = 10_000;

/**
 * Formats a cause with its stack. The message may contain client input, so control characters are
 * escaped and every line but the first is indented: it can't forge a log line.
 */
function printed(cause: unknown): string {
  const lines = inspect(cause).slice(0, MAX_CAUSE_LENGTH).split("\n");
  return lines.map(escaped).join("\n    ");
}

/**
 * Prints to stderr as a single argument: `console.error` would use a name in the first of several
 * arguments as a format string.
 */
export function print({ source, event, namespace, cause }: ErrorReport): void {
  const handled = event === undefined ? "" : ` of ${quoted(event)}`;
  // oxlint-disable-next-line no-console -- the one place, and only where no handler is set
  console.error(`[skein] ${source}${handled} in namespace ${quoted(namespace)} failed: ${printed(cause)}`);
}

/** Error classes that JavaScript, Node.js and Skein use for invalid values. */
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
 * Passes an error to the process, as an uncaught exception or an unhandled rejection, after the
 * current call stack has ended. Errors about invalid values are printed instead, because clients
 * choose the values.
 */
export function surface(report: ErrorReport): void {
  const { cause, rejected } = report;
  if (WRONG_VALUES.some((kind) => cause instanceof kind)) return print(report);
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- rethrown as it was
  if (rejected) void Promise.reject(cause);
  else
    nextTick(() => {
      throw cause;
    });
}

/**
 * Formats the stack of an error. Until the first access, an error holds references to everything
 * its stack frames refer to, such as the client's packet, and applications may retain errors.
 */
function detachStack(cause: unknown): void {
  if (cause instanceof Error) Reflect.get(cause, "stack");
}

/**
 * Passes each error of the application's code once to the configured handler, or else to the
 * default handler.
 */
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
