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
  /** Whether the same call may succeed later; the worker gives up at once on those that cannot. */
  readonly isRetryable: boolean;

  constructor(code: AppErrorCode, message: string, isRetryable: boolean, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.isRetryable = isRetryable;
  }
}

/** A mistake in what somebody typed, sent or set: told on one line, and the same however often it is tried again. */
export function inputError(message: string, cause?: unknown): AppError {
  return new AppError("input_invalid", message, false, cause === undefined ? undefined : { cause });
}

/** A failure that the operating system tells, such as a full disk; not a mistake of the code. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "errno" in error && "code" in error;
}

/** Why something failed, on one line. */
export function reasonOf(error: unknown): string {
  // A host with two addresses fails with an AggregateError whose own message is empty.
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  const { code, message } = error as { code?: string; message?: string };
  return message || code || String(error);
}

/** A service's address without user, password and options, fit for a log. */
export function withoutPassword(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
