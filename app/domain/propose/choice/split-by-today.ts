import {
  isStockShort,
  marketOf,
  restate,
  type BundleCandidate,
} from "#app/domain/propose/profit/bundle-candidate.ts";
import {
  demandTimes,
  EFFECT_DAYS,
  type BundleMarket,
  type DemandOutlook,
  type StockOutlook,
  type ThroughYear,
} from "#app/domain/propose/profit/bundle-market.ts";
import type { Refusal } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { SHORT_STOCK } from "./explain-no-bundle.ts";
import type { RefusalMessage } from "#app/domain/propose/proposal/propose-messages.ts";

/** Below this share of the demand of an average time, the products are out of season. */
const LEAST_OF_AVERAGE = 0.2;
/** Fewer orders in 28 days are told as 0.0: a season of what the shop has ceased to sell. */
const LEAST_STATED_ORDERS = 0.05;

/** A bundle by today's word, and the market of the window that it is for. */
interface StatedBundle {
  readonly bundle: BundleCandidate;
  readonly market: BundleMarket;
}

/**
 * The bundles as the newest forecast states them: what pays by it too, most first; the rest is refused, for since it was
 * chosen its season went by, or it began to sell faster than its stock allows.
 */
export function splitByToday(today: ThroughYear<BundleMarket>, chosen: readonly BundleCandidate[]) {
  const stated: StatedBundle[] = [];
  const waiting: Refusal[] = [];
  for (const one of chosen) {
    const market = marketOf(today, one);
    const bundle = restate(market ?? today, one);
    const problem = market ? findProblem(market, bundle) : outOfSeason(today, bundle);
    if (problem) waiting.push({ components: bundle.items, reason: problem });
    else stated.push({ bundle, market: market! });
  }
  stated.sort((a, b) => b.bundle.effect.extraMarginMinor.value - a.bundle.effect.extraMarginMinor.value);
  return { stated, waiting };
}

function findProblem(market: DemandOutlook & StockOutlook, bundle: BundleCandidate): RefusalMessage | null {
  const { kind, items, days, effect } = bundle;
  if (!days && isStockShort(market, items)) return SHORT_STOCK;
  // Last year's curve speaks for what is in season; the level before it, which the forecast starts from, is low.
  const isInSeason =
    kind === "seasonal"
      ? effect.ordersWithOffer.value >= LEAST_STATED_ORDERS
      : !days && demandTimes(market, items) >= LEAST_OF_AVERAGE;
  return effect.extraMarginMinor.value > 0 && isInSeason ? null : outOfSeason(market, bundle);
}

function outOfSeason(market: DemandOutlook, { items }: BundleCandidate): RefusalMessage {
  const values = { days: EFFECT_DAYS, demandRatio: demandTimes(market, items) };
  return { code: "refused.outOfSeason", values };
}
