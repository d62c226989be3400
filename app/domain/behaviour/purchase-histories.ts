import { countBaskets, type Baskets } from "#app/domain/prepare/baskets.ts";
import type { BehaviourQuery } from "./behaviour-model.ts";

/** A shopper with more purchases than this is a reseller's account; the newest are what counts. */
const MAX_PURCHASES = 4_000;

/**
 * Opens the purchases of every known customer.
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
  return {
    before(customer, atMs) {
      if (customer < 0) return [];
      const history: { item: number; atMs: number }[] = [];
      for (let at = offsets[customer]!; at < offsets[customer + 1]!; at++) {
        const basket = basketOf[at]!;
        const placedAtMs = baskets.placedAtMs[basket]!;
        if (placedAtMs >= atMs) break;
        for (let line = baskets.offsets[basket]!; line < baskets.offsets[basket + 1]!; line++) {
          history.push({ item: baskets.item[line]!, atMs: placedAtMs });
        }
      }
      return history.length > MAX_PURCHASES ? history.slice(-MAX_PURCHASES) : history;
    },
  };
}
