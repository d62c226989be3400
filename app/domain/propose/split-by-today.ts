import {
  isStockShort,
  marketOf,
  SHORT_STOCK,
  type BundleCandidate,
} from "#app/domain/propose/bundle-candidate.ts";
import { demandTimes, EFFECT_DAYS, type BundleMarket } from "#app/domain/propose/bundle-market.ts";
import type { Refusal } from "#app/domain/propose/bundle-proposal.ts";

/** Below this share of the demand of an average time, the products are out of season. */
const LEAST_OF_AVERAGE = 0.2;

/**
 * What pays by the newest forecast too, most first; the rest is refused: since it was chosen its season went by, or it
 * began to sell faster than its stock allows.
 *
 * @param restated bundles with today's effect
 */
export function splitByToday(today: BundleMarket, restated: readonly BundleCandidate[]) {
  const told: BundleCandidate[] = [];
  const waiting: Refusal[] = [];
  for (const bundle of restated) {
    const reason = findProblem(today, bundle);
    if (reason) waiting.push({ components: bundle.items, reason });
    else told.push(bundle);
  }
  told.sort((a, b) => b.effect.extraMarginMinor.value - a.effect.extraMarginMinor.value);
  return { told, waiting };
}

function findProblem(today: BundleMarket, bundle: BundleCandidate): string | null {
  if (!bundle.days && isStockShort(today, bundle.items)) return SHORT_STOCK;
  const times = demandTimes(marketOf(today, bundle), bundle.items);
  // Last year's curve speaks for what is in season; the level before it, which the forecast starts from, is low.
  const isInSeason = bundle.kind === "seasonal" || times >= LEAST_OF_AVERAGE;
  if (bundle.effect.extraMarginMinor.value > 0 && isInSeason) return null;
  return (
    `out of season: in the coming ${EFFECT_DAYS} days they are expected in ` +
    `${Math.round(100 * times)} % of the orders of an average time`
  );
}
