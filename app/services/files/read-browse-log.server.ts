import { matchBrowseLogHeader, parseBrowseRow } from "#app/domain/collect/order-log/browse-log-row.ts";
import { AppError } from "#app/process/errors.ts";
import { findRunaway, readCsv, type CsvReading, tellRow } from "./read-csv.server.ts";
import type { RejectedRow } from "./read-order-log.server.ts";

/** Views of products in columns, in the order of the file. */
export interface BrowseLog {
  /** [views] number of the session id, from 0. */
  readonly visitor: readonly number[];
  /** [views] milliseconds since 1970 UTC. */
  readonly atMs: readonly number[];
  /** [views] index into `skus`. */
  readonly sku: readonly number[];
  readonly skus: readonly string[];
  readonly rejectedCount: number;
  /** The first of them, at most `REJECTED_SHOWN`; lines count from 1, the header included. */
  readonly rejected: readonly RejectedRow[];
}

const REJECTED_SHOWN = 20;

/**
 * Reads a browsing log, CSV or gzip: `session_id,ts,sku[,kind]` in any order, `visitor` for `session_id`. Events that
 * are no view of a product are passed over; a row that cannot be used is counted with its line and reason.
 *
 * @throws AppError input_invalid when the file is no CSV, lacks columns, or has no usable row
 */
export async function readBrowseLog(path: string, options: CsvReading = {}): Promise<BrowseLog> {
  const visitors = new Map<string, number>();
  const skus = new Map<string, number>();
  const [visitor, atMs, sku]: [number[], number[], number[]] = [[], [], []];
  const rejected: RejectedRow[] = [];
  let rejectedCount = 0;
  let at: Parameters<typeof parseBrowseRow>[0] | null = null;
  await readCsv(
    path,
    (cells, line, lineCount) => {
      if (at === null) {
        const header = matchBrowseLogHeader(cells);
        if (!header.ok) {
          throw new AppError(
            "input_invalid",
            `line ${line}: the header lacks ${header.detail}; expected session_id,ts,sku (kind optional)`,
            false,
          );
        }
        at = header.value;
        return;
      }
      const runaway = findRunaway(line, lineCount);
      const parsed = runaway === null ? parseBrowseRow(at, cells) : { ok: false as const, reason: runaway };
      if (parsed === null) return;
      if (parsed.ok) {
        visitor.push(numberOf(visitors, parsed.value.visitor));
        atMs.push(parsed.value.atMs);
        sku.push(numberOf(skus, parsed.value.sku));
        return;
      }
      rejectedCount++;
      if (rejected.length < REJECTED_SHOWN) rejected.push({ line, reason: parsed.reason });
    },
    options,
  );
  if (at === null) throw new AppError("input_invalid", `${path}: the file is empty`, false);
  if (atMs.length === 0) {
    const first = rejected[0];
    const why = first ? `; line ${first.line}: ${tellRow(first.reason)}` : "; it has no look at a product";
    throw new AppError("input_invalid", `${path}: no usable row (${rejectedCount} rejected${why})`, false);
  }
  return { visitor, atMs, sku, skus: [...skus.keys()], rejectedCount, rejected };
}

/** The number of a text, given out in order of first sight. */
function numberOf(numbers: Map<string, number>, text: string): number {
  const known = numbers.get(text);
  if (known !== undefined) return known;
  numbers.set(text, numbers.size);
  return numbers.size - 1;
}
