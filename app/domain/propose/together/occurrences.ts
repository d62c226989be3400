import { upperMedian } from "#app/domain/numbers/statistics.ts";
import { firstBasketAt, type Baskets } from "#app/domain/prepare/baskets.ts";
import { leadDaysOf } from "#app/domain/prepare/service-times.ts";

/**
 * A basket with many times the usual number of products is stock-keeping, a day's sales in one order, or a reseller's.
 * By size alone it holds a hundred times the pairs of a shopper's basket, and offers do not target it. The usual number
 * is the median over baskets of several products, because baskets of one say nothing about pairs. Up to a dozen
 * products are always kept. The absolute limit keeps one basket from taking the work of thousands.
 */
const MOST_OF_MEDIAN = 5;
const LEAST_MOST_ITEMS = 12;
const MOST_ITEMS_AT_ALL = 500;

/** Index of the baskets of a window by item. Baskets are renumbered from 0. */
export interface Occurrences {
  readonly baskets: number;
  /** Maximum number of items of an indexed basket. */
  readonly mostItems: number;
  /** Baskets of the window that are left out because they are larger. */
  readonly tooLarge: number;
  readonly items: number;
  /** [baskets] index in the log. */
  readonly logBasket: Uint32Array;
  /** [baskets] milliseconds since 1970 UTC, ascending. */
  readonly placedAtMs: Float64Array;
  /** [baskets] days from order to service; NaN for an order without a service time, null if no order has one. */
  readonly leadDays: Float64Array | null;
  /** [baskets] shopper number; each guest order has its own, because nobody knows whether a guest came before. */
  readonly shopper: Int32Array;
  /** [items + 1] start of each item's baskets in `basketOf`. */
  readonly offsets: Uint32Array;
  /** [lines] baskets of each item, ascending. */
  readonly basketOf: Uint32Array;
  /** [baskets + 1] and [lines]: the same by basket. */
  readonly basketOffsets: Uint32Array;
  readonly itemOf: Uint32Array;
}

/** Indexes the baskets from `fromMs` (inclusive) to `toMs` (exclusive) by item, without those that are too large. */
export function indexOccurrences(baskets: Baskets, fromMs: number, toMs: number): Occurrences {
  const from = firstBasketAt(baskets, fromMs);
  const to = Math.max(from, firstBasketAt(baskets, toMs));
  const items = baskets.items.length;
  const mostItems = findMostItems(baskets.offsets.subarray(from, to + 1));
  const kept: number[] = [];
  let lines = 0;
  for (let basket = from; basket < to; basket++) {
    const size = baskets.offsets[basket + 1]! - baskets.offsets[basket]!;
    if (size > mostItems) continue;
    kept.push(basket);
    lines += size;
  }

  const basketOffsets = new Uint32Array(kept.length + 1);
  const itemOf = new Uint32Array(lines);
  const offsets = new Uint32Array(items + 1);
  kept.forEach((basket, index) => {
    const own = baskets.item.subarray(baskets.offsets[basket]!, baskets.offsets[basket + 1]!);
    itemOf.set(own, basketOffsets[index]!);
    basketOffsets[index + 1] = basketOffsets[index]! + own.length;
    for (const item of own) offsets[item + 1]! += 1;
  });
  for (let item = 0; item < items; item++) offsets[item + 1]! += offsets[item]!;

  const basketOf = new Uint32Array(lines);
  const next = offsets.slice();
  for (let index = 0; index < kept.length; index++)
    for (let line = basketOffsets[index]!; line < basketOffsets[index + 1]!; line++)
      basketOf[next[itemOf[line]!]!++] = index;
  return {
    baskets: kept.length,
    mostItems,
    tooLarge: to - from - kept.length,
    items,
    logBasket: Uint32Array.from(kept),
    placedAtMs: Float64Array.from(kept, (basket) => baskets.placedAtMs[basket]!),
    leadDays: baskets.serviceAtMs
      ? Float64Array.from(kept, (basket) =>
          leadOf(baskets.placedAtMs[basket]!, baskets.serviceAtMs![basket]!),
        )
      : null,
    shopper: numberShoppers(kept, baskets.customer),
    offsets,
    basketOf,
    basketOffsets,
    itemOf,
  };
}

