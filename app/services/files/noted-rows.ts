import type { RowMessage } from "#app/domain/collect/collect-messages.ts";
import { findDoubled } from "#app/domain/collect/order-log/order-log-columns.ts";
import type { Result } from "#app/domain/result.ts";
import type { AppError } from "#app/process/errors.ts";
import { FileRefused, refuseFile } from "./file-refused.ts";
import { tellRow } from "./read-csv.server.ts";

/** A row of the file that cannot be used. */
export interface RejectedRow<R = RowMessage> {
  /** First line of the row, counted from 1 with the header. */
  readonly line: number;
  readonly reason: R;
}

/** Problems noticed while reading a file; of the rows, the first few. */
export type NotedRows = Readonly<Omit<RowNotes, "reject" | "use" | "refuseAll">>;

const ROWS_SHOWN = 20;
/** The decoder's replacement for bytes that are not UTF-8. */
const UNREADABLE = "\uFFFD";

/** Counts the rows of a file that are not used, or not as they are. */
export class RowNotes {
  rejectedCount = 0;
  readonly rejected: RejectedRow[] = [];
  /** Rows used without an unreadable value. */
  flawedCount = 0;
  readonly flawed: { readonly line: number; readonly flaws: readonly RowMessage[] }[] = [];
  /** Rows used with a SKU or title that is not UTF-8; U+FFFD replaces the unreadable bytes. */
  garbledCount = 0;
  /** Line of the first of them, counted from 1; 0 without one. */
  garbledLine = 0;

  /** @param count rows rejected together with this one */
  reject(line: number, reason: RowMessage, count = 1): void {
    this.rejectedCount += count;
    if (this.rejected.length < ROWS_SHOWN) this.rejected.push({ line, reason });
  }

  /** Notes the problems of a row that is used: its flaws, and texts that are not UTF-8. */
  use(line: number, texts: readonly string[], flaws: readonly RowMessage[] = []): void {
    if (flaws.length > 0) {
      this.flawedCount++;
      if (this.flawed.length < ROWS_SHOWN) this.flawed.push({ line, flaws });
    }
    if (!texts.some((text) => text.includes(UNREADABLE))) return;
    this.garbledLine ||= line;
    this.garbledCount++;
  }

  /** Why a file without a usable row is refused; with the reason of its first row, if any. */
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
 * The columns of a matched header.
 *
 * @throws AppError input_invalid if some are missing, or one is there twice
 */
export function requireColumns<T extends { readonly at: Readonly<Record<string, number>> }>(
  header: Result<T, "missing_columns">,
  names: readonly string[],
  line: number,
  expected: string,
): T {
  if (header.ok) {
    const column = findDoubled(names, Object.values(header.value.at));
    if (column === null) return header.value;
    const text = `line ${line}: the header has "${column}" twice; delete one of these columns`;
    throw refuseFile({ code: "file.doubledColumn", values: { column } }, text);
  }
  const columns = header.detail ?? "";
  const text = `line ${line}: the header lacks ${columns}; expected ${expected}`;
  throw refuseFile({ code: "file.missingColumns", values: { columns } }, text);
}
