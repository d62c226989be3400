import { lowerBound } from "#app/domain/numbers/statistics.ts";
import { countBaskets, type Baskets } from "#app/domain/prepare/baskets.ts";
import type { BehaviourQuery } from "#app/domain/behaviour/behaviour-model.ts";

interface Purchases {
  /** Oldest first. */
  readonly lines: readonly Purchase[];
  /** [orders] how many lines there are up to the end of each. */
  readonly ends: readonly number[];
}

type Purchase = BehaviourQuery["history"][number];

/** A shopper with more purchases than this is a reseller's account; the newest are what counts. */
const MAX_PURCHASES = 4_000;

/**
 * Opens the purchases of every known customer. Histories share their entries and are found from their end: a till books
 * all who do not give a name to one customer, and most orders of a shop then have a history of thousands.
 *
 * @returns `before(customer, atMs)` lists what the customer bought strictly before the instant, newest last; empty
 *   for a guest (-1)
 */
export function openPurchaseHistories(baskets: Baskets): {
  before(customer: number, atMs: number): BehaviourQuery["history"];
} {
  const offsets = new Uint32Array(baskets.customerKeys.length + 1);
  for (const customer of baskets.customer) if (customer >= 0) offsets[customer + 1]!++;
  for (let at = 1; at < offsets.length; at++) offsets[at]! += offsets[at - 1]!;
  const next = offsets.slice();
  const basketOf = new Uint32Array(offsets[offsets.length - 1]!);
  for (let basket = 0; basket < countBaskets(baskets); basket++) {
    const customer = baskets.customer[basket]!;
    if (customer >= 0) basketOf[next[customer]!++] = basket;
  }
  const known = new Map<number, Purchases>();
  const listOf = (customer: number): Purchases => {
    const own = known.get(customer) ?? listPurchases(baskets, basketsOf(customer));
    known.set(customer, own);
    return own;
  };
  const basketsOf = (customer: number) => basketOf.subarray(offsets[customer], offsets[customer + 1]);
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

/** How many of the baskets were placed before the instant. @param own in order of time */
function countBefore(own: Uint32Array, placedAtMs: Float64Array, atMs: number): number {
  return lowerBound(own.length, (at) => placedAtMs[own[at]!]! < atMs);
}