function findMostItems(offsets: Uint32Array): number {
  const sizes = offsets.subarray(1).map((end, basket) => end - offsets[basket]!);
  const median = upperMedian(sizes.filter((size) => size > 1).sort()) ?? 0;
  return Math.min(MOST_ITEMS_AT_ALL, Math.max(LEAST_MOST_ITEMS, MOST_OF_MEDIAN * median));
}

/** An order without a service time has its order time instead. */
function leadOf(placedAtMs: number, serviceAtMs: number): number {
  return serviceAtMs === placedAtMs ? NaN : leadDaysOf(placedAtMs, serviceAtMs);
}

/** Numbers the shoppers of the baskets from 0 without gaps. */
function numberShoppers(kept: readonly number[], customer: Int32Array): Int32Array {
  const numberOf = new Map<number, number>();
  let shoppers = 0;
  return Int32Array.from(kept, (basket) => {
    const own = customer[basket]!;
    if (own < 0) return shoppers++;
    const known = numberOf.get(own);
    if (known !== undefined) return known;
    numberOf.set(own, shoppers);
    return shoppers++;
  });
}

export function countOrders({ offsets }: Pick<Occurrences, "offsets">, item: number): number {
  return offsets[item + 1]! - offsets[item]!;
}

export function basketsOf({ offsets, basketOf }: Occurrences, item: number): Uint32Array {
  return basketOf.subarray(offsets[item]!, offsets[item + 1]!);
}

/** Baskets in both ascending lists. */
export function intersect(a: Uint32Array, b: Uint32Array): Uint32Array {
  const common = new Uint32Array(Math.min(a.length, b.length));
  let count = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const difference = a[i]! - b[j]!;
    if (difference === 0) common[count++] = a[i]!;
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  return common.subarray(0, count);
}

/**
 * Effective sample size of the orders with all items, in independent shoppers: `n² / Σ_s n_s²` over the shoppers s,
 * rounded down. It is n if each order is another shopper's, as with guests, and 1 if one shopper placed them all. A
 * shopper who buys two products every week is evidence once that they go together.
 *
 * @param items at least one
 * @returns from 1 to the number of orders that hold all; 0 if none does
 * @see Kish 1965, Survey Sampling (effective sample size). Known weakness: counts a shopper's orders of the same two
 *   once, though a second order is some evidence too
 */
export function effectiveSampleSize(occurrences: Occurrences, items: readonly number[]): number {
  const ordersOf = new Map<number, number>();
  for (const basket of items.map((item) => basketsOf(occurrences, item)).reduce(intersect)) {
    const shopper = occurrences.shopper[basket]!;
    ordersOf.set(shopper, (ordersOf.get(shopper) ?? 0) + 1);
  }
  let [orders, squares] = [0, 0];
  for (const own of ordersOf.values()) {
    orders += own;
    squares += own * own;
  }
  return squares === 0 ? 0 : Math.floor((orders * orders) / squares);
}

/** Pairs of items in columns, `a < b`. */
export interface PairCounts {
  readonly count: number;
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  /** Baskets that hold both. */
  readonly together: Uint32Array;
  /** Pairs in fewer baskets are left out. */
  readonly least: number;
  /** Items in at least `least` baskets; pairs can only be found among these. */
  readonly frequentItems: number;
}

/** For more possible pairs, one counter each would take more than 64 MB. */
const MOST_COUNTERS = 2 ** 24;

/**
 * Counts the baskets that hold both items of each pair and keeps the pairs in at least `leastTogether`, by item. Skips
 * items in fewer baskets, which no such pair can hold (Agrawal & Srikant 1994). Time is the sum of squared basket
 * sizes. Memory is one counter per possible pair if that is small, else the size of the result.
 *
 * @param mostCounters for tests of the second method
 */
