import type { FlawedRow } from "#app/services/files/read-product-list.server.ts";
import type { RejectedRow } from "#app/services/files/read-order-log.server.ts";
import { tellRow } from "#app/services/files/read-csv.server.ts";
import type { CommandContext } from "./command-line.ts";

const SHOWN = 5;

/** What was noticed while a file was read. */
interface ReadRows {
  readonly rejectedCount: number;
  readonly rejected: readonly RejectedRow[];
  /** Rows used without a value of theirs. */
  readonly flawedCount?: number;
  readonly flawed?: readonly FlawedRow[];
  readonly garbledCount?: number;
  readonly garbledLine?: number;
}

/**
 * Says on stderr, a line each, how many rows of a file were not used, were used in part, or are not UTF-8, and where the
 * first ones are; nothing when all is well.
 */
export function warnOfRows(
  { warn }: Pick<CommandContext, "warn">,
  path: string,
  { rejectedCount, rejected, flawedCount = 0, flawed = [], garbledCount = 0, garbledLine = 0 }: ReadRows,
): void {
  if (rejectedCount > 0) {
    const rows = rejected.map(({ line, reason }) => `line ${line}: ${tellRow(reason)}`);
    warn(`${path}: ${rejectedCount} rows not used (${show(rows, rejectedCount)})`);
  }
  if (flawedCount > 0) {
    const rows = flawed.map(({ line, flaws }) => `line ${line}: ${flaws.map(tellRow).join(", ")}`);
    warn(
      `${path}: ${flawedCount} rows used without a value that cannot be read (${show(rows, flawedCount)})`,
    );
  }
  if (garbledCount > 0)
    warn(
      `${path}: ${garbledCount} rows are not UTF-8 (the first is line ${garbledLine}): ` +
        "what could not be read stands as \uFFFD, and SKUs that differ only there are taken for one",
    );
}

function show(rows: readonly string[], count: number): string {
  const shown = rows.slice(0, SHOWN);
  return `${shown.join("; ")}${count > shown.length ? "; …" : ""}`;
}
