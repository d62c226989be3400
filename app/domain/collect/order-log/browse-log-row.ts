import type { Result } from "#app/domain/result.ts";
import { BROWSE_KINDS } from "#app/domain/collect/browse-event.ts";
import type { RowResult } from "#app/domain/collect/collect-messages.ts";
import { findColumns } from "./order-log-columns.ts";
import { parseInstantMs } from "./parse-instant.ts";

/** Column names of a browsing log; case, spaces and underscores are ignored. */
const COLUMNS = {
  visitor: ["session_id", "visitor"],
  viewedAt: ["ts"],
  sku: ["sku"],
  kind: ["kind"],
} as const;

type BrowseLogColumn = keyof typeof COLUMNS;

interface BrowseLogHeader {
  /** Index of each column in a row; `kind` is -1 if the file lacks it. */
  readonly at: Readonly<Record<BrowseLogColumn, number>>;
}

interface ProductView {
  /** Session id or visitor: one person's views over any time. */
  readonly visitor: string;
  readonly atMs: number;
  readonly sku: string;
}

/** Kinds of event in which a shopper looks at one product. */
const VIEW_KINDS: ReadonlySet<string> = new Set(["product_viewed", "product_added_to_cart"]);
const KNOWN_KINDS: ReadonlySet<string> = new Set(BROWSE_KINDS);

/**
 * Recognises a browsing log by its header, columns in any order.
 *
 * @param names the cells of the file's first row
 * @returns reason "missing_columns" with the missing names in `detail`
 */
export function matchBrowseLogHeader(names: readonly string[]): Result<BrowseLogHeader, "missing_columns"> {
  const at = findColumns<BrowseLogColumn>(names, COLUMNS);
  const missing = (["visitor", "viewedAt", "sku"] as const).filter((column) => at[column] === -1);
  if (missing.length === 0) return { ok: true, value: { at } };
  const detail = missing.map((column) => COLUMNS[column].join(" or ")).join(", ");
  return { ok: false, reason: "missing_columns", detail };
}

/**
 * Parses one row of a browsing log. A row without a kind is a product view.
 *
 * @returns null for an event that is not a product view, such as a search; otherwise the view, or why it is refused
 */
export function parseBrowseRow(
  { at }: BrowseLogHeader,
  cells: readonly string[],
): RowResult<ProductView> | null {
  const cell = (column: BrowseLogColumn) => (cells[at[column]] ?? "").trim();
  const kind = cell("kind").toLowerCase();
  if (kind !== "" && !VIEW_KINDS.has(kind)) {
    if (KNOWN_KINDS.has(kind)) return null;
    const values = { column: "kind", cell: kind.slice(0, 40) };
    return { ok: false, reason: { code: "row.notView", values } };
  }
  const visitor = cell("visitor");
  if (visitor === "") return { ok: false, reason: { code: "row.noSession", values: {} } };
  const viewedAt = cell("viewedAt");
  const atMs = parseInstantMs(viewedAt);
  if (atMs === null) {
    const values = { column: "ts", cell: viewedAt.slice(0, 40) };
    return { ok: false, reason: { code: "row.notInstant", values } };
  }
  const sku = cell("sku");
  if (sku === "") return { ok: false, reason: { code: "row.noSku", values: {} } };
  return { ok: true, value: { visitor, atMs, sku } };
}
