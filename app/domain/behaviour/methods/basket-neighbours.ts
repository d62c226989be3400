import type { Baskets } from "#app/domain/prepare/baskets.ts";
import type { ItemBaskets } from "#app/domain/behaviour/item-baskets.ts";
import { strongest } from "#app/domain/behaviour/item-links.ts";

/** Baskets of each item looked at, newest first: a best-seller's thousandth basket adds nothing but time. */
const BASKETS_PER_ITEM = 1_000;
const NEIGHBOURS = 150;

/**
 * Scores items by the earlier baskets most like the given one: the likeness of a basket is
 * `Σ idf(shared items) / √|b|`, and each of the nearest adds its likeness times its age's weight to its items.
 *
 * @param weights [baskets] by age, from `decayWeights`
 * @returns a function that adds to `into` [items]; it reuses its memory, so it is not reentrant
 * @see Jannach & Ludewig 2017 (session-kNN)
 */
export function openBasketNeighbours(
  baskets: Baskets,
  index: ItemBaskets,
  weights: Float32Array,
): (basket: readonly number[], into: Float32Array) => void {
  const count = baskets.placedAtMs.length;
  const likeness = new Float32Array(count);
  const touched = new Uint32Array(count);
  return (items, into) => {
    let found = 0;
    for (const item of items) {
      const from = index.offsets[item]!;
      const end = index.offsets[item + 1]!;
      if (end === from) continue;
      const rarity = Math.log(1 + count / (end - from));
      for (let at = Math.max(from, end - BASKETS_PER_ITEM); at < end; at++) {
        const basket = index.basket[at]!;
        if (likeness[basket] === 0) touched[found++] = basket;
        likeness[basket]! += rarity;
      }
    }
    const likely = touched.subarray(0, found);
    for (const basket of likely) {
      const size = baskets.offsets[basket + 1]! - baskets.offsets[basket]!;
      likeness[basket]! *= weights[basket]! / Math.sqrt(size);
    }
    for (const basket of strongest(likely, likeness, NEIGHBOURS)) {
      const likenessOfBasket = likeness[basket]!;
      for (let line = baskets.offsets[basket]!; line < baskets.offsets[basket + 1]!; line++) {
        into[baskets.item[line]!]! += likenessOfBasket;
      }
    }
    for (const basket of likely) likeness[basket] = 0;
  };
}
