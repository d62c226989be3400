import { parseMinor } from "#app/domain/money.ts";
import type { ProductFacts } from "#app/domain/prepare/open-items.ts";
import { AppError } from "#app/errors.ts";
import { readCsv, type CsvReading } from "./read-csv.server.ts";

interface ProductList {
  readonly products: readonly ProductFacts[];
  readonly rejectedCount: number;
  readonly rejected: readonly { readonly line: number; readonly reason: string }[];
}

const REJECTED_SHOWN = 20;

/** Accepted names of each column, lower case. */
const COLUMNS = {
  sku: ["sku", "variant sku"],
  title: ["title"],
  category: ["category", "categories", "type", "product category"],
  price: ["price", "variant price"],
  cost: ["cost", "cost per item"],
  stock: ["stock", "variant inventory qty"],
  status: ["status"],
} as const;

/**
 * Reads a product list, CSV or gzip: `sku,title[,category,price,cost,stock,status]` in any order. A product is
 * active unless its status says otherwise. A SKU listed twice keeps its first row.
 *
 * @param currency of prices and costs, ISO 4217
 * @throws AppError input_invalid when the file is no CSV, lacks `sku` or `title`, or has no usable row
 */
export async function readProductList(
  path: string,
  currency: string,
  options: CsvReading = {},
): Promise<ProductList> {
  const products = new Map<string, ProductFacts>();
  const rejected: { line: number; reason: string }[] = [];
  let rejectedCount = 0;
  let at: Record<keyof typeof COLUMNS, number> | null = null;
  await readCsv(
    path,
    (cells, line) => {
      if (at === null) {
        at = matchHeader(cells, line);
        return;
      }
      const cell = (index: number) => (index === -1 ? "" : (cells[index] ?? "").trim());
      const key = cell(at.sku);
      const reason =
        key === "" ? "the SKU is empty" : products.has(key) ? `SKU "${key}" is listed before` : null;
      if (reason !== null) {
        rejectedCount++;
        if (rejected.length < REJECTED_SHOWN) rejected.push({ line, reason });
        return;
      }
      const stock = cell(at.stock);
      products.set(key, {
        key,
        title: cell(at.title),
        category: cell(at.category).replace(/^\[+|\]+$/g, ""),
        priceMinor: parseMinor(cell(at.price), currency),
        costMinor: parseMinor(cell(at.cost), currency),
        stockUnits: /^-?\d+$/.test(stock) ? Number(stock) : null,
        isActive: ["", "active"].includes(cell(at.status).toLowerCase()),
      });
    },
    options,
  );
  if (products.size === 0) throw new AppError("input_invalid", `${path}: no usable product`, false);
  return { products: [...products.values()], rejectedCount, rejected };
}

function matchHeader(cells: readonly string[], line: number): Record<keyof typeof COLUMNS, number> {
  const names = cells.map((name) => name.trim().toLowerCase());
  const at = Object.fromEntries(
    Object.entries(COLUMNS).map(([column, aliases]) => [
      column,
      names.findIndex((name) => (aliases as readonly string[]).includes(name)),
    ]),
  ) as Record<keyof typeof COLUMNS, number>;
  const missing = (["sku", "title"] as const).filter((column) => at[column] === -1);
  if (missing.length > 0) {
    throw new AppError(
      "input_invalid",
      `line ${line}: the header lacks ${missing.join(", ")}; expected sku,title and optionally ` +
        "category,price,cost,stock,status",
      false,
    );
  }
  return at;
}
