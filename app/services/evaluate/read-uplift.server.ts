import type { Deps } from "#app/services/deps.server.ts";
import { readCohorts } from "#app/data/experiment/cohorts.server.ts";
import {
  findFirstApproval,
  listHoldoutChanges,
  findRevenueCap,
  listLeftOutDays,
} from "#app/data/experiment/experiment.server.ts";
import { listStretches } from "#app/data/bundles/publication.server.ts";
import { readSettings } from "#app/data/shops/shops.server.ts";
import { compareBundles, type BundleEffect } from "#app/domain/evaluate/proof/bundle-effects.ts";
import type { CohortDay } from "#app/domain/evaluate/proof/cohort-day.ts";
import { shareByDay } from "#app/domain/evaluate/proof/holdout-share.ts";
import { areChosenBefore, type LeftOutDays } from "#app/domain/evaluate/proof/left-out-days.ts";
import { PERIOD_DAYS, periodOf } from "#app/domain/evaluate/proof/measuring-period.ts";
import { shareToCome } from "#app/domain/evaluate/proof/orders-to-come.ts";
import { estimateUplift, type Uplift } from "#app/domain/evaluate/proof/uplift.ts";
import { toLeftOutHours, type Stretch } from "#app/domain/publish/rollouts.ts";
import { DAY_MS } from "#app/domain/time.ts";

/** What was measured in the period that an instant lies in. */
export interface MeasuredUplift {
  readonly uplift: Uplift;
  readonly days: readonly CohortDay[];
  /** Per bundle, among the visitors of the page that it is offered on, drawn towards what all have in common. */
  readonly bundleEffects: readonly BundleEffect[];
  /** Whether it is known of each purchase if offers can have changed it; if not, all purchases are compared. */
  readonly reach: { readonly isKnown: boolean };
  /** Visitors of hours that somebody filled with visitors of one arm; they count nowhere. */
  readonly leftOutVisitors: number;
  /**
   * When the shop's own Rollouts changed what buyers got; of those that withheld the discount, how many visitors count
   * nowhere, nor does what anybody bought in that time.
   */
  readonly stretches: readonly (Stretch & { readonly leftOutVisitors: number })[];
  /** Days that the merchant left out; visitors only of those that were chosen before they began. */
  readonly leftOutDays: readonly (LeftOutDays & { readonly leftOutVisitors: number })[];
  /** The same without the days that were chosen later too, which proves nothing; null where there are none. */
  readonly withoutLateDays: Uplift | null;
  readonly period: {
    readonly startMs: number;
    /** First instant that was not read any more. */
    readonly readToMs: number;
    /** The day now, from 1, of how many. */
    readonly day: number;
    readonly ofDays: number;
  };
}

/**
 * Step 8, evaluate: the comparison of the arms in the measuring period of `nowMs`. Periods of 90 days follow one another
 * from the first approval on, so that what is looked at does not move with the day of the look: only so do the intervals
 * hold on all days together. Before the first approval it is the last 90 days, in which nothing can differ.
 * Where that takes longer than a moment, this process hands the answer out again for a while, unless the merchant has
 * changed since what is counted; `period.readToMs` tells up to when it was read.
 *
 * @throws AppError input_invalid when the shop has not installed the app
 */
export async function readUplift(
  deps: Pick<Deps, "db" | "pool" | "slowAnswers">,
  { shop, nowMs }: { shop: string; nowMs: number },
): Promise<MeasuredUplift> {
  const counted = await Promise.all([
    readSettings(deps.db, shop),
    listLeftOutDays(deps.db, shop, { from: new Date(0), to: new Date(nowMs) }),
  ]);
  const measure = () => measureUplift(deps, { shop, nowMs });
  return deps.slowAnswers(`uplift ${shop}`, measure, JSON.stringify(counted));
}

/** The same, measured anew. */
export async function measureUplift(
  deps: Pick<Deps, "db" | "pool">,
  { shop, nowMs }: { shop: string; nowMs: number },
): Promise<MeasuredUplift> {
  const [{ assumedMarginRatio, usesShopifyCosts, holdoutRatio }, approvedAt, changes] = await Promise.all([
    readSettings(deps.db, shop),
    findFirstApproval(deps.db, shop),
    listHoldoutChanges(deps.db, shop),
  ]);
  const firstOfferMs = Math.min(approvedAt?.getTime() ?? Infinity, nowMs);
  const { startMs } =
    approvedAt === null ? { startMs: nowMs - PERIOD_DAYS * DAY_MS } : periodOf(nowMs, firstOfferMs);
  const window = { shop, from: new Date(startMs), to: new Date(nowMs) };
  const capMinor = await findRevenueCap(deps.pool, { shop, before: window.from });
  const offersSince =
    approvedAt === null ? window.from : new Date(periodOf(firstOfferMs, firstOfferMs).startMs);
  const holdoutRatioOf = shareByDay(
    changes.map(({ changedAt, ...ratios }) => ({ changedAtMs: changedAt.getTime(), ...ratios })),
    { startMs, now: holdoutRatio },
  );
  const stretches = await listStretches(deps.db, shop, window);
  const withheld = stretches.filter(({ kind }) => kind === "discount_withheld");
  const chosen = await listLeftOutDays(deps.db, shop, window);
  const early = chosen.filter(areChosenBefore);
  const late = chosen.filter((days) => !areChosenBefore(days));
  const leftOut = [...toLeftOutHours(withheld, window.to), ...early];
  const rules = { assumedMarginRatio, usesShopifyCosts, capMinor, offersSince, holdoutRatioOf, leftOut };
  const read = await readCohorts(deps.pool, window, rules);
  const { days, ofBundle, isReachKnown, leftOutVisitors, stretchVisitors, delayed } = read;
  const others =
    late.length > 0
      ? await readCohorts(deps.pool, window, { ...rules, leftOut: [...leftOut, ...late] })
      : null;
  const visitorsByAge = Array.from({ length: Math.ceil((nowMs - startMs) / DAY_MS) }, () => 0);
  for (const { day, treated, holdout } of days) {
    visitorsByAge[visitorsByAge.length - 1 - day]! += treated.visitors + holdout.visitors;
  }
  const toComeRatio = shareToCome(delayed, visitorsByAge);
  return {
    uplift: estimateUplift({ days, holdoutRatioOf, capMinor, toComeRatio }),
    days,
    bundleEffects: compareBundles(ofBundle),
    reach: { isKnown: isReachKnown },
    leftOutVisitors,
    stretches: stretches.map((stretch) => ({
      ...stretch,
      leftOutVisitors: stretchVisitors[withheld.indexOf(stretch)] ?? 0,
    })),
    leftOutDays: chosen.map((days) => ({
      ...days,
      leftOutVisitors: areChosenBefore(days) ? stretchVisitors[withheld.length + early.indexOf(days)]! : 0,
    })),
    withoutLateDays: others && estimateUplift({ days: others.days, holdoutRatioOf, capMinor, toComeRatio }),
    period: {
      startMs,
      readToMs: nowMs,
      day: Math.min(PERIOD_DAYS, Math.floor((nowMs - startMs) / DAY_MS) + 1),
      ofDays: PERIOD_DAYS,
    },
  };
}
