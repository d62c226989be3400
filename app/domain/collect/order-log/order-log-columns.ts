import type { Result } from "#app/domain/result.ts";

/** Column names of each shape of order log; case, spaces and underscores are ignored. */
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
  /** The order export of Shopify's admin: one row per line; only the first row holds the order's own fields. */
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

type OrderLogShape = keyof typeof SHAPES;
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
  /** The cells of the header, as written in the file. */
  readonly names: readonly string[];
  /** Index of each column in a row; -1 for an optional one that the file lacks. */
  readonly at: Readonly<Record<OrderLogColumn, number>>;
}

/**
 * Recognises an order log by its header, columns in any order.
 *
 * @param names the cells of the file's first row
 * @returns reason "missing_columns" with the missing names of the best-matching shape in `detail`
 */
export function matchOrderLogHeader(names: readonly string[]): Result<OrderLogHeader, "missing_columns"> {
  const matches = (["own", "shopify"] as const).map((shape) => {
    const columns: Readonly<Record<OrderLogColumn, readonly string[]>> = SHAPES[shape];
    const at = findColumns(names, columns);
    const missing = listColumns(columns).filter((column) => at[column] === -1 && !OPTIONAL.has(column));
    return { shape, at, missing: missing.map((column) => columns[column][0]!) };
  });
  matches.sort((a, b) => a.missing.length - b.missing.length);
  const best = matches[0]!;
  if (best.missing.length > 0) {
    return { ok: false, reason: "missing_columns", detail: best.missing.join(", ") };
  }
  return {
    ok: true,
    value: { shape: best.shape, names: names.map(withoutMark), at: best.at },
  };
}

/** Index of each column among the cells of a header, by the first cell that has one of its names; -1 if none does. */
export function findColumns<C extends string>(
  names: readonly string[],
  columns: Readonly<Record<C, readonly string[]>>,
): Readonly<Record<C, number>> {
  const known = names.map(normaliseColumn);
  const placeOf = (column: C) => {
    const aliases = columns[column].map(normaliseColumn);
    return known.findIndex((name) => aliases.includes(name));
  };
  return Object.fromEntries(listColumns(columns).map((column) => [column, placeOf(column)])) as Record<
    C,
    number
  >;
}

/** The name of a used column that another cell of the header has, too; null if there is none. */
export function findDoubled(names: readonly string[], used: readonly number[]): string | null {
  const known = names.map(normaliseColumn);
  const doubled = used.find((at) => at !== -1 && known.lastIndexOf(known[at]!) !== at);
  return doubled === undefined ? null : withoutMark(names[doubled]!);
}

function listColumns<C extends string>(columns: Readonly<Record<C, unknown>>): C[] {
  return Object.keys(columns) as C[];
}

/** A cell of a header without byte order mark and surrounding spaces. */
export function withoutMark(name: string): string {
  return name.replace(/^\uFEFF/, "").trim();
}

/** A column's name without case, spaces, underscores and byte order mark. */
function normaliseColumn(name: string): string {
  return withoutMark(name).toLowerCase().replace(/[\s_]/g, "");
}
