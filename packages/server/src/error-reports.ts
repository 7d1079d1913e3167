import type { Socket } from "./api.ts";

/** Something that the application's own code threw, or a promise of it that was rejected. */
export interface ErrorReport {
  /** What was running. */
  readonly source: "middleware" | "listener" | "acknowledgement" | "matcher" | "adapter";
  /** Name of the namespace. */
  readonly namespace: string;
  /** The socket that it was about, if any. */
  readonly socket?: Socket;
  /** The event that was handled, if any. */
  readonly event?: string;
  /** What was thrown. */
  readonly cause: unknown;
}

/** Told of every error in the application's own code. What it throws itself is printed. */
export type ErrorHandler = (report: ErrorReport) => void;

function print(report: ErrorReport): void {
  const event = report.event === undefined ? "" : ` of "${report.event}"`;
  // oxlint-disable-next-line no-console -- the one place, and only for those who set no handler
  console.error(`[skein] ${report.source}${event} in namespace ${report.namespace} failed:`, report.cause);
}

/** Where errors of the application's own code end: with the handler that was set, or else on stderr, once each. */
export class ErrorReports {
  #handler: ErrorHandler = print;

  handleWith(handler: ErrorHandler | undefined): void {
    this.#handler = handler ?? print;
  }

  report(report: ErrorReport): void {
    try {
      this.#handler(report);
    } catch (error) {
      print(report);
      print({ ...report, cause: error });
    }
  }
}
