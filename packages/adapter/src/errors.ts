/** Every error of this package, and what it means. */
export const ADAPTER_ERRORS = {
  INVALID_OPTION: "invalid option",
} as const satisfies Record<string, string>;

export type AdapterErrorCode = keyof typeof ADAPTER_ERRORS;

/** The one error class of this package. `code` says what happened. */
export class AdapterError extends Error {
  override readonly name = "AdapterError";
  readonly code: AdapterErrorCode;

  constructor(
    code: AdapterErrorCode,
    message: string = ADAPTER_ERRORS[code],
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.code = code;
  }
}
