import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { strongest } from "./item-links.ts";

/** The sets that hold each item: row `i` is `offsets[i]` to `offsets[i + 1]`. */
export interface SetsOfItems {
  /** [items + 1] */
  readonly offsets: Uint32Array;
  /** [entries] set indices, ascending per item */
  readonly set: Uint32Array;
}

/**
 * Lists the sets that hold each item.
 *
 * @param sets set `s` holds the items `item[offsets[s]]` to `item[offsets[s + 1] - 1]`
 * @param items number of all items
 */
export function indexItemSets(
  sets: { readonly offsets: Uint32Array; readonly item: Uint32Array },
  items: number,
): SetsOfItems {
  const offsets = new Uint32Array(items + 1);
  for (const item of sets.item) offsets[item + 1]!++;
  for (let item = 0; item < items; item++) offsets[item + 1]! += offsets[item]!;
  const next = offsets.slice();
  const holders = new Uint32Array(sets.item.length);
  for (let set = 0; set + 1 < sets.offsets.length; set++) {
    for (let entry = sets.offsets[set]!; entry < sets.offsets[set + 1]!; entry++) {
      holders[next[sets.item[entry]!]!++] = set;
    }
  }
  return { offsets, set: holders };
}

/**
 * Weight of each basket by age, `0.5 ^ (age / halfLife)`: recent orders predict the coming month better than old ones.
 *
 * @param halfLifeDays above 0; Infinity gives every basket the same weight
 * @returns [baskets] in (0, 1]
 */
export function decayWeights(baskets: Baskets, cutoffMs: number, halfLifeDays: number): Float32Array {
  return Float32Array.from(baskets.placedAtMs, (atMs) =>
    Math.pow(0.5, Math.max(0, cutoffMs - atMs) / (halfLifeDays * DAY_MS)),
  );
}

/** Newest baskets read per item: more baskets of a best-seller only cost time. */
const BASKETS_PER_ITEM = 1_000;
const NEIGHBOURS = 150;

/**
 * Scores items by the past baskets nearest to the given one. The similarity of a basket is
 * `Σ idf(shared items) / √|b|`; each of the nearest adds its similarity times its age weight to its items.
 *
 * @param weights [baskets] by age, from `decayWeights`
 * @returns a function that adds to `into` [items]; it reuses its memory, so it is not reentrant
 * @see Jannach & Ludewig 2017 (session-kNN)
 */
export function openBasketNeighbours(
  baskets: Baskets,
  index: SetsOfItems,
  weights: Float32Array,
): (basket: readonly number[], into: Float32Array) => void {
  const count = baskets.placedAtMs.length;
  const similarity = new Float32Array(count);
  const touched = new Uint32Array(count);
  return (items, into) => {
    let found = 0;
    for (const item of items) {
      const from = index.offsets[item]!;
      const end = index.offsets[item + 1]!;
      if (end === from) continue;
      const rarity = Math.log(1 + count / (end - from));
      for (let at = Math.max(from, end - BASKETS_PER_ITEM); at < end; at++) {
        const basket = index.set[at]!;
        if (similarity[basket] === 0) touched[found++] = basket;
        similarity[basket]! += rarity;
      }
    }
    const likely = touched.subarray(0, found);
    for (const basket of likely) {
      const size = baskets.offsets[basket + 1]! - baskets.offsets[basket]!;
      similarity[basket]! *= weights[basket]! / Math.sqrt(size);
    }
    for (const basket of strongest(likely, similarity, NEIGHBOURS)) {
      const similarityOfBasket = similarity[basket]!;
      for (let line = baskets.offsets[basket]!; line < baskets.offsets[basket + 1]!; line++) {
        into[baskets.item[line]!]! += similarityOfBasket;
      }
    }
    for (const basket of likely) similarity[basket] = 0;
  };
}
