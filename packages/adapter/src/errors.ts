/** Error codes of this package with their default messages. */
export const ADAPTER_ERRORS = {
  INVALID_OPTION: "invalid option",
} as const satisfies Record<string, string>;

export type AdapterErrorCode = keyof typeof ADAPTER_ERRORS;

/** The only error class of this package. `code` identifies the error. */
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
