import type { OrderLineRecord } from "#app/domain/collect/order-lines.ts";
import type { Baskets, Item } from "./baskets.ts";
import { isServiceKey, isServiceTitle } from "./service-lines.ts";

/** What the shop says of a product, sold or not. */
export interface ProductFacts {
  readonly key: string;
  readonly title: string;
  readonly category: string;
  /** Today's price, minor units; null when the shop did not say. */
  readonly priceMinor: number | null;
  readonly costMinor: number | null;
  readonly stockUnits: number | null;
  readonly isActive: boolean;
}

interface PreparingSettings {
  /** ISO 4217 code of every price. */
  readonly currency: string;
  /** Lines before it are left out; none when absent. */
  readonly fromMs?: number;
  /** Lines after it are left out: a date in the future is a mistake. None when absent. */
  readonly untilMs?: number;
}

/** Why lines were left out. */
export type DropReason =
  | "cancelled"
  | "test"
  | "gift_card"
  | "refunded"
  | "non_positive_quantity"
  | "non_positive_price"
  | "service"
  | "outside_window"
  | "repeated_line";

export interface PreparedBaskets {
  readonly baskets: Baskets;
  /** Lines left out, by reason; a line counts once, under the first reason that holds. */
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
  /** [baskets] 1 for an order far larger than the shop's usual one: a reseller, or a day's sales in one order. */
  readonly isBulk: Uint8Array;
}

/** A basket of more than so many times the median number of products, and of at least `BULK_MIN_ITEMS`, is bulk. */
const BULK_FACTOR = 10;
const BULK_MIN_ITEMS = 100;

interface DraftOrder {
  readonly orderId: string;
  readonly placedAtMs: number;
  readonly customer: number;
  readonly lines: { item: number; units: number; unitPriceMinor: number }[];
}

/**
 * Step 2: order lines to clean baskets in order of time. Left out: cancelled, refunded and test orders, gift cards,
 * shipping, fees and other services, lines without positive quantity and price. A product that stands in an order
 * twice becomes one line with the units added and the first price.
 *
 * @param lines any order; lines with one order id are one order, at the time of its first line
 * @param products what the shop knows of its products; they come first in `items`, sold or not. A product only
 *   found in orders takes the newest title of the log and counts as active when `products` is empty
 * @see known weakness: a return is booked on a later order in some logs; the first order then stays whole
 */
export function prepareBaskets(
  lines: Iterable<OrderLineRecord>,
  products: readonly ProductFacts[],
  { currency, fromMs = -Infinity, untilMs = Infinity }: PreparingSettings,
): PreparedBaskets {
  const dropped: Partial<Record<DropReason, number>> = {};
  const drop = (reason: DropReason) => {
    dropped[reason] = (dropped[reason] ?? 0) + 1;
  };
  const items = openItems(products);
  const customers = openIndex();
  const orders = new Map<string, DraftOrder>();
  const serviceTitles = new Map<string, boolean>();

  for (const line of lines) {
    const reason = dropReason(line, fromMs, untilMs, serviceTitles);
    if (reason) {
      drop(reason);
      if (reason === "service") items.noteService(line.itemKey);
      continue;
    }
    const item = items.add(line);
    let order = orders.get(line.orderId);
    if (!order) {
      const customer = line.customerKey === null ? -1 : customers.add(line.customerKey);
      order = { orderId: line.orderId, placedAtMs: line.placedAtMs, customer, lines: [] };
      orders.set(line.orderId, order);
    }
    order.lines.push({ item, units: line.quantity, unitPriceMinor: line.unitPriceMinor });
  }

  const sorted = [...orders.values()].sort(
    (a, b) => a.placedAtMs - b.placedAtMs || (a.orderId < b.orderId ? -1 : a.orderId > b.orderId ? 1 : 0),
  );
  const services = items.findServices();
  const clean = sorted.flatMap((order) => {
    const kept = mergeLines(order.lines, services, drop);
    return kept.length === 0 ? [] : [{ ...order, lines: kept }];
  });
  const baskets = toColumns(clean, items, customers.keys, currency);
  return { baskets, dropped, isBulk: findBulk(baskets) };
}

function dropReason(
  line: OrderLineRecord,
  fromMs: number,
  untilMs: number,
  serviceTitles: Map<string, boolean>,
): DropReason | null {
  if (line.exclusion) return line.exclusion;
  if (line.quantity <= 0) return "non_positive_quantity";
  if (line.unitPriceMinor <= 0) return "non_positive_price";
  if (line.placedAtMs < fromMs || line.placedAtMs > untilMs) return "outside_window";
  let isService = serviceTitles.get(line.title);
  if (isService === undefined) {
    isService = isServiceTitle(line.title);
    serviceTitles.set(line.title, isService);
  }
  return isService ? "service" : null;
}

