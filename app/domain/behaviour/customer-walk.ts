import { countBaskets, type Baskets } from "#app/domain/prepare/baskets.ts";
import { decayWeights, indexItemBaskets } from "./item-baskets.ts";
import type { ItemLinks } from "./item-links.ts";
import { scorePairs } from "./pair-scores.ts";

/** Half-life of a customer's weight since the last order, days. */
const HALF_LIFE_DAYS = 180;
/** The newest different items of a customer that count: a reseller's account goes with everything. */
const MOST_ITEMS = 800;
const SETTINGS = { limit: 200, popularityDiscount: 0.6 };

/**
 * The walk item → customer → item: `Σ_c (w_c / |c|) / n_i / n_j^β` over the customers c who bought both, in one order
 * or in several. It knows what belongs to one taste or trade, where baskets know what belongs together.
 *
 * @param baskets only baskets before `cutoffMs`; guests say nothing here
 * @see Paudel, Christoffel, Newell & Bernstein 2017 (RP3beta), on customers for baskets
 */
export function walkByCustomers(baskets: Baskets, cutoffMs: number): ItemLinks {
  const customers = joinPurchases(baskets);
  const weights = decayWeights(customers, cutoffMs, HALF_LIFE_DAYS);
  return scorePairs(customers, indexItemBaskets(customers), weights, SETTINGS).walk;
}

/** Each customer's purchases as one basket at the time of the last order. */
function joinPurchases(baskets: Baskets): Baskets {
  const itemsOf = baskets.customerKeys.map(() => new Set<number>());
  const lastMs = new Float64Array(baskets.customerKeys.length);
  for (let basket = countBaskets(baskets) - 1; basket >= 0; basket--) {
    const customer = baskets.customer[basket]!;
    if (customer < 0) continue;
    const items = itemsOf[customer]!;
    lastMs[customer] = Math.max(lastMs[customer]!, baskets.placedAtMs[basket]!);
    for (let line = baskets.offsets[basket]!; line < baskets.offsets[basket + 1]!; line++) {
      if (items.size < MOST_ITEMS) items.add(baskets.item[line]!);
    }
  }
  const customers = [...itemsOf.keys()].filter((customer) => itemsOf[customer]!.size > 1);
  const offsets = new Uint32Array(customers.length + 1);
  customers.forEach((customer, at) => (offsets[at + 1] = offsets[at]! + itemsOf[customer]!.size));
  const item = new Uint32Array(offsets.at(-1)!);
  customers.forEach((customer, at) => item.set([...itemsOf[customer]!], offsets[at]!));
  return {
    ...baskets,
    orderIds: [],
    placedAtMs: Float64Array.from(customers, (customer) => lastMs[customer]!),
    customer: Int32Array.from(customers),
    offsets,
    item,
    units: new Uint32Array(0),
    unitPriceMinor: new Float64Array(0),
  };
}
