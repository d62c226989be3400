import type { BundleCandidate } from "#app/domain/propose/bundle-candidate.ts";
import { EFFECT_DAYS, type BundleMarket } from "#app/domain/propose/bundle-market.ts";
import type { Refusal } from "#app/domain/propose/bundle-proposal.ts";

/** Below this share of what an average time has, the products are out of season. */
const LEAST_OF_AVERAGE = 0.2;

/**
 * What pays by the newest forecast too, most first; the rest is refused: its season went by since it was chosen.
 *
 * @param restated bundles with today's effect
 */
export function splitByToday({ windows }: BundleMarket, restated: readonly BundleCandidate[]) {
  const average = ({ together }: BundleCandidate) => together / windows;
  const pays = (bundle: BundleCandidate) =>
    bundle.effect.extraMarginMinor.value > 0 &&
    bundle.effect.ordersAnyway.value >= LEAST_OF_AVERAGE * average(bundle);
  const told = restated.filter(pays);
  told.sort((a, b) => b.effect.extraMarginMinor.value - a.effect.extraMarginMinor.value);
  const waiting = restated
    .filter((bundle) => !pays(bundle))
    .map((bundle): Refusal => ({
      components: bundle.items,
      reason:
        `out of season: in the coming ${EFFECT_DAYS} days about ${bundle.effect.ordersAnyway.value.toFixed(1)} orders ` +
        `are expected that hold them, where an average time has ${average(bundle).toFixed(1)}`,
    }));
  return { told, waiting };
}