function openIndex() {
  const indexOf = new Map<string, number>();
  const keys: string[] = [];
  return {
    keys,
    add(key: string): number {
      let index = indexOf.get(key);
      if (index === undefined) {
        index = keys.length;
        indexOf.set(key, index);
        keys.push(key);
      }
      return index;
    },
  };
}

function openItems(products: readonly ProductFacts[]) {
  const index = openIndex();
  for (const { key } of products) index.add(key);
  const listed = index.keys.length;
  const facts = new Map(products.map((product) => [index.add(product.key), product]));
  const newest: { title: string; category: string; atMs: number }[] = [];
  const lineCounts: number[] = [];
  const serviceLines = new Map<string, number>();
  return {
    add(line: OrderLineRecord): number {
      const item = index.add(line.itemKey);
      lineCounts[item] = (lineCounts[item] ?? 0) + 1;
      const known = newest[item];
      if (!known || line.placedAtMs >= known.atMs) {
        newest[item] = {
          title: line.title || (known?.title ?? ""),
          category: line.category || (known?.category ?? ""),
          atMs: line.placedAtMs,
        };
      }
      return item;
    },
    noteService(key: string): void {
      serviceLines.set(key, (serviceLines.get(key) ?? 0) + 1);
    },
    /** Services among the keys that only orders know; a product that the shop lists is a product. */
    findServices(): ReadonlySet<number> {
      const isService = (item: number) => {
        const key = index.keys[item]!;
        const counts = { otherLines: lineCounts[item] ?? 0, serviceLines: serviceLines.get(key) ?? 0 };
        return isServiceKey(key, newest[item]?.title ?? "", counts);
      };
      return new Set([...index.keys.keys()].filter((item) => item >= listed && isService(item)));
    },
    toItems(medianPriceMinor: (item: number) => number): Item[] {
      return index.keys.map((key, item) => {
        const product = facts.get(item);
        const paidMinor = medianPriceMinor(item);
        return {
          key,
          title: product?.title || newest[item]?.title || "",
          category: product?.category || newest[item]?.category || "",
          priceMinor: paidMinor > 0 ? paidMinor : (product?.priceMinor ?? 0),
          costMinor: product?.costMinor ?? null,
          stockUnits: product?.stockUnits ?? null,
          isActive: product ? product.isActive : products.length === 0,
        };
      });
    },
  };
}

function mergeLines(
  lines: DraftOrder["lines"],
  services: ReadonlySet<number>,
  drop: (reason: DropReason) => void,
): DraftOrder["lines"] {
  const byItem = new Map<number, DraftOrder["lines"][number]>();
  for (const line of lines) {
    if (services.has(line.item)) {
      drop("service");
      continue;
    }
    const first = byItem.get(line.item);
    if (first) {
      drop("repeated_line");
      first.units += line.units;
    } else byItem.set(line.item, line);
  }
  return [...byItem.values()];
}

function toColumns(
  orders: readonly DraftOrder[],
  items: ReturnType<typeof openItems>,
  customerKeys: readonly string[],
  currency: string,
): Baskets {
  const lineCount = orders.reduce((sum, order) => sum + order.lines.length, 0);
  const offsets = new Uint32Array(orders.length + 1);
  const item = new Uint32Array(lineCount);
  const units = new Uint32Array(lineCount);
  const unitPriceMinor = new Uint32Array(lineCount);
  const pricesMinor = new Map<number, number[]>();
  let at = 0;
  orders.forEach((order, basket) => {
    for (const line of order.lines) {
      item[at] = line.item;
      units[at] = line.units;
      unitPriceMinor[at] = line.unitPriceMinor;
      at++;
      const prices = pricesMinor.get(line.item);
      if (prices) prices.push(line.unitPriceMinor);
      else pricesMinor.set(line.item, [line.unitPriceMinor]);
    }
    offsets[basket + 1] = at;
  });
  const median = (index: number): number => {
    const sorted = pricesMinor.get(index)?.sort((a, b) => a - b) ?? [];
    return sorted[sorted.length >> 1] ?? 0;
  };
  return {
    items: items.toItems(median),
    currency,
    orderIds: orders.map((order) => order.orderId),
    placedAtMs: Float64Array.from(orders, (order) => order.placedAtMs),
    customer: Int32Array.from(orders, (order) => order.customer),
    customerKeys,
    offsets,
    item,
    units,
    unitPriceMinor,
  };
}

function findBulk({ offsets }: Baskets): Uint8Array {
  const sizes = Array.from(
    { length: offsets.length - 1 },
    (_, basket) => offsets[basket + 1]! - offsets[basket]!,
  );
  const median = [...sizes].sort((a, b) => a - b)[sizes.length >> 1] ?? 0;
  const limit = Math.max(BULK_MIN_ITEMS, BULK_FACTOR * median);
  return Uint8Array.from(sizes, (size) => (size > limit ? 1 : 0));
}
