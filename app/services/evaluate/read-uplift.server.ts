import type { Deps } from "#app/services/deps.server.ts";
import { readCohorts } from "#app/data/experiment/cohorts.server.ts";
import { findRevenueCap } from "#app/data/experiment/experiment.server.ts";
import { compareBundles, type BundleEffect } from "#app/domain/evaluate/proof/bundle-effects.ts";
import type { CohortDay } from "#app/domain/evaluate/proof/cohort-day.ts";
import {
  areChosenBefore,
  countLeftOutDays,
  PERIOD_DAYS,
  type NotedDays,
} from "#app/domain/evaluate/proof/measuring-period.ts";
import { shareToCome } from "#app/domain/evaluate/proof/orders-to-come.ts";
import { estimateUplift, type Uplift } from "#app/domain/evaluate/proof/uplift.ts";
import type { Stretch } from "#app/domain/publish/rollouts.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { readMeasuringPeriod, type CountedPeriod } from "./read-measuring-period.server.ts";

/** The measurements of the period that contains an instant. */
export interface MeasuredUplift {
  readonly uplift: Uplift;
  readonly days: readonly CohortDay[];
  /** Per bundle, among the visitors of its page, shrunken towards the common effect; none if the draw is broken. */
  readonly bundleEffects: readonly BundleEffect[];
  /** Whether exposure is known for each purchase; if not, all purchases are compared. */
  readonly reach: { readonly isKnown: boolean };
  /** Visitors in hours flooded with visitors of one arm; they count nowhere. */
  readonly leftOutVisitors: number;
  /**
   * When the shop's own Rollouts changed what buyers got. For those that withheld the discount, how many visitors do
   * not count; nor does any purchase of that time.
   */
  readonly stretches: readonly (Stretch & { readonly leftOutVisitors: number })[];
  /** Days that the merchant left out; with visitors only for days chosen before they began. */
  readonly leftOutDays: readonly (NotedDays & { readonly leftOutVisitors: number })[];
  /** The same without the days chosen later, which proves nothing; null if there are none. */
  readonly withoutLateDays: Uplift | null;
  readonly period: {
    /** Not before the first approval; until then nothing is compared. */
    readonly hasBegun: boolean;
    readonly startMs: number;
    /** End of what was read, exclusive. */
    readonly readToMs: number;
    /** The current day, from 1, and the number of days. */
    readonly day: number;
    readonly ofDays: number;
    /** Days that count so far, today in part; less than one counts as a whole day. */
    readonly countedDays: number;
  };
}

/**
 * Step 8, evaluate: compares the arms in the measuring period of `nowMs`; see `readMeasuringPeriod`. This process
 * caches a slow answer for a while, until another period begins or the merchant changes what counts. `period.readToMs`
 * is the end of what was read.
 *
 * @throws AppError input_invalid when the shop has not installed the app
 */
export async function readUplift(
  deps: Pick<Deps, "db" | "pool" | "slowAnswers">,
  asked: { shop: string; nowMs: number },
): Promise<MeasuredUplift> {
  const period = await readMeasuringPeriod(deps, asked);
  return deps.slowAnswers(`uplift ${asked.shop}`, () => compareArms(deps.pool, period), period.chosen);
}

/** The same without the cache. */
export async function measureUplift(
  deps: Pick<Deps, "db" | "pool">,
  asked: { shop: string; nowMs: number },
): Promise<MeasuredUplift> {
  return compareArms(deps.pool, await readMeasuringPeriod(deps, asked));
}

async function compareArms(pool: Deps["pool"], period: CountedPeriod): Promise<MeasuredUplift> {
  const { window, offersSince, stretches, withheld, leftOutDays, early } = period;
  const { assumedMarginRatio, usesShopifyCosts, ordersKeptDays } = period.settings;
  const { holdoutRatioOf, leftOut } = period.rules;
  const [startMs, nowMs] = [window.from.getTime(), window.to.getTime()];
  const capMinor = await findRevenueCap(pool, { shop: window.shop, before: window.from, ordersKeptDays });
  const rules = { assumedMarginRatio, usesShopifyCosts, capMinor, offersSince, holdoutRatioOf, leftOut };
  const read = await readCohorts(pool, window, rules);
  const { days, ofBundle, isReachKnown, leftOutVisitors, stretchVisitors, delayed } = read;
  const late = leftOutDays.filter((days) => !areChosenBefore(days));
  const others =
    late.length > 0 ? await readCohorts(pool, window, { ...rules, leftOut: [...leftOut, ...late] }) : null;
  const elapsedDays = (nowMs - startMs) / DAY_MS;
  const visitorsByAge = Array.from({ length: Math.ceil(elapsedDays) }, () => 0);
  for (const { day, treated, holdout } of days) {
    // As if all visitors came in the middle of their day.
    const age = Math.max(0, Math.floor(elapsedDays - day - 0.5));
    visitorsByAge[age]! += treated.visitors + holdout.visitors;
  }
  const toComeRatio = shareToCome(delayed, visitorsByAge);
  const known = { holdoutRatioOf, capMinor, toComeRatio, leftOutDays: countLeftOutDays(window, leftOut) };
  const uplift = estimateUplift({ days, ...known });
  return {
    uplift,
    days,
    bundleEffects: uplift.isDrawBroken ? [] : compareBundles(ofBundle),
    reach: { isKnown: isReachKnown },
    leftOutVisitors,
    stretches: stretches.map((stretch) => ({
      ...stretch,
      leftOutVisitors: stretchVisitors[withheld.indexOf(stretch)] ?? 0,
    })),
    leftOutDays: leftOutDays.map((days) => ({
      ...days,
      leftOutVisitors: areChosenBefore(days) ? stretchVisitors[withheld.length + early.indexOf(days)]! : 0,
    })),
    withoutLateDays: others && estimateUplift({ days: others.days, ...known }),
    period: {
      hasBegun: period.hasBegun,
      startMs,
      readToMs: nowMs,
      day: Math.min(PERIOD_DAYS, Math.floor((nowMs - startMs) / DAY_MS) + 1),
      ofDays: PERIOD_DAYS,
      countedDays: Math.max(1, elapsedDays - known.leftOutDays),
    },
  };
}
