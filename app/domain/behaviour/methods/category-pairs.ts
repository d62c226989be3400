import { countBaskets, type Baskets, type Item } from "#app/domain/prepare/baskets.ts";

/** How readily products of each category are bought with those of each other. */
export interface CategoryPairs {
  /** [items] index of the item's category; -1 without one. */
  readonly categoryOf: Int32Array;
  readonly count: number;
  /** [count × count] log of `P(category b in the rest of the basket | a) / products of b`, shrunk. */
  readonly chance: Float32Array;
  /** [count × count] log of how much oftener than by chance, shrunk to 0. */
  readonly lift: Float32Array;
}

/** Pairs' worth of doubt. */
const DOUBT = 2;
/** Beyond so many categories the table costs more than it tells; the rarer ones count as none. */
const MAX_CATEGORIES = 1_500;

/**
 * Counts pairs of products in one basket by their categories, so that products nobody has bought yet are told by
 * their kind: `P(b | a) = (n_ab + κ·p_b) / (n_a + κ)`, spread over the products of b; lift is
 * `(n_ab + κ) / (n_a·p_b + κ)`.
 *
 * @param weights [baskets] by age
 * @see Gelman & Hill 2006 on shrinkage to the pooled share. Known weakness: all products of a category look alike
 */
export function countCategoryPairs(baskets: Baskets, weights: Float32Array): CategoryPairs {
  const { categoryOf, sizes } = numberCategories(baskets.items);
  const count = sizes.length;
  const together = new Float64Array(count * count);
  for (let basket = 0; basket < countBaskets(baskets); basket++) {
    const [from, end] = [baskets.offsets[basket]!, baskets.offsets[basket + 1]!];
    if (end - from < 2) continue;
    // A basket's pairs weigh as much as it has lines, not as their square.
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

/** An item without a category, or one whose basket has none, is as unlikely as any. */
const UNKNOWN = { chance: 0, bestChance: -20, lift: 0, bestLift: -3 };

/** Mean over the basket and best of it, of both logarithms of `countCategoryPairs`. */
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
