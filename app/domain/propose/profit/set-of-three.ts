import { atEachEnd, type Estimate, scaleEstimate } from "#app/domain/numbers/statistics.ts";
import type { ExpectedEffect } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { basketsOf, intersect, type Occurrences } from "#app/domain/propose/together/occurrences.ts";
import { extraOf, type BundleCandidate } from "./bundle-candidate.ts";

/** Pairs that sets of three are formed of, those that promise most: no list is so long. */
const MOST_PAIRS = 1_000;

/** Three products any two of which go together, shown side by side at full price. */
export interface SetOfThree {
  /** In the order shown: the anchor first. */
  readonly items: readonly [number, number, number];
  /** Each two of them. */
  readonly pairs: readonly [BundleCandidate, BundleCandidate, BundleCandidate];
}

/**
 * The sets of three that can be shown at full price: each two of their products are a pair that orders prove and that
 * would be shown so by itself, now. With nothing off, a set gives nothing away to who takes two of three; it is worth
 * its pairs, and in one place of a page it shows two products beside the page's own.
 *
 * @param candidates each pair of items once
 * @see app/decisions/propose/117-three-products-may-share-one-place.md
 */
export function joinPairs(candidates: readonly BundleCandidate[]): SetOfThree[] {
  const pairs = candidates
    .filter(isJoinable)
    .toSorted((x, y) => extraOf(y) - extraOf(x))
    .slice(0, MOST_PAIRS);
  const pairsOf = new Map<number, Map<number, BundleCandidate>>();
  for (const pair of pairs)
    for (const [at, item] of pair.items.entries()) {
      const own = pairsOf.get(item) ?? new Map<number, BundleCandidate>();
      pairsOf.set(item, own.set(pair.items[1 - at]!, pair));
    }
  return pairs.flatMap((pair) => {
    const [a, b] = pair.items;
    return [...pairsOf.get(a)!].flatMap(([third, withFirst]): SetOfThree[] => {
      const withSecond = pairsOf.get(b)!.get(third);
      // A set is found at each of its pairs, and told at one of them.
      if (!withSecond || third < Math.max(a, b)) return [];
      return [{ items: [a, b, third], pairs: [pair, withFirst, withSecond] }];
    });
  });
}

function isJoinable({ kind, discountRatio, days, isMatchingSet, isToTry }: BundleCandidate): boolean {
  return kind === "complementary" && discountRatio === 0 && !days && !isMatchingSet && !isToTry;
}

/**
 * What a set brings in 28 days: what its pairs bring. Its orders are those with all three: they come at the pace at which the
 * first pair's come again, and the offer adds to them as to the pairs' orders.
 *
 * Known weakness: shoppers are assumed to notice each of two products beside the page's own as they would notice one, and a
 * range adds up as if all pairs erred alike.
 */
export function effectOfSet({ items, pairs }: SetOfThree, occurrences: Occurrences): ExpectedEffect {
  const [first] = pairs;
  const together = items.map((item) => basketsOf(occurrences, item)).reduce(intersect).length;
  const ordersAnyway = scaleEstimate(first.effect.ordersAnyway, together / first.together);
  const anyway = sumOf(pairs, ({ effect }) => effect.ordersAnyway);
  const offered = sumOf(pairs, ({ effect }) => effect.ordersWithOffer);
  const timesAt = (end: keyof Estimate) => (anyway[end] > 0 ? offered[end] / anyway[end] : 1);
  return {
    ordersAnyway,
    ordersWithOffer: atEachEnd((end) => ordersAnyway[end] * timesAt(end)),
    extraMarginMinor: sumOf(pairs, ({ effect }) => effect.extraMarginMinor),
    extraRevenueMinor: sumOf(pairs, ({ effect }) => effect.extraRevenueMinor),
    pairsAnyway: pairs.map(({ effect }) => effect.ordersAnyway.value),
  };
}

function sumOf(pairs: readonly BundleCandidate[], of: (pair: BundleCandidate) => Estimate): Estimate {
  return atEachEnd((end) => pairs.reduce((all, pair) => all + of(pair)[end], 0));
}
