import { atEachEnd, type Estimate, scaleEstimate } from "#app/domain/numbers/statistics.ts";
import type { ExpectedEffect } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { basketsOf, intersect, type Occurrences } from "#app/domain/propose/together/occurrences.ts";
import { extraOf, type BundleCandidate } from "./bundle-candidate.ts";

/** Sets of three are formed from at most this many pairs, those with the highest margin; no list is that long. */
const MOST_PAIRS = 1_000;

/** Three products, any two of which go together, shown side by side at full price. */
export interface SetOfThree {
  /** In display order, the anchor first. */
  readonly items: readonly [number, number, number];
  readonly pairs: readonly [BundleCandidate, BundleCandidate, BundleCandidate];
}

/**
 * Forms sets of three to show at full price. Each two of the products are a pair that orders prove and that would be
 * shown at full price by itself, now. Without a discount, a set gives nothing away to shoppers who take two of three.
 * It is worth its pairs, and shows two products next to the page's own in one place of the page.
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
      // Each set is found from all of its pairs and returned for one of them.
      if (!withSecond || third < Math.max(a, b)) return [];
      return [{ items: [a, b, third], pairs: [pair, withFirst, withSecond] }];
    });
  });
}

function isJoinable({ kind, discountRatio, days, isMatchingSet, isToTry }: BundleCandidate): boolean {
  return kind === "complementary" && discountRatio === 0 && !days && !isMatchingSet && !isToTry;
}

/**
 * Expected effect of a set in 28 days. Margin and revenue are the sums over its pairs. Its orders, those with all three
 * products, recur at the rate of the first pair's, and the offer adds to them in proportion to the pairs' orders.
 *
 * Known weakness: assumes that shoppers notice each of two products next to the page's own as they would notice one,
 * and adds up intervals as if the errors of all pairs were equal.
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
