/**
 * All errors of this package. Side `application`: the program that uses it must change something.
 */
export const ADAPTER_ERRORS = {
  INVALID_OPTION: { side: "application", message: "invalid option" },
} as const satisfies Record<string, { side: "application" | "peer"; message: string }>;

export type AdapterErrorCode = keyof typeof ADAPTER_ERRORS;

/** The only error class of this package. `code` identifies the error. */
export class AdapterError extends Error {
  override readonly name = "AdapterError";
  readonly code: AdapterErrorCode;

  constructor(
    code: AdapterErrorCode,
    message: string = ADAPTER_ERRORS[code].message,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.code = code;
  }

  /** The side that must change something: this program or the peer. */
  get side(): "application" | "peer" {
    return ADAPTER_ERRORS[this.code].side;
  }
}
