import type { Deps } from "#app/deps.server.ts";
import { sumByArm, sumByBundle, type ArmSums, type BundleSums } from "#app/data/exposures.server.ts";
import { readSettings } from "#app/data/settings.server.ts";
import { estimateUplift, type ArmOutcome, type Uplift } from "#app/domain/evaluate/uplift.ts";

export interface Results {
  readonly uplift: Uplift;
  /** What each arm did, for the page's table. */
  readonly arms: { readonly treated: ArmSums; readonly holdout: ArmSums };
  /** Every bundle seen or redeemed in the window, the most revenue first. */
  readonly bundles: readonly BundleSums[];
  /** Orders that redeemed a bundle, each counted once per bundle, and what was paid for the components. */
  readonly redeemed: {
    readonly conversions: number;
    readonly revenueMinor: number;
    readonly discountMinor: number;
  };
}

/**
 * Step 8, evaluate: what the offers did in a window. Attribution is by the discount really redeemed; uplift is the
 * difference of the arms, whether or not a visitor saw an offer, with refunds taken off.
 *
 * @param fromMs first instant that counts
 * @param toMs first instant that does not count any more
 * @throws AppError input_invalid when the shop has not installed the app
 */
export async function readResults(
  deps: Deps,
  { shop, fromMs, toMs }: { shop: string; fromMs: number; toMs: number },
): Promise<Results> {
  const window = { shop, from: new Date(fromMs), to: new Date(toMs) };
  const { assumedMarginRatio, holdoutRatio } = await readSettings(deps.db, shop);
  const [arms, bundles] = await Promise.all([
    sumByArm(deps.pool, window, assumedMarginRatio),
    sumByBundle(deps.pool, window),
  ]);
  const treated = arms.find(({ arm }) => arm === "treated") ?? emptyArm("treated");
  const holdout = arms.find(({ arm }) => arm === "holdout") ?? emptyArm("holdout");
  return {
    uplift: estimateUplift({ treated: toOutcome(treated), holdout: toOutcome(holdout), holdoutRatio }),
    arms: { treated, holdout },
    bundles,
    redeemed: {
      conversions: total(bundles, ({ conversions }) => conversions),
      revenueMinor: total(bundles, ({ revenueMinor }) => revenueMinor),
      discountMinor: total(bundles, ({ discountMinor }) => discountMinor),
    },
  };
}

function emptyArm(arm: ArmSums["arm"]): ArmSums {
  return {
    arm,
    visitors: 0,
    buyers: 0,
    orders: 0,
    ordersSquared: 0,
    revenueMinor: 0,
    revenueMinorSquared: 0,
    marginMinor: 0,
    marginMinorSquared: 0,
  };
}

function toOutcome(sums: ArmSums): ArmOutcome {
  const { visitors } = sums;
  return {
    revenueMinor: { visitors, sum: sums.revenueMinor, sumOfSquares: sums.revenueMinorSquared },
    orders: { visitors, sum: sums.orders, sumOfSquares: sums.ordersSquared },
    marginMinor: { visitors, sum: sums.marginMinor, sumOfSquares: sums.marginMinorSquared },
  };
}

function total(bundles: readonly BundleSums[], value: (bundle: BundleSums) => number): number {
  return bundles.reduce((sum, bundle) => sum + value(bundle), 0);
}
