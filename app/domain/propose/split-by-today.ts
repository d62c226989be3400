import { marketOf, type BundleCandidate } from "#app/domain/propose/bundle-candidate.ts";
import { demandTimes, EFFECT_DAYS, type BundleMarket } from "#app/domain/propose/bundle-market.ts";
import type { Refusal } from "#app/domain/propose/bundle-proposal.ts";

/** Below this share of the demand of an average time, the products are out of season. */
const LEAST_OF_AVERAGE = 0.2;

/**
 * What pays by the newest forecast too, most first; the rest is refused: its season went by since it was chosen.
 *
 * @param restated bundles with today's effect
 */
export function splitByToday(today: BundleMarket, restated: readonly BundleCandidate[]) {
  const timesOf = (bundle: BundleCandidate) => demandTimes(marketOf(today, bundle), bundle.items);
  const pays = (bundle: BundleCandidate) =>
    bundle.effect.extraMarginMinor.value > 0 &&
    // Last year's curve speaks for what is in season; the level before it, which the forecast starts from, is low.
    (bundle.kind === "seasonal" || timesOf(bundle) >= LEAST_OF_AVERAGE);
  const told = restated.filter(pays);
  told.sort((a, b) => b.effect.extraMarginMinor.value - a.effect.extraMarginMinor.value);
  const waiting = restated
    .filter((bundle) => !pays(bundle))
    .map((bundle): Refusal => ({
      components: bundle.items,
      reason:
        `out of season: in the coming ${EFFECT_DAYS} days they are expected in ` +
        `${Math.round(100 * timesOf(bundle))} % of the orders of an average time`,
    }));
  return { told, waiting };
}
