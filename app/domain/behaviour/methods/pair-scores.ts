import { type Baskets, countBaskets, type Item } from "#app/domain/prepare/baskets.ts";
import type { SetsOfItems } from "#app/domain/behaviour/item-baskets.ts";
import { ItemLinksBuilder, type ItemLinks } from "#app/domain/behaviour/item-links.ts";

export interface PairScores {
  /** `n_ij / n_i`, decayed by age: the share of the item's baskets that also hold the partner. */
  readonly confidence: ItemLinks;
  /** `Σ_b (w_b / |b|) / n_i / n_j^β` over shared baskets b: a walk item → basket → item that discounts popular ends. */
  readonly walk: ItemLinks;
  /** [items] `n_i`: baskets with the item, decayed by age. */
  readonly itemWeight: Float32Array;
}

/** Partners kept per item. */
const MOST_PARTNERS = 400;
/** β, how strongly the walk discounts a popular partner; 0 to 1. */
const POPULARITY_DISCOUNT = 0.6;

/**
 * Scores direct pairs of all items in one pass over the baskets of each item.
 *
 * @param weights [baskets] by age, from `decayWeights`
 * @see Paudel, Christoffel, Newell & Bernstein 2017 (RP3beta) for the walk; Agrawal & Srikant 1994 for confidence. The
 *   cost is the sum of squared basket sizes. Known weakness: sees direct partners only
 */
export function scorePairs(baskets: Baskets, index: SetsOfItems, weights: Float32Array): PairScores {
  const items = baskets.items.length;
  const itemWeight = new Float64Array(items);
  for (let item = 0; item < items; item++) {
    for (let at = index.offsets[item]!; at < index.offsets[item + 1]!; at++) {
      itemWeight[item]! += weights[index.set[at]!]!;
    }
  }
  const discount = itemWeight.map((weight) => (weight > 0 ? weight ** -POPULARITY_DISCOUNT : 0));
  const confidence = new ItemLinksBuilder(items, MOST_PARTNERS);
  const walk = new ItemLinksBuilder(items, MOST_PARTNERS);
  const together = new Float64Array(items);
  const walked = new Float64Array(items);
  const touched = new Int32Array(items);
  for (let item = 0; item < items; item++) {
    let found = 0;
    for (let at = index.offsets[item]!; at < index.offsets[item + 1]!; at++) {
      const basket = index.set[at]!;
      const from = baskets.offsets[basket]!;
      const end = baskets.offsets[basket + 1]!;
      const weight = weights[basket]!;
      const step = weight / (end - from);
      for (let line = from; line < end; line++) {
        const partner = baskets.item[line]!;
        if (partner === item) continue;
        if (together[partner] === 0) touched[found++] = partner;
        together[partner]! += weight;
        walked[partner]! += step;
      }
    }
    const partners = touched.subarray(0, found);
    for (const partner of partners) {
      together[partner]! /= itemWeight[item]!;
      walked[partner]! *= discount[partner]! / itemWeight[item]!;
    }
    confidence.addRow(partners, together);
    walk.addRow(partners, walked);
    for (const partner of partners) together[partner] = walked[partner] = 0;
  }
  return {
    confidence: confidence.finish(),
    walk: walk.finish(),
    itemWeight: Float32Array.from(itemWeight),
  };
}

/** How often products of one category are bought with those of another. */
export interface CategoryPairs {
  /** [items] index of the item's category; -1 without one. */
  readonly categoryOf: Int32Array;
  readonly count: number;
  /** [count × count] log of `P(category b in the rest of the basket | a) / products of b`, shrunk. */
  readonly chance: Float32Array;
  /** [count × count] log of the count over the count by chance, shrunk to 0. */
  readonly lift: Float32Array;
}

/** Pseudo-count of pairs, κ. */
const DOUBT = 2;
/** The most frequent categories; a larger table costs more than it adds. Rarer ones count as none. */
const MAX_CATEGORIES = 1_500;

/**
 * Counts pairs of products in one basket by category, to score products without sales by their category:
 * `P(b | a) = (n_ab + κ·p_b) / (n_a + κ)`, divided by the number of products of b. Lift is
 * `(n_ab + κ) / (n_a·p_b + κ)`.
 *
 * @param weights [baskets] by age
 * @see Gelman & Hill 2006 on shrinkage to the pooled share. Known weakness: all products of a category score the same
 */
export function countCategoryPairs(baskets: Baskets, weights: Float32Array): CategoryPairs {
  const { categoryOf, sizes } = numberCategories(baskets.items);
  const count = sizes.length;
  const together = new Float64Array(count * count);
  for (let basket = 0; basket < countBaskets(baskets); basket++) {
    const [from, end] = [baskets.offsets[basket]!, baskets.offsets[basket + 1]!];
    if (end - from < 2) continue;
    // The pairs of a basket weigh as much as it has lines, not as their square.
    const weight = weights[basket]! / (end - from - 1);
    for (let line = from; line < end; line++) {
      const a = categoryOf[baskets.item[line]!]!;
      if (a < 0) continue;
      for (let other = from; other < end; other++) {
        const b = categoryOf[baskets.item[other]!]!;
        if (other !== line && b >= 0) together[a * count + b]! += weight;
      }
    }
  }
  const ofRow = new Float64Array(count);
  let total = 0;
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < count; b++) ofRow[a]! += together[a * count + b]!;
    total += ofRow[a]!;
  }
  const chance = new Float32Array(count * count);
  const lift = new Float32Array(count * count);
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < count; b++) {
      const usual = (ofRow[b]! + 0.5) / (total + 0.5 * count);
      const both = together[a * count + b]!;
      chance[a * count + b] = Math.log((both + DOUBT * usual) / (ofRow[a]! + DOUBT) / sizes[b]!);
      lift[a * count + b] = Math.log((both + DOUBT) / (ofRow[a]! * usual + DOUBT));
    }
  }
  return { categoryOf, count, chance, lift };
}

function numberCategories(items: readonly Item[]): { categoryOf: Int32Array; sizes: number[] } {
  const sizes = new Map<string, number>();
  for (const { category } of items) if (category !== "") sizes.set(category, (sizes.get(category) ?? 0) + 1);
  const kept = [...sizes].sort(([, a], [, b]) => b - a).slice(0, MAX_CATEGORIES);
  const indexOf = new Map(kept.map(([category], index) => [category, index]));
  return {
    categoryOf: Int32Array.from(items, ({ category }) => indexOf.get(category) ?? -1),
    sizes: kept.map(([, size]) => size),
  };
}

/** Values without a known category: 0 for the means, a low floor for the best. */
const UNKNOWN = { chance: 0, bestChance: -20, lift: 0, bestLift: -3 };

/** Mean over the basket, and best of it, for both logarithms of `countCategoryPairs`. */
export function describeCategoryPair(
  { categoryOf, count, chance, lift }: CategoryPairs,
  basket: readonly number[],
  item: number,
): { chance: number; bestChance: number; lift: number; bestLift: number } {
  const b = categoryOf[item]!;
  if (b < 0) return UNKNOWN;
  const stated = { ...UNKNOWN };
  for (const other of basket) {
    const a = categoryOf[other]!;
    if (a < 0) continue;
    const at = a * count + b;
    stated.chance += chance[at]! / basket.length;
    stated.lift += lift[at]! / basket.length;
    stated.bestChance = Math.max(stated.bestChance, chance[at]!);
    stated.bestLift = Math.max(stated.bestLift, lift[at]!);
  }
  return stated;
}
