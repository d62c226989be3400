import type { Deps } from "#app/services/deps.server.ts";
import type { ResultsWindow } from "#app/data/experiment/counted-visitors.server.ts";
import {
  readRedeemedVersion,
  sumOffers,
  type BundleSums,
  type OfferSums,
} from "#app/data/visits/exposures.server.ts";
import { sumOf } from "#app/domain/numbers/statistics.ts";
import { numberOf, type CohortDay, type Measure } from "#app/domain/evaluate/proof/cohort-day.ts";
import { trackUplift, type UpliftPoint } from "#app/domain/evaluate/proof/uplift-track.ts";
import { readUplift, type MeasuredUplift } from "./read-uplift.server.ts";

/** What one arm did in the measuring period. */
interface ArmSums {
  readonly visitors: number;
  /** Visitors with at least one order. */
  readonly buyers: number;
  readonly orders: number;
  /** Paid for goods after discounts and refunds, before tax and shipping, minor units. */
  readonly revenueMinor: number;
}

/** Includes the comparison of the arms over the measuring period that contains `toMs`, whatever the window. */
export interface Results extends Omit<MeasuredUplift, "days"> {
  /** What each arm did in the measuring period, for the table of the page. */
  readonly arms: { readonly treated: ArmSums; readonly holdout: ArmSums };
  /** The comparison on each day of the measuring period. */
  readonly track: readonly UpliftPoint[];
  /** Every bundle seen or sold in the window, by revenue, highest first. */
  readonly bundles: readonly BundleSums[];
  /** Orders that redeemed an offer, each counted once, and what was paid for the components. */
  readonly sold: {
    readonly orders: number;
    readonly revenueMinor: number;
    readonly discountMinor: number;
  };
}

/**
 * Step 8, evaluate: what the offers did. Attribution uses the discount that the order redeemed in the window; at full
 * price, the purchases of visitors who saw the offer. Uplift is the difference between the arms in the measuring
 * period, whether or not a visitor saw an offer, after refunds. A slow answer is cached for a while, until another
 * order redeems an offer.
 *
 * @param fromMs start of the window for the bundles sold, inclusive
 * @param toMs end of the window, exclusive
 * @throws AppError input_invalid when the shop has not installed the app
 */
export async function readResults(
  deps: Pick<Deps, "db" | "pool" | "slowAnswers">,
  { shop, fromMs, toMs }: { shop: string; fromMs: number; toMs: number },
): Promise<Results> {
  const window = { shop, from: new Date(fromMs), to: new Date(toMs) };
  const [{ days, ...measured }, { bundles, orders }] = await Promise.all([
    readUplift(deps, { shop, nowMs: toMs }),
    readOfferSums(deps, window),
  ]);
  return {
    ...measured,
    arms: { treated: sumArm(days, "treated"), holdout: sumArm(days, "holdout") },
    track: trackUplift(days, measured.uplift.toComeRatio ?? 0),
    bundles,
    sold: {
      orders,
      revenueMinor: sumOf(bundles, ({ revenueMinor }) => revenueMinor),
      discountMinor: sumOf(bundles, ({ discountMinor }) => discountMinor),
    },
  };
}

/** What the offers did in a window; cached as above. */
export async function readOfferSums(
  { pool, slowAnswers }: Pick<Deps, "pool" | "slowAnswers">,
  window: ResultsWindow,
): Promise<OfferSums> {
  const version = await readRedeemedVersion(pool, window);
  const lengthMs = window.to.getTime() - window.from.getTime();
  return slowAnswers(`offers ${window.shop} ${lengthMs}`, () => sumOffers(pool, window), version);
}

function sumArm(days: readonly CohortDay[], arm: "treated" | "holdout"): ArmSums {
  const sum = (measure: Measure) => sumOf(days, (day) => day[arm].sums[numberOf(measure)]!);
  return {
    visitors: sumOf(days, (day) => day[arm].visitors),
    buyers: sum("buyers"),
    orders: sum("orders"),
    revenueMinor: sum("revenueMinor"),
  };
}
