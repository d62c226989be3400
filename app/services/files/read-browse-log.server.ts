import { openTextIndex } from "#app/domain/collect/order-lines.ts";
import { matchBrowseLogHeader, parseBrowseRow } from "#app/domain/collect/order-log/browse-log-row.ts";
import { type NotedRows, requireColumns, RowNotes } from "./noted-rows.ts";
import { findRunaway, readCsv, type CsvReading } from "./read-csv.server.ts";

/** Product views in columns, in the order of the file. */
export interface BrowseLog extends NotedRows {
  /** [views] number of the session id, from 0. */
  readonly visitor: readonly number[];
  /** [views] milliseconds since 1970 UTC. */
  readonly atMs: readonly number[];
  /** [views] index into `skus`. */
  readonly sku: readonly number[];
  readonly skus: readonly string[];
}

const EXPECTED = "session_id,ts,sku (kind optional)";

/**
 * Reads a browsing log, CSV or gzip: `session_id,ts,sku[,kind]` in any order, `visitor` for `session_id`. Skips events
 * other than product views, and counts unusable rows with line and reason.
 *
 * @throws AppError input_invalid if the file is no CSV, lacks columns, or has no usable row
 */
export async function readBrowseLog(path: string, options: CsvReading = {}): Promise<BrowseLog> {
  const [visitors, skus] = [openTextIndex(), openTextIndex()];
  const [visitor, atMs, sku]: [number[], number[], number[]] = [[], [], []];
  const noted = new RowNotes();
  let header: Parameters<typeof parseBrowseRow>[0] | null = null;
  await readCsv(
    path,
    (cells, line, lineCount) => {
      if (header === null) {
        header = requireColumns(matchBrowseLogHeader(cells), cells, line, EXPECTED);
        return;
      }
      const runaway = findRunaway(line, lineCount);
      const parsed =
        runaway === null ? parseBrowseRow(header, cells) : { ok: false as const, reason: runaway };
      if (parsed === null) return;
      if (parsed.ok) {
        visitor.push(visitors.add(parsed.value.visitor));
        atMs.push(parsed.value.atMs);
        sku.push(skus.add(parsed.value.sku));
        return;
      }
      noted.reject(line, parsed.reason);
    },
    options,
  );
  if (atMs.length === 0) throw noted.refuseAll(path, "it has no look at a product");
  return { ...noted, visitor, atMs, sku, skus: skus.texts };
}
