import { pairKey } from "#app/domain/behaviour/sessions/co-views.ts";
import type { RelatedPair } from "#app/domain/propose/profit/bundle-candidate.ts";
import { liftTogether, type BundleMarket } from "#app/domain/propose/profit/bundle-market.ts";
import { explainFewShoppers, type RefusalLog } from "#app/domain/propose/choice/explain-no-bundle.ts";
import { expectedByChance, type CountedOrders } from "#app/domain/propose/together/by-chance.ts";
import {
  effectiveSampleSize,
  basketsOf,
  intersect,
  countPairs,
  type Occurrences,
  type PairCounts,
} from "#app/domain/propose/together/occurrences.ts";
import type { PairLifts } from "#app/domain/propose/together/pair-lift.ts";
import { discoveryThreshold, oddsOfLift, surpriseOf } from "#app/domain/propose/together/pair-statistics.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";

/** Of the pairs called complements, at most this share may be chance. */
const FALSE_DISCOVERY_SHARE = 0.05;
/** Pairs priced: the ones with the most orders times price, far more than are ever proposed. */
const MOST_PRICED = 30_000;
/** Two that are not expected to be bought together by so many times more often than by chance do not go together. */
const LEAST_LIFT = 1.2;
/**
 * Where orders alone do not prove it, a pair is tried that is so sure to be bought twice as often as by chance. By pieces
 * of 200 and 1,000 orders of one real shop.
 */
const LIFT_TO_TRY = 2;
const LEAST_ODDS_TO_TRY = 0.8;
/** With no more pairings of two products in one order, all pairs are looked at; else those in half the orders asked for. */
const MOST_PAIRINGS = 1_000_000;

/** The fewest orders that pairs are counted from: all, where there are not too many. */
export function leastCounted(
  { baskets, basketOffsets }: Occurrences,
  { minSupportOrders }: ShopSettings,
): number {
  let pairings = 0;
  for (let basket = 0; basket < baskets; basket++) {
    const size = basketOffsets[basket + 1]! - basketOffsets[basket]!;
    pairings += (size * (size - 1)) / 2;
  }
  return pairings <= MOST_PAIRINGS ? 1 : Math.max(1, Math.ceil(minSupportOrders / 2));
}

/**
 * The pairs that go together, most orders × price first and no more than are priced.
 *
 * @see app/decisions/propose/047-a-pair-needs-proof-or-good-odds-and-is-no-two-designs.md
 */
export function findRelatedPairs(
  market: CountedOrders & Pick<BundleMarket, "viewedPairs" | "items" | "settings"> & PairLifts,
  { pairs, before }: { readonly pairs: PairCounts; readonly before: CountedOrders },
  refusals: RefusalLog,
): RelatedPair[] {
  const { occurrences, settings, items } = market;
  const threshold = findThreshold(before, Math.max(1, Math.ceil(settings.minSupportOrders / 2)));
  const ranked: { readonly pair: number; readonly turnover: number }[] = [];
  for (let pair = 0; pair < pairs.count; pair++) {
    const [a, b, together] = [pairs.a[pair]!, pairs.b[pair]!, pairs.together[pair]!];
    if (market.viewedPairs?.substitutes.has(pairKey(items.length, a, b))) continue;
    if (liftTogether(market, [a, b], { together, effectiveSize: together }) < LEAST_LIFT) continue;
    ranked.push({ pair, turnover: together * (items[a]!.priceMinor + items[b]!.priceMinor) });
  }
  ranked.sort((x, y) => y.turnover - x.turnover);
  return ranked.slice(0, MOST_PRICED).flatMap(({ pair }): RelatedPair[] => {
    const [a, b, together] = [pairs.a[pair]!, pairs.b[pair]!, pairs.together[pair]!];
    const effectiveSize = effectiveSampleSize(occurrences, [a, b]);
    const isToTry = !isProved(before, [a, b], { threshold, least: settings.minSupportOrders });
    const lift = liftTogether(market, [a, b], { together, effectiveSize });
    const isRelated = !isToTry || isWorthTrying(market, [a, b], { together, effectiveSize });
    if (lift >= LEAST_LIFT && isRelated) return [{ items: [a, b], together, isToTry }];
    // What chance may have done is no near miss to tell of.
    if (surpriseOf(together, expectedByChance(market.chance, [a, b])) > threshold) return [];
    const short = settings.minSupportOrders - together;
    if (short > 0)
      refusals.add("thin", [a, b], together, {
        code: "refused.thin",
        values: { count: short, together, asked: settings.minSupportOrders },
      });
    else refusals.add("repeated", [a, b], together, explainFewShoppers(together, effectiveSize));
    return [];
  });
}

/** Largest p-value that proves one of the pairs that so many orders hold. */
function findThreshold({ occurrences, chance }: CountedOrders, least: number): number {
  const pairs = countPairs(occurrences, least);
  const pValues = Float64Array.from(pairs.together, (together, pair) =>
    surpriseOf(together, expectedByChance(chance, [pairs.a[pair]!, pairs.b[pair]!])),
  );
  const tests = (pairs.frequentItems * (pairs.frequentItems - 1)) / 2;
  return discoveryThreshold(pValues, tests, FALSE_DISCOVERY_SHARE);
}

function isWorthTrying(
  { chance, priorLift }: CountedOrders & PairLifts,
  [a, b]: readonly [number, number],
  { together, effectiveSize }: { readonly together: number; readonly effectiveSize: number },
): boolean {
  const byChance = expectedByChance(chance, [a, b]);
  const odds = oddsOfLift(LIFT_TO_TRY, {
    effectiveSize,
    byChance: (byChance * effectiveSize) / together,
    priorLift: priorLift(a, b, { together, byChance }),
  });
  return odds >= LEAST_ODDS_TO_TRY;
}

/** Whether enough orders hold the two, and the shoppers that they are worth do more often than chance. */
function isProved(
  { occurrences, chance }: CountedOrders,
  items: readonly [number, number],
  { threshold, least }: { readonly threshold: number; readonly least: number },
): boolean {
  const together = intersect(basketsOf(occurrences, items[0]), basketsOf(occurrences, items[1])).length;
  if (together < least) return false;
  const effectiveSize = effectiveSampleSize(occurrences, items);
  return surpriseOf(effectiveSize, (expectedByChance(chance, items) * effectiveSize) / together) <= threshold;
}
