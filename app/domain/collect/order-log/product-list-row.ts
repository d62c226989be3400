import { parseMinor } from "#app/domain/money.ts";
import type { ListedVariant } from "#app/domain/collect/product-facts.ts";
import type { Result } from "#app/domain/result.ts";
import type { CellMessage, RowResult } from "#app/domain/collect/collect-messages.ts";
import { findColumns, withoutMark } from "./order-log-columns.ts";

/** Column names of a product list; case, spaces and underscores are ignored. */
const COLUMNS = {
  sku: ["sku", "variant sku"],
  title: ["title"],
  category: ["category", "categories", "type", "product category"],
  price: ["price", "variant price"],
  cost: ["cost", "cost per item"],
  stock: ["stock", "variant inventory qty"],
  status: ["status"],
  handle: ["handle"],
} as const;

type ProductColumn = keyof typeof COLUMNS;

interface ProductListHeader {
  /** The cells of the header, as written in the file. */
  readonly names: readonly string[];
  /** Index of each column in a row; -1 for an optional one that the file lacks. */
  readonly at: Readonly<Record<ProductColumn, number>>;
}

interface ProductRow {
  readonly facts: ListedVariant;
  /** Expected content of each unreadable cell; the row is used without them. */
  readonly flaws: readonly CellMessage[];
}

/** Whether a product of this status is sold. */
const IS_ACTIVE: ReadonlyMap<string, boolean> = new Map([
  ...["", "active", "published", "true"].map((status) => [status, true] as const),
  ...["draft", "archived", "inactive", "unlisted", "false"].map((status) => [status, false] as const),
]);

/**
 * Recognises a product list by its header, columns in any order.
 *
 * @param names the cells of the file's first row
 * @returns reason "missing_columns" with the missing names in `detail`
 */
export function matchProductListHeader(
  names: readonly string[],
): Result<ProductListHeader, "missing_columns"> {
  const at = findColumns<ProductColumn>(names, COLUMNS);
  const missing = (["sku", "title"] as const).filter((column) => at[column] === -1);
  if (missing.length > 0) return { ok: false, reason: "missing_columns", detail: missing.join(", ") };
  return { ok: true, value: { names: names.map(withoutMark), at } };
}

/**
 * Makes the parser of one product list. It remembers the current product, because Shopify's export leaves title,
 * category and status empty from the second variant on.
 *
 * @param currency of prices and costs, ISO 4217
 * @returns a function from a row's cells to a product, or to the reason why the row is refused
 */
export function openProductRowParser({ names, at }: ProductListHeader, currency: string) {
  let first = { handle: "", title: "", category: "", status: "" };

  return (cells: readonly string[]): RowResult<ProductRow> => {
    const cell = (column: ProductColumn) => (at[column] === -1 ? "" : (cells[at[column]] ?? "").trim());
    const flaws: CellMessage[] = [];
    /** The value of a cell, null without one; records a flaw for an unreadable cell. */
    const read = <T>(
      column: ProductColumn,
      text: string,
      value: T | null | undefined,
      code: Exclude<CellMessage["code"], "row.otherCurrency">,
    ) => {
      if (text !== "" && (value === null || value === undefined))
        flaws.push({ code, values: { column: names[at[column]]!, cell: text.slice(0, 40) } });
      return text === "" ? null : (value ?? null);
    };
    const readMoney = (column: "price" | "cost") => {
      const minor = parseMinor(cell(column), currency);
      const isUsable = minor !== null && minor >= 0 && Number.isSafeInteger(minor);
      return read(column, cell(column), isUsable ? minor : null, "row.notPrice");
    };

    const own = {
      handle: cell("handle"),
      title: cell("title"),
      category: cell("category").replace(/^\[+|\]+$/g, ""),
      status: cell("status"),
    };
    const isVariant = own.handle !== "" && own.handle === first.handle;
    if (!isVariant) first = own;
    const key = cell("sku");
    if (key === "") return { ok: false, reason: { code: "row.noSku", values: {} } };
    const stock = cell("stock");
    const status = own.status || first.status;
    const isActive = IS_ACTIVE.get(status.toLowerCase());
    const facts: ListedVariant = {
      key,
      title: own.title || first.title,
      category: own.category || first.category,
      priceMinor: readMoney("price"),
      costMinor: readMoney("cost"),
      stockUnits: read("stock", stock, /^-?\d{1,15}$/.test(stock) ? Number(stock) : null, "row.notWhole"),
      isActive: read("status", status, isActive, "row.notStatus") ?? true,
      // In a list without handles, each row is a product.
      productKey: own.handle === "" ? `sku:${key}` : `handle:${own.handle}`,
      productTitle: first.title || own.title,
    };
    return { ok: true, value: { facts, flaws } };
  };
}
