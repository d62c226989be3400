import {
  matchProductListHeader,
  openProductRowParser,
} from "#app/domain/collect/order-log/product-list-row.ts";
import type { ListedVariant } from "#app/domain/collect/product-facts.ts";
import { type NotedRows, requireColumns, RowNotes } from "./noted-rows.ts";
import { findRunaway, readCsv, type CsvReading } from "./read-csv.server.ts";

interface ProductList extends NotedRows {
  readonly products: readonly ListedVariant[];
}

const EXPECTED = "sku,title and optionally category,price,cost,stock,status";

/**
 * Reads a product list, CSV or gzip: `sku,title[,category,price,cost,stock,status]` in any order, or Shopify's product
 * export. A product is active unless its status says otherwise. The first row of a SKU counts.
 *
 * @param currency of prices and costs, ISO 4217
 * @throws AppError input_invalid if the file is no CSV, lacks `sku` or `title`, or has no usable row
 */
export async function readProductList(
  path: string,
  currency: string,
  options: CsvReading = {},
): Promise<ProductList> {
  const products = new Map<string, ListedVariant>();
  const noted = new RowNotes();
  let parse: ReturnType<typeof openProductRowParser> | null = null;
  await readCsv(
    path,
    (cells, line, lineCount) => {
      if (parse === null) {
        const header = requireColumns(matchProductListHeader(cells), cells, line, EXPECTED);
        parse = openProductRowParser(header, currency);
        return;
      }
      const parsed = parse(cells);
      if (!parsed.ok) {
        noted.reject(line, parsed.reason);
        return;
      }
      const { facts, flaws } = parsed.value;
      // An unused description may be long.
      const runaway = hasLineBreak(facts) ? findRunaway(line, lineCount) : null;
      if (runaway !== null || products.has(facts.key)) {
        noted.reject(line, runaway ?? { code: "row.listedBefore", values: { sku: facts.key } });
        return;
      }
      products.set(facts.key, facts);
      noted.use(line, [facts.title, facts.key], flaws);
    },
    options,
  );
  if (products.size === 0) throw noted.refuseAll(path, "it has a header only");
  return { ...noted, products: [...products.values()] };
}

function hasLineBreak({ key, title, category }: ListedVariant): boolean {
  return [key, title, category].some((text) => text.includes("\n"));
}
