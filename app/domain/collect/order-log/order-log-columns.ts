import type { Result } from "#app/domain/result.ts";

/** What each shape of order log calls its columns; matched without regard to case, spaces and underscores. */
const SHAPES = {
  /** The columns of this app's own command line. */
  own: {
    orderId: ["order_id"],
    placedAt: ["ts"],
    itemKey: ["sku"],
    title: ["title"],
    quantity: ["qty"],
    unitPrice: ["unit_price"],
    customer: ["customer_id"],
    category: ["category", "categories"],
    currency: ["currency"],
    serviceAt: ["service_date", "departure", "departure_date"],
    cancelledAt: [],
    financialStatus: [],
  },
  /** The order export of Shopify's admin: one row a line; what concerns the order stands in its first row only. */
  shopify: {
    orderId: ["Name"],
    placedAt: ["Created at"],
    itemKey: ["Lineitem sku"],
    title: ["Lineitem name"],
    quantity: ["Lineitem quantity"],
    unitPrice: ["Lineitem price"],
    customer: ["Email"],
    category: [],
    currency: ["Currency"],
    serviceAt: [],
    cancelledAt: ["Cancelled at"],
    financialStatus: ["Financial Status"],
  },
} as const satisfies Record<string, Record<string, readonly string[]>>;

export type OrderLogShape = keyof typeof SHAPES;
export type OrderLogColumn = keyof (typeof SHAPES)["own"];

const OPTIONAL: ReadonlySet<OrderLogColumn> = new Set<OrderLogColumn>([
  "customer",
  "category",
  "currency",
  "serviceAt",
  "cancelledAt",
  "financialStatus",
]);

export interface OrderLogHeader {
  readonly shape: OrderLogShape;
  /** The cells of the header, as the file writes them. */
  readonly names: readonly string[];
  /** Where in a row each column stands; -1 for an optional one that the file lacks. */
  readonly at: Readonly<Record<OrderLogColumn, number>>;
}

/**
 * Recognises an order log by its header, columns in any order.
 *
 * @param names the cells of the file's first row
 * @returns reason "missing_columns" with the missing names of the shape that fits best in `detail`
 */
export function matchOrderLogHeader(names: readonly string[]): Result<OrderLogHeader, "missing_columns"> {
  const indexOf = new Map(names.map((name, index) => [normaliseColumn(name), index]));
  const matches = (["own", "shopify"] as const).map((shape) => {
    const entries = Object.entries(SHAPES[shape]) as [OrderLogColumn, readonly string[]][];
    const at = Object.fromEntries(
      entries.map(([column, aliases]) => [
        column,
        aliases.map((alias) => indexOf.get(normaliseColumn(alias))).find((index) => index !== undefined) ??
          -1,
      ]),
    ) as Record<OrderLogColumn, number>;
    const missing = entries.filter(([column]) => at[column] === -1 && !OPTIONAL.has(column));
    return { shape, at, missing: missing.map(([, aliases]) => aliases[0]!) };
  });
  matches.sort((a, b) => a.missing.length - b.missing.length);
  const best = matches[0]!;
  if (best.missing.length > 0) {
    return { ok: false, reason: "missing_columns", detail: best.missing.join(", ") };
  }
  return {
    ok: true,
    value: { shape: best.shape, names: names.map((name) => name.replace(/^\uFEFF/, "").trim()), at: best.at },
  };
}

/** A column's name without case, spaces, underscores and byte order mark. */
export function normaliseColumn(name: string): string {
  return name
    .replace(/^\uFEFF/, "")
    .toLowerCase()
    .replace(/[\s_]/g, "");
}
