import type { FileMessage, RowMessage } from "#app/domain/collect/collect-messages.ts";
import { AppError } from "#app/process/errors.ts";

/** Why a file is refused whole, for the page of whoever sent it. */
export interface FileRefusal {
  readonly message: FileMessage;
  /** What is wrong with the row that the message is of; told in the reader's language in place of its `reason`. */
  readonly row?: RowMessage | undefined;
}

/** The failure of a file that is refused; its text is for the command line. */
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
