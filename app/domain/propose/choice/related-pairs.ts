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

/** At most this share of the pairs called complements may be due to chance. */
const FALSE_DISCOVERY_SHARE = 0.05;
/** At most this many pairs are priced, those with the most orders × price. Far fewer are ever proposed. */
const MOST_PRICED = 30_000;
/** A pair with a lower expected lift does not go together. */
const LEAST_LIFT = 1.2;
/**
 * A pair that orders alone do not prove is tried if its lift is at least 2 with probability `LEAST_ODDS_TO_TRY`. Chosen
 * on samples of 200 and 1,000 orders from one real shop.
 */
const LIFT_TO_TRY = 2;
const LEAST_ODDS_TO_TRY = 0.8;
/** Up to this many pairings within orders, every pair counts. Beyond it, a pair needs half of `minSupportOrders`. */
const MOST_PAIRINGS = 1_000_000;

/** Fewest common orders from which a pair is counted: 1 unless the shop has more than `MOST_PAIRINGS`. */
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
 * The pairs that go together, most orders × price first, at most `MOST_PRICED`.
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
    // A count that chance can explain is no near miss to report.
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

/** Largest p-value that proves a pair, among the pairs in at least `least` orders. */
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

/** Whether enough orders hold both items, and their effective sample size is more than chance explains. */
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
