import type { ProductFacts } from "#app/domain/collect/product-facts.ts";
import { lowerBound } from "#app/domain/numbers/statistics.ts";

/** One sellable item. Its index in `Baskets.items` is its number everywhere in the engine. */
export interface Item extends Omit<ProductFacts, "priceMinor"> {
  /** The shop's price today or, if unknown, the median paid; minor units, 0 if free or if neither is known. */
  readonly priceMinor: number;
}

/**
 * Clean baskets of one shop in order of time, held in columns: 0.8 million lines take 13 MB here and 300 MB as objects.
 * Basket `b` holds the lines `offsets[b]` to `offsets[b + 1]`, each a distinct item.
 */
export interface Baskets {
  readonly items: readonly Item[];
  /** ISO 4217 code of every price. */
  readonly currency: string;
  /** [baskets] the order of each basket. */
  readonly orderIds: readonly string[];
  /** [baskets] milliseconds since 1970 UTC, ascending. */
  readonly placedAtMs: Float64Array;
  /** [baskets] local time of the order minus UTC, minutes. Absent if no time of the log has a zone other than UTC. */
  readonly clockOffsetMinutes?: Int16Array;
  /**
   * [baskets] when the ordered service takes place, such as a departure, milliseconds since 1970 UTC; the time of the
   * order if it has none. Absent if no order has one.
   */
  readonly serviceAtMs?: Float64Array;
  /** [baskets] index of the customer, or -1 for a guest. */
  readonly customer: Int32Array;
  readonly customerKeys: readonly string[];
  /** [baskets + 1] first line of each basket; the last entry is the number of lines. */
  readonly offsets: Uint32Array;
  /** [lines] index into `items`. */
  readonly item: Uint32Array;
  /** [lines] units bought, at least 1. */
  readonly units: Uint32Array;
  /** [lines] price paid for one unit before discounts, minor units. */
  readonly unitPriceMinor: Float64Array;
}

export function countBaskets(baskets: Baskets): number {
  return baskets.placedAtMs.length;
}

/** Index of the first basket placed at or after the instant; the number of baskets if there is none. */
export function firstBasketAt(baskets: Baskets, atMs: number): number {
  return lowerBound(countBaskets(baskets), (basket) => baskets.placedAtMs[basket]! < atMs);
}

/** The baskets from `from` up to but not including `to`, sharing memory with the whole. */
export function sliceBaskets(baskets: Baskets, from: number, to: number): Baskets {
  const firstLine = baskets.offsets[from]!;
  const endLine = baskets.offsets[to]!;
  return {
    ...baskets,
    orderIds: baskets.orderIds.slice(from, to),
    placedAtMs: baskets.placedAtMs.subarray(from, to),
    ...(baskets.clockOffsetMinutes
      ? { clockOffsetMinutes: baskets.clockOffsetMinutes.subarray(from, to) }
      : {}),
    ...(baskets.serviceAtMs ? { serviceAtMs: baskets.serviceAtMs.subarray(from, to) } : {}),
    customer: baskets.customer.subarray(from, to),
    offsets: baskets.offsets.slice(from, to + 1).map((line) => line - firstLine),
    item: baskets.item.subarray(firstLine, endLine),
    units: baskets.units.subarray(firstLine, endLine),
    unitPriceMinor: baskets.unitPriceMinor.subarray(firstLine, endLine),
  };
}

/** The baskets of both, the second's after the first's. */
export function joinBaskets(first: Baskets, second: Baskets): Baskets {
  const lines = first.item.length;
  const join = <Column extends Float64Array | Int32Array | Uint32Array | Int16Array>(
    one: Column,
    other: Column,
  ): Column => {
    const both = new (one.constructor as new (length: number) => Column)(one.length + other.length);
    both.set(one);
    both.set(other, one.length);
    return both;
  };
  return {
    ...first,
    orderIds: first.orderIds.concat(second.orderIds),
    placedAtMs: join(first.placedAtMs, second.placedAtMs),
    ...(first.clockOffsetMinutes && second.clockOffsetMinutes
      ? { clockOffsetMinutes: join(first.clockOffsetMinutes, second.clockOffsetMinutes) }
      : {}),
    ...(first.serviceAtMs && second.serviceAtMs
      ? { serviceAtMs: join(first.serviceAtMs, second.serviceAtMs) }
      : {}),
    customer: join(first.customer, second.customer),
    offsets: join(
      first.offsets.subarray(0, -1),
      second.offsets.map((line) => line + lines),
    ),
    item: join(first.item, second.item),
    units: join(first.units, second.units),
    unitPriceMinor: join(first.unitPriceMinor, second.unitPriceMinor),
  };
}

/** Whether all orders have the same time, as in a list of bundles that was never a log. False for an empty log. */
export function isUndated({ placedAtMs }: Baskets): boolean {
  return placedAtMs.length > 0 && placedAtMs[0] === placedAtMs.at(-1);
}

/** More units of a product in one order are a reseller's, who is not like other shoppers. */
export const MOST_UNITS = 24;

/** [items] mean units in the orders with the item before the cutoff, capped at `MOST_UNITS` each; 1 without orders. */
export function countUnitsPerOrder(baskets: Baskets, cutoffMs: number): Float64Array {
  const units = new Float64Array(baskets.items.length);
  const orders = new Float64Array(baskets.items.length);
  const lines = baskets.offsets[firstBasketAt(baskets, cutoffMs)]!;
  for (let line = 0; line < lines; line++) {
    units[baskets.item[line]!]! += Math.min(MOST_UNITS, baskets.units[line]!);
    orders[baskets.item[line]!]! += 1;
  }
  return units.map((total, item) => (orders[item]! > 0 ? total / orders[item]! : 1));
}
