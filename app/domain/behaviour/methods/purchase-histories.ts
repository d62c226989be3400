import { lowerBound } from "#app/domain/numbers/statistics.ts";
import { listPlaces } from "#app/domain/group-by.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import type { BehaviourQuery } from "#app/domain/behaviour/behaviour-model.ts";
import { DAY_MS } from "#app/domain/time.ts";

interface Purchases {
  /** Oldest first. */
  readonly lines: readonly Purchase[];
  /** [orders] number of lines up to the end of each order. */
  readonly ends: readonly number[];
}

type Purchase = BehaviourQuery["history"][number];

/** A shopper with more purchases is probably a reseller; only the newest count. */
const MAX_PURCHASES = 4_000;

/**
 * Opens the purchases of every known customer. Histories share their entries and are found by binary search: a point of
 * sale can book all anonymous buyers as one customer, and most orders of a shop then have a history of thousands.
 *
 * @returns `before(customer, atMs)` lists what the customer bought strictly before the instant, newest last; empty for
 *   a guest (-1)
 */
export function openPurchaseHistories(baskets: Baskets): {
  before(customer: number, atMs: number): BehaviourQuery["history"];
} {
  // Guests (-1) are the first group.
  const { offsets, places } = listPlaces(
    baskets.customerKeys.length + 1,
    baskets.customer.map((customer) => customer + 1),
  );
  const known = new Map<number, Purchases>();
  const listOf = (customer: number): Purchases => {
    const own = known.get(customer) ?? listPurchases(baskets, basketsOf(customer));
    known.set(customer, own);
    return own;
  };
  const basketsOf = (customer: number) => places.subarray(offsets[customer + 1], offsets[customer + 2]);
  return {
    before(customer, atMs) {
      if (customer < 0) return [];
      const { lines, ends } = listOf(customer);
      const orders = countBefore(basketsOf(customer), baskets.placedAtMs, atMs);
      const end = orders > 0 ? ends[orders - 1]! : 0;
      return lines.slice(Math.max(0, end - MAX_PURCHASES), end);
    },
  };
}

function listPurchases({ placedAtMs, offsets, item }: Baskets, own: Uint32Array): Purchases {
  const lines: Purchase[] = [];
  const ends: number[] = [];
  for (const basket of own) {
    const atMs = placedAtMs[basket]!;
    for (let line = offsets[basket]!; line < offsets[basket + 1]!; line++)
      lines.push({ item: item[line]!, atMs });
    ends.push(lines.length);
  }
  return { lines, ends };
}

/** Number of baskets placed before the instant. @param own in order of time */
function countBefore(own: Uint32Array, placedAtMs: Float64Array, atMs: number): number {
  return lowerBound(own.length, (at) => placedAtMs[own[at]!]! < atMs);
}

/** Ordering habits of a shopper, independent of the products. */
export interface ShopperHabits {
  /** Mean share, 0 to 1, of an order that was bought before; `USUAL_REPEAT_RATIO` after a single order. */
  readonly repeatRatio: number;
  /** Distinct products over lines bought, above 0 to 1; 0 for a guest. */
  readonly distinctRatio: number;
  /** Mean products per order, at least 1. */
  readonly orderSize: number;
}

/** Half-life of an order's influence on the habits. A round guess; not tuned. */
const HALF_LIFE_DAYS = 180;
/** Assumed after a single order, which cannot repeat anything. A round guess; not tuned. */
const USUAL_REPEAT_RATIO = 0.2;
/** A guest. */
const NO_HABITS: ShopperHabits = { repeatRatio: 0, distinctRatio: 0, orderSize: 1 };

/**
 * Describes a shopper's habits: shoppers who repeat purchases keep doing so. Orders are weighted by age and by the root
 * of their size.
 *
 * @param history from `openPurchaseHistories`, oldest first
 */
export function describeHabits({ history, atMs }: Pick<BehaviourQuery, "history" | "atMs">): ShopperHabits {
  if (history.length === 0) return NO_HABITS;
  const bought = new Set<number>();
  let [orders, weights, ratios] = [0, 0, 0];
  for (let from = 0, end = 0; from < history.length; from = end) {
    const placedAtMs = history[from]!.atMs;
    let repeated = 0;
    for (end = from; end < history.length && history[end]!.atMs === placedAtMs; end++) {
      if (bought.has(history[end]!.item)) repeated++;
    }
    const size = end - from;
    if (orders++ > 0) {
      const weight = 0.5 ** ((atMs - placedAtMs) / DAY_MS / HALF_LIFE_DAYS) * Math.sqrt(size);
      weights += weight;
      ratios += (weight * repeated) / size;
    }
    for (let at = from; at < end; at++) bought.add(history[at]!.item);
  }
  return {
    repeatRatio: weights > 0 ? ratios / weights : USUAL_REPEAT_RATIO,
    distinctRatio: bought.size / history.length,
    orderSize: history.length / orders,
  };
}

/** How far a basket repeats each earlier order of its shopper, [items] each, 0 without a repeat. */
export interface OrderRepeats {
  /** Similarity, 0 to 1, to the nearest earlier order with the item: `|o ∩ b| / |o ∪ b|`, decayed by age. */
  readonly repeatsMost: Float32Array;
  /** Sum over the earlier orders with the item of the share of the order, 0 to 1, that is in the basket. */
  readonly repeatsSum: Float32Array;
  /** For items of the latest order: the share of the basket, 0 to 1, that is in that order. */
  readonly repeatsLast: Float32Array;
}

/**
 * Compares the basket with each earlier order of its shopper. A shopper who put half of an order into the cart again
 * probably wants the rest of it; one who repeats nothing today probably will not start.
 *
 * @param into columns of zeros that receive the repeats
 * @returns share of the basket, 0 to 1, that the shopper bought before
 * @see Hu, He, Gao & Zhang 2020 (TIFU-KNN) for repeats as part of the next basket. Known weakness: two orders placed at
 *   the same instant count as one
 */
export function gatherOrderRepeats(
  { basket, history, atMs }: BehaviourQuery,
  { repeatsMost, repeatsSum, repeatsLast }: OrderRepeats,
): number {
  if (basket.length === 0 || history.length === 0) return 0;
  const wanted = new Set(basket);
  const repeated = new Set<number>();
  for (let from = 0, end = 0; from < history.length; from = end) {
    const placedAtMs = history[from]!.atMs;
    let shared = 0;
    for (end = from; end < history.length && history[end]!.atMs === placedAtMs; end++) {
      const { item } = history[end]!;
      if (!wanted.has(item)) continue;
      shared++;
      repeated.add(item);
    }
    if (shared === 0) continue;
    const size = end - from;
    const decay = 0.5 ** ((atMs - placedAtMs) / DAY_MS / HALF_LIFE_DAYS);
    const similarity = (shared / (size + basket.length - shared)) * decay;
    for (let at = from; at < end; at++) {
      const { item } = history[at]!;
      repeatsMost[item] = Math.max(repeatsMost[item]!, similarity);
      repeatsSum[item]! += shared / size;
      if (end === history.length) repeatsLast[item] = shared / basket.length;
    }
  }
  return repeated.size / basket.length;
}
