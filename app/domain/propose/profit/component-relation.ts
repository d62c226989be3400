import type { Item } from "#app/domain/prepare/baskets.ts";
import { expectedByChance, type CountedOrders } from "#app/domain/propose/together/by-chance.ts";
import { countOrders } from "#app/domain/propose/together/occurrences.ts";
import { liftOf } from "#app/domain/propose/together/pair-statistics.ts";
import { relateNames, type NameRelation } from "#app/domain/propose/titles/title-similarity.ts";

export interface NamedItems {
  readonly items: readonly Item[];
  /** [items] words of its title, without its brand and the options of a variant. */
  readonly nameWords: readonly ReadonlySet<string>[];
  /** [items] the same without the words of its product line, from `findKindWords`. */
  readonly kindWords: readonly ReadonlySet<string>[];
  /** [items] title words that name the kind of thing. */
  readonly types: readonly ReadonlySet<string>[];
}

/** Joint orders of each item with each other item of a similar name, descending. */
export type LikeNamed = ReadonlyMap<number, readonly number[]>;

/**
 * Two products that share a name are a matching set if they are bought together at least twice as often as by chance,
 * with 95 % certainty; if a quarter of the orders of each hold the other; and if neither shares half as many orders
 * with three other items of similar name. Patterns of one product are bought by the handful, each with many others;
 * parts of a set are bought with each other.
 */
const SET_LEAST_LIFT = 2;
const SET_LEAST_ATTACH = 0.25;
const SET_RIVALS = 3;
const RIVAL_SHARE = 0.5;

export function relationOfNames(
  { nameWords, kindWords, types, items }: NamedItems,
  [a, b]: readonly [number, number],
): NameRelation {
  const nameOf = (item: number) => ({
    words: nameWords[item]!,
    kindWords: kindWords[item]!,
    types: types[item]!,
    priceMinor: items[item]!.priceMinor,
  });
  return relateNames(nameOf(a), nameOf(b));
}

/**
 * Whether two items that share a name are a matching set and not one product in two variants.
 *
 * @param effectiveSize from `effectiveSampleSize`
 */
export function isBoughtAsSet(
  { occurrences, chance, likeNamed }: CountedOrders & { readonly likeNamed: LikeNamed },
  items: readonly [number, number],
  { together, effectiveSize }: { readonly together: number; readonly effectiveSize: number },
): boolean {
  const orders = items.map((item) => countOrders(occurrences, item));
  return (
    liftOf(together, expectedByChance(chance, items), effectiveSize).low >= SET_LEAST_LIFT &&
    together >= SET_LEAST_ATTACH * Math.max(...orders) &&
    // One of the counts is the pair's own.
    items.every((item) => (likeNamed.get(item)?.[SET_RIVALS] ?? 0) < RIVAL_SHARE * together)
  );
}
