import type { Deps } from "#app/services/deps.server.ts";
import type { ResultsWindow } from "#app/data/experiment/counted-visitors.server.ts";
import {
  readRedeemedVersion,
  sumOffers,
  type BundleSums,
  type OfferSums,
} from "#app/data/visits/exposures.server.ts";
import { numberOf, type CohortDay, type Measure } from "#app/domain/evaluate/proof/cohort-day.ts";
import { trackUplift, type UpliftPoint } from "#app/domain/evaluate/proof/uplift-track.ts";
import { readUplift, type MeasuredUplift } from "./read-uplift.server.ts";

/** What one arm did in the measuring period. */
interface ArmSums {
  readonly visitors: number;
  /** Visitors with at least one order. */
  readonly buyers: number;
  readonly orders: number;
  /** Paid for goods after discounts, before tax and shipping, refunds taken off; minor units. */
  readonly revenueMinor: number;
}

/** With the comparison of the arms over the measuring period that `toMs` lies in, whatever window was asked for. */
export interface Results extends Omit<MeasuredUplift, "days"> {
  /** What each arm did in the measuring period, for the page's table. */
  readonly arms: { readonly treated: ArmSums; readonly holdout: ArmSums };
  /** How the comparison has moved over the days of the measuring period. */
  readonly track: readonly UpliftPoint[];
  /** Every bundle seen or sold in the window, the most revenue first. */
  readonly bundles: readonly BundleSums[];
  /** Orders that took an offer, one with several once, and what was paid for the components. */
  readonly sold: {
    readonly orders: number;
    readonly revenueMinor: number;
    readonly discountMinor: number;
  };
}

/**
 * Step 8, evaluate: what the offers did. Attribution is by the discount really redeemed in the window, at full price by what
 * those bought who saw the offer; uplift is the difference of the arms in the measuring period, whether or not a visitor
 * saw an offer, with refunds taken off. What takes longer than a moment is handed out again for a while, of a window as
 * long, until one more order redeems an offer.
 *
 * @param fromMs first instant that counts for the sold bundles
 * @param toMs first instant that does not count any more
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
      revenueMinor: total(bundles, ({ revenueMinor }) => revenueMinor),
      discountMinor: total(bundles, ({ discountMinor }) => discountMinor),
    },
  };
}

/** What the offers did in a window; handed out again as above. */
export async function readOfferSums(
  { pool, slowAnswers }: Pick<Deps, "pool" | "slowAnswers">,
  window: ResultsWindow,
): Promise<OfferSums> {
  const version = await readRedeemedVersion(pool, window);
  const lengthMs = window.to.getTime() - window.from.getTime();
  return slowAnswers(`offers ${window.shop} ${lengthMs}`, () => sumOffers(pool, window), version);
}

function sumArm(days: readonly CohortDay[], arm: "treated" | "holdout"): ArmSums {
  const sum = (measure: Measure) => total(days, (day) => day[arm].sums[numberOf(measure)]!);
  return {
    visitors: total(days, (day) => day[arm].visitors),
    buyers: sum("buyers"),
    orders: sum("orders"),
    revenueMinor: sum("revenueMinor"),
  };
}

function total<T>(list: readonly T[], value: (element: T) => number): number {
  return list.reduce((sum, element) => sum + value(element), 0);
}
