import type { Baskets } from "#app/domain/prepare/baskets.ts";
import type { ItemBaskets } from "#app/domain/behaviour/item-baskets.ts";
import { ItemLinksBuilder, type ItemLinks } from "#app/domain/behaviour/item-links.ts";

export interface PairScores {
  /** `n_ij / n_i`, decayed: the share of the item's baskets that also hold the partner. */
  readonly confidence: ItemLinks;
  /** `Σ_b (w_b / |b|) / n_i / n_j^β` over shared baskets b: a walk item → basket → item, less for popular ends. */
  readonly walk: ItemLinks;
  /** [items] `n_i`: baskets with the item, decayed. */
  readonly itemWeight: Float32Array;
}

interface PairSettings {
  /** Partners kept of each item. */
  readonly limit: number;
  /** β, how far the walk discounts a popular partner; 0 to 1. */
  readonly popularityDiscount: number;
}

const PAIR_DEFAULTS: PairSettings = { limit: 400, popularityDiscount: 0.6 };

/**
 * Direct pair scores of all items in one pass over the baskets of each item.
 *
 * @param weights [baskets] by age, from `decayWeights`
 * @see Paudel, Christoffel, Newell & Bernstein 2017 (RP3beta) for the walk; Agrawal & Srikant 1994 for confidence.
 *   Cost is the sum of squared basket sizes. Known weakness: sees direct partners only
 */
export function scorePairs(
  baskets: Baskets,
  index: ItemBaskets,
  weights: Float32Array,
  { limit, popularityDiscount }: PairSettings = PAIR_DEFAULTS,
): PairScores {
  const items = baskets.items.length;
  const itemWeight = new Float64Array(items);
  for (let item = 0; item < items; item++) {
    for (let at = index.offsets[item]!; at < index.offsets[item + 1]!; at++) {
      itemWeight[item]! += weights[index.basket[at]!]!;
    }
  }
  const discount = itemWeight.map((weight) => (weight > 0 ? weight ** -popularityDiscount : 0));
  const confidence = new ItemLinksBuilder(items, limit);
  const walk = new ItemLinksBuilder(items, limit);
  const together = new Float64Array(items);
  const walked = new Float64Array(items);
  for (let item = 0; item < items; item++) {
    const touched: number[] = [];
    for (let at = index.offsets[item]!; at < index.offsets[item + 1]!; at++) {
      const basket = index.basket[at]!;
      const from = baskets.offsets[basket]!;
      const end = baskets.offsets[basket + 1]!;
      const weight = weights[basket]!;
      const step = weight / (end - from);
      for (let line = from; line < end; line++) {
        const partner = baskets.item[line]!;
        if (together[partner] === 0) touched.push(partner);
        together[partner]! += weight;
        walked[partner]! += step;
      }
    }
    const partners = touched.filter((partner) => partner !== item);
    for (const partner of partners) {
      together[partner]! /= itemWeight[item]!;
      walked[partner]! *= discount[partner]! / itemWeight[item]!;
    }
    confidence.addRow(partners, together);
    walk.addRow(partners, walked);
    for (const partner of touched) together[partner] = walked[partner] = 0;
  }
  return {
    confidence: confidence.finish(),
    walk: walk.finish(),
    itemWeight: Float32Array.from(itemWeight),
  };
}
