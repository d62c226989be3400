import { firstBasketAt, type Baskets } from "./baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";

/**
 * The baskets placed and served before a cutoff, each at its service time instead of its order time. Seasons are read
 * from these if orders come long before the service.
 *
 * @returns null if no order has a service time
 */
export function orderByService(baskets: Baskets, cutoffMs: number): Baskets | null {
  const { serviceAtMs, clockOffsetMinutes } = baskets;
  if (!serviceAtMs) return null;
  const placed = firstBasketAt(baskets, cutoffMs);
  const order = Array.from({ length: placed }, (_, basket) => basket)
    .filter((basket) => serviceAtMs[basket]! < cutoffMs)
    .sort((a, b) => serviceAtMs[a]! - serviceAtMs[b]! || a - b);
  const offsets = new Uint32Array(order.length + 1);
  order.forEach((basket, place) => {
    offsets[place + 1] = offsets[place]! + baskets.offsets[basket + 1]! - baskets.offsets[basket]!;
  });
  const inOrder = <Column extends Uint32Array | Float64Array>(column: Column): Column => {
    const moved = column.slice(0, offsets.at(-1)!) as Column;
    order.forEach((basket, place) =>
      moved.set(column.subarray(baskets.offsets[basket]!, baskets.offsets[basket + 1]!), offsets[place]!),
    );
    return moved;
  };
  return {
    ...baskets,
    orderIds: order.map((basket) => baskets.orderIds[basket]!),
    placedAtMs: Float64Array.from(order, (basket) => serviceAtMs[basket]!),
    serviceAtMs: Float64Array.from(order, (basket) => serviceAtMs[basket]!),
    ...(clockOffsetMinutes
      ? { clockOffsetMinutes: Int16Array.from(order, (basket) => clockOffsetMinutes[basket]!) }
      : {}),
    customer: Int32Array.from(order, (basket) => baskets.customer[basket]!),
    offsets,
    item: inOrder(baskets.item),
    units: inOrder(baskets.units),
    unitPriceMinor: inOrder(baskets.unitPriceMinor),
  };
}

/** How long before its service an order is placed. */
export interface LeadTime {
  readonly medianDays: number;
  /** The middle 80 % of orders lie between these. */
  readonly lowDays: number;
  readonly highDays: number;
}

/** Fewer orders have no 10 % tails. */
const LEAST_ORDERS = 20;

/**
 * Median and 80 % range of the days between order and service, by order statistics.
 *
 * @param leadDays in any order, at least 0
 * @returns null with fewer than 20 orders
 */
export function sumUpLeads(leadDays: Float64Array): LeadTime | null {
  if (leadDays.length < LEAST_ORDERS) return null;
  const sorted = leadDays.slice().sort();
  const at = (ratio: number) => sorted[Math.round(ratio * (sorted.length - 1))]!;
  return { medianDays: at(0.5), lowDays: at(0.1), highDays: at(0.9) };
}

/**
 * Median days from order to service of each item's orders before the cutoff; an item with fewer than 20 orders takes
 * the median of all orders.
 *
 * @returns [items]; null if no order has a service time
 */
export function medianLeads(baskets: Baskets, cutoffMs: number): Float64Array | null {
  const { serviceAtMs, placedAtMs, offsets, item } = baskets;
  if (!serviceAtMs) return null;
  const placed = firstBasketAt(baskets, cutoffMs);
  const all = Float64Array.from({ length: placed }, (_, basket) =>
    leadDaysOf(placedAtMs[basket]!, serviceAtMs[basket]!),
  );
  const ofItem: number[][] = baskets.items.map(() => []);
  for (let basket = 0; basket < placed; basket++)
    for (let line = offsets[basket]!; line < offsets[basket + 1]!; line++)
      ofItem[item[line]!]!.push(all[basket]!);
  const usual = sumUpLeads(all)?.medianDays ?? 0;
  return Float64Array.from(ofItem, (own) => sumUpLeads(Float64Array.from(own))?.medianDays ?? usual);
}

/** Days from order to service; 0 for a same-day order, which is dated at the day's midnight. */
export function leadDaysOf(placedAtMs: number, serviceAtMs: number): number {
  return Math.max(0, (serviceAtMs - placedAtMs) / DAY_MS);
}
