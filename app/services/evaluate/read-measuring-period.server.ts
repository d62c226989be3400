import type { Deps } from "#app/services/deps.server.ts";
import { listStretches } from "#app/data/bundles/publication.server.ts";
import { countDrawn } from "#app/data/experiment/counted-visitors.server.ts";
import {
  findFirstApproval,
  listHoldoutChanges,
  listLeftOutDays,
} from "#app/data/experiment/experiment.server.ts";
import { findShop, readSettings } from "#app/data/shops/shops.server.ts";
import {
  areChosenBefore,
  PERIOD_DAYS,
  periodOf,
  shareByDay,
} from "#app/domain/evaluate/proof/measuring-period.ts";
import { drawPValue } from "#app/domain/evaluate/proof/sample-ratio.ts";
import { toLeftOutHours } from "#app/domain/publish/rollouts.ts";
import { DAY_MS } from "#app/domain/time.ts";

export type CountedPeriod = Awaited<ReturnType<typeof readMeasuringPeriod>>;

/**
 * The measuring period that contains `nowMs`, up to `nowMs`, and who counts in it. Periods of 90 days run back to back
 * from the first approval, so the window does not depend on the day of the analysis. The intervals are valid on all
 * days at once only because of that. Before the first approval the period is the last 90 days, in which the arms cannot
 * differ.
 *
 * @throws AppError input_invalid when the shop has not installed the app
 */
export async function readMeasuringPeriod(
  { db }: Pick<Deps, "db">,
  { shop, nowMs }: { shop: string; nowMs: number },
) {
  const [settings, row, approvedAt, changes] = await Promise.all([
    readSettings(db, shop),
    findShop(db, shop),
    findFirstApproval(db, shop),
    listHoldoutChanges(db, shop),
  ]);
  const firstOfferMs = Math.min(approvedAt?.getTime() ?? Infinity, nowMs);
  const { startMs } =
    approvedAt === null ? { startMs: nowMs - PERIOD_DAYS * DAY_MS } : periodOf(nowMs, firstOfferMs);
  const window = { shop, from: new Date(startMs), to: new Date(nowMs) };
  const holdoutRatioOf = shareByDay(
    changes.map(({ changedAt, ...ratios }) => ({ changedAtMs: changedAt.getTime(), ...ratios })),
    { startMs, now: settings.holdoutRatio },
  );
  const stretches = await listStretches(db, shop, window);
  const withheld = stretches.filter(({ kind }) => kind === "discount_withheld");
  const leftOutDays = await listLeftOutDays(db, shop, window);
  const early = leftOutDays.filter(areChosenBefore);
  return {
    window,
    settings,
    hasBegun: approvedAt !== null,
    /** Orders before this instant were made when nobody could see an offer. */
    offersSince: approvedAt === null ? window.from : new Date(periodOf(firstOfferMs, firstOfferMs).startMs),
    /** When the shop's own Rollouts changed what buyers got. Stretches that withheld the discount do not count. */
    stretches,
    withheld,
    /** Days that the merchant left out. Days chosen before they began do not count. */
    leftOutDays,
    early,
    /** Excludes `withheld` and `early`, in this order. */
    rules: { holdoutRatioOf, leftOut: [...toLeftOutHours(withheld, window.to), ...early] },
    /** Changes with every setting that affects what counts, and with the period. */
    chosen: JSON.stringify([settings, leftOutDays, row?.currency, approvedAt && window.from]),
  };
}

/**
 * Whether the arms have the sizes that the draw implies, over all visitors of the measuring period so far; see
 * `drawPValue`. This process caches a slow answer for a while, until the merchant changes what counts.
 *
 * @returns 0 to 1; null without enough visitors
 * @throws AppError input_invalid when the shop has not installed the app
 */
export async function readDraw(
  deps: Pick<Deps, "db" | "pool" | "slowAnswers">,
  asked: { shop: string; nowMs: number },
): Promise<number | null> {
  const { window, rules, chosen } = await readMeasuringPeriod(deps, asked);
  const count = async () => drawPValue(await countDrawn(deps.pool, window, rules), rules.holdoutRatioOf);
  return deps.slowAnswers(`draw ${asked.shop}`, count, chosen);
}
