import type { RowMessage } from "#app/domain/collect/collect-messages.ts";
import type { Result } from "#app/domain/result.ts";
import type { AppError } from "#app/process/errors.ts";
import { FileRefused, refuseFile } from "./file-refused.ts";
import { tellRow } from "./read-csv.server.ts";

/** A row of the file that could not be used. */
export interface RejectedRow<R = RowMessage> {
  /** Where the row begins, counted from 1, the header included. */
  readonly line: number;
  readonly reason: R;
}

/** What was noticed while a file was read; of the rows the first few. */
export type NotedRows = Readonly<Omit<RowNotes, "reject" | "use" | "refuseAll">>;

const ROWS_SHOWN = 20;
/** What a decoder puts in place of bytes that are no UTF-8. */
const UNREADABLE = "\uFFFD";

/** Keeps count of the rows of a file that are not used, or not as they stand. */
export class RowNotes {
  rejectedCount = 0;
  readonly rejected: RejectedRow[] = [];
  /** Rows used without a value of theirs that cannot be read. */
  flawedCount = 0;
  readonly flawed: { readonly line: number; readonly flaws: readonly RowMessage[] }[] = [];
  /** Rows used although a SKU or title in them is no UTF-8: what could not be read stands there as U+FFFD. */
  garbledCount = 0;
  /** The first of them, counted from 1; 0 without any. */
  garbledLine = 0;

  /** @param count rows that go with this one */
  reject(line: number, reason: RowMessage, count = 1): void {
    this.rejectedCount += count;
    if (this.rejected.length < ROWS_SHOWN) this.rejected.push({ line, reason });
  }

  /** Notes of a row that is used what is wrong with it: its flaws, and texts that were no UTF-8. */
  use(line: number, texts: readonly string[], flaws: readonly RowMessage[] = []): void {
    if (flaws.length > 0) {
      this.flawedCount++;
      if (this.flawed.length < ROWS_SHOWN) this.flawed.push({ line, flaws });
    }
    if (!texts.some((text) => text.includes(UNREADABLE))) return;
    this.garbledLine ||= line;
    this.garbledCount++;
  }

  /** Why a file without a row that can be used is refused, in the words of its first row where it has one. */
  refuseAll(path: string, withoutRows: string): AppError {
    const first = this.rejected[0];
    const reason = first ? tellRow(first.reason) : "";
    const why = first ? `line ${first.line}: ${reason}` : withoutRows;
    const text = `${path}: no usable row (${this.rejectedCount} rejected; ${why})`;
    if (!first) return refuseFile({ code: "file.noRows", values: {} }, text);
    const message = { code: "file.noUsableRow", values: { line: first.line, reason } } as const;
    return new FileRefused({ message, row: first.reason }, text);
  }
}

/**
 * What a header that was matched says of the columns.
 *
 * @throws AppError input_invalid when it lacks some
 */
export function requireColumns<T>(header: Result<T, "missing_columns">, line: number, expected: string): T {
  if (header.ok) return header.value;
  const columns = header.detail ?? "";
  const text = `line ${line}: the header lacks ${columns}; expected ${expected}`;
  throw refuseFile({ code: "file.missingColumns", values: { columns } }, text);
}