export function countPairs(
  occurrences: Occurrences,
  leastTogether: number,
  mostCounters = MOST_COUNTERS,
): PairCounts {
  const frequent: number[] = [];
  for (let item = 0; item < occurrences.items; item++)
    if (countOrders(occurrences, item) >= leastTogether) frequent.push(item);
  const rankOf = new Int32Array(occurrences.items).fill(-1);
  frequent.forEach((item, rank) => (rankOf[item] = rank));

  const pairs = openPairs();
  const possible = (frequent.length * (frequent.length - 1)) / 2;
  if (possible <= mostCounters) countAll(occurrences, leastTogether, frequent, rankOf, pairs);
  else countByItem(occurrences, leastTogether, frequent, rankOf, pairs);
  return { ...pairs.close(), least: leastTogether, frequentItems: frequent.length };
}

type PairList = ReturnType<typeof openPairs>;

/** One pass over the baskets. The counters of an item's pairs with the items before it form a row. */
function countAll(
  { baskets, basketOffsets, itemOf }: Occurrences,
  leastTogether: number,
  frequent: readonly number[],
  rankOf: Int32Array,
  pairs: PairList,
): void {
  const rowOf = (rank: number) => (rank * (rank - 1)) / 2;
  const together = new Uint32Array(rowOf(frequent.length));
  const own = new Int32Array(frequent.length);
  for (let basket = 0; basket < baskets; basket++) {
    let size = 0;
    for (let line = basketOffsets[basket]!; line < basketOffsets[basket + 1]!; line++) {
      const rank = rankOf[itemOf[line]!]!;
      if (rank >= 0) own[size++] = rank;
    }
    own.subarray(0, size).sort();
    for (let i = 1; i < size; i++) {
      const row = rowOf(own[i]!);
      for (let j = 0; j < i; j++) together[row + own[j]!]! += 1;
    }
  }
  for (let a = 0; a < frequent.length; a++)
    for (let b = a + 1; b < frequent.length; b++) {
      const count = together[rowOf(b) + a]!;
      if (count >= leastTogether && count > 0) pairs.add(frequent[a]!, frequent[b]!, count);
    }
}

/** One item at a time over an inverted index. */
function countByItem(
  occurrences: Occurrences,
  leastTogether: number,
  frequent: readonly number[],
  rankOf: Int32Array,
  pairs: PairList,
): void {
  const { basketOffsets, itemOf } = occurrences;
  const together = new Uint32Array(frequent.length);
  const touched: number[] = [];
  frequent.forEach((item, a) => {
    touched.length = 0;
    for (const basket of basketsOf(occurrences, item)) {
      for (let line = basketOffsets[basket]!; line < basketOffsets[basket + 1]!; line++) {
        const b = rankOf[itemOf[line]!]!;
        if (b <= a) continue;
        if (together[b] === 0) touched.push(b);
        together[b]! += 1;
      }
    }
    for (const b of touched.sort((x, y) => x - y)) {
      if (together[b]! >= leastTogether) pairs.add(item, frequent[b]!, together[b]!);
      together[b] = 0;
    }
  });
}

function openPairs() {
  let columns = [new Uint32Array(4_096), new Uint32Array(4_096), new Uint32Array(4_096)] as const;
  let count = 0;
  const resize = (length: number) => {
    columns = columns.map((column) => {
      const resized = new Uint32Array(length);
      resized.set(column.subarray(0, count));
      return resized;
    }) as unknown as typeof columns;
  };
  return {
    add(a: number, b: number, together: number): void {
      if (count === columns[0].length) resize(count * 2);
      columns[0][count] = a;
      columns[1][count] = b;
      columns[2][count] = together;
      count++;
    },
    close() {
      resize(count);
      return { count, a: columns[0], b: columns[1], together: columns[2] };
    },
  };
}
