import { AppError } from "#app/process/errors.ts";

/** A mistake of the person at the keyboard or in their file: one line, exit code 2. */
export function inputError(message: string, cause?: unknown): AppError {
  return new AppError("input_invalid", message, false, cause === undefined ? undefined : { cause });
}

/** A failure that the operating system tells, such as a full disk; not a mistake of the code. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "errno" in error && "code" in error;
}
