export type AppErrorCode =
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
