type AppErrorCode =
  | "shopify_user_error"
  | "shopify_throttled"
  | "shopify_unreachable"
  | "database_down"
  | "queue_down"
  | "model_missing"
  | "config_invalid"
  | "input_invalid";

/** A failure at the edge of the app. Expected domain outcomes are `Result`s, not errors. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: AppErrorCode;
  /** Whether a retry can succeed; the worker gives up at once if not. */
  readonly isRetryable: boolean;

  constructor(code: AppErrorCode, message: string, isRetryable: boolean, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.isRetryable = isRetryable;
  }
}

/** A mistake in input or configuration: a one-line message, not retryable. */
export function inputError(message: string, cause?: unknown): AppError {
  return new AppError("input_invalid", message, false, cause === undefined ? undefined : { cause });
}

/** An error of the operating system, such as a full disk; not a bug. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "errno" in error && "code" in error;
}

/** The reason of an error, on one line. */
export function reasonOf(error: unknown): string {
  // A host with two addresses fails with an AggregateError that has an empty message.
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  const { code, message } = error as { code?: string; message?: string };
  return message || code || String(error);
}

/** The address of a service without user, password and options, safe to log. */
export function withoutPassword(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
