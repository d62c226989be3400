import {
  matchProductListHeader,
  openProductRowParser,
} from "#app/domain/collect/order-log/product-list-row.ts";
import type { RowMessage } from "#app/domain/collect/collect-messages.ts";
import type { ListedVariant } from "#app/domain/collect/product-facts.ts";
import { AppError } from "#app/process/errors.ts";
import { findRunaway, readCsv, type CsvReading } from "./read-csv.server.ts";
import type { RejectedRow } from "./read-order-log.server.ts";

/** A row that was used without some of its cells. */
export interface FlawedRow {
  /** Where the row begins, counted from 1, the header included. */
  readonly line: number;
  readonly flaws: readonly RowMessage[];
}

interface ProductList {
  readonly products: readonly ListedVariant[];
  readonly rejectedCount: number;
  /** The first of them, at most `ROWS_SHOWN`. */
  readonly rejected: readonly RejectedRow[];
  /** Rows used without a value of theirs that cannot be read. */
  readonly flawedCount: number;
  /** The first of them, at most `ROWS_SHOWN`. */
  readonly flawed: readonly FlawedRow[];
  /** Rows used although a SKU or title in them is no UTF-8: what could not be read stands there as U+FFFD. */
  readonly garbledCount: number;
  /** The first of them, counted from 1; 0 without any. */
  readonly garbledLine: number;
}

const ROWS_SHOWN = 20;
/** What a decoder puts in place of bytes that are no UTF-8. */
const UNREADABLE = "\uFFFD";

/**
 * Reads a product list, CSV or gzip: `sku,title[,category,price,cost,stock,status]` in any order, or Shopify's product
 * export. A product is active unless its status says otherwise. A SKU listed twice keeps its first row.
 *
 * @param currency of prices and costs, ISO 4217
 * @throws AppError input_invalid when the file is no CSV, lacks `sku` or `title`, or has no usable row
 */
export async function readProductList(
  path: string,
  currency: string,
  options: CsvReading = {},
): Promise<ProductList> {
  const products = new Map<string, ListedVariant>();
  const [rejected, flawed]: [RejectedRow[], FlawedRow[]] = [[], []];
  let [rejectedCount, flawedCount, garbledCount, garbledLine] = [0, 0, 0, 0];
  let parse: ReturnType<typeof openProductRowParser> | null = null;
  const reject = (line: number, reason: RowMessage) => {
    rejectedCount++;
    if (rejected.length < ROWS_SHOWN) rejected.push({ line, reason });
  };
  await readCsv(
    path,
    (cells, line, lineCount) => {
      if (parse === null) {
        parse = openParser(cells, line, currency);
        return;
      }
      const parsed = parse(cells);
      if (!parsed.ok) {
        reject(line, parsed.reason);
        return;
      }
      const { facts, flaws } = parsed.value;
      // A description, which is not used, may be long.
      const runaway = hasLineBreak(facts) ? findRunaway(line, lineCount) : null;
      if (runaway !== null || products.has(facts.key)) {
        reject(line, runaway ?? { code: "row.listedBefore", values: { sku: facts.key } });
        return;
      }
      products.set(facts.key, facts);
      if (flaws.length > 0) {
        flawedCount++;
        if (flawed.length < ROWS_SHOWN) flawed.push({ line, flaws });
      }
      if (facts.title.includes(UNREADABLE) || facts.key.includes(UNREADABLE)) {
        garbledLine ||= line;
        garbledCount++;
      }
    },
    options,
  );
  if (products.size === 0) throw new AppError("input_invalid", `${path}: no usable product`, false);
  return {
    products: [...products.values()],
    ...{ rejectedCount, rejected, flawedCount, flawed, garbledCount, garbledLine },
  };
}

function openParser(cells: readonly string[], line: number, currency: string) {
  const header = matchProductListHeader(cells);
  if (header.ok) return openProductRowParser(header.value, currency);
  throw new AppError(
    "input_invalid",
    `line ${line}: the header lacks ${header.detail}; expected sku,title and optionally ` +
      "category,price,cost,stock,status",
    false,
  );
}

function hasLineBreak({ key, title, category }: ListedVariant): boolean {
  return [key, title, category].some((text) => text.includes("\n"));
}
