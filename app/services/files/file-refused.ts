import type { FileMessage, RowMessage } from "#app/domain/collect/collect-messages.ts";
import { AppError } from "#app/process/errors.ts";

/** Why a whole file is refused, for the page of the sender. */
export interface FileRefusal {
  readonly message: FileMessage;
  /** Problem of the row that the message is about; replaces its `reason`, in the reader's language. */
  readonly row?: RowMessage | undefined;
}

/** The error of a refused file; its text is for the command line. */
export class FileRefused extends AppError {
  readonly refusal: FileRefusal;

  constructor(refusal: FileRefusal, text: string, cause?: unknown) {
    super("input_invalid", text, false, cause === undefined ? undefined : { cause });
    this.refusal = refusal;
  }
}

export function refuseFile(message: FileMessage, text: string, cause?: unknown): FileRefused {
  return new FileRefused({ message }, text, cause);
}
