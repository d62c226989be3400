import { z } from "zod";
import type { Writing } from "#app/locales/write-message.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import type { Asked, Deps } from "#app/services/deps.server.ts";
import type { BundleSums } from "#app/data/visits/exposures.server.ts";
import { countRefundReasons, type RefundedOrders } from "#app/data/orders/refund-reasons.server.ts";
import { listMeasuredPeriods } from "#app/data/experiment/measured-periods.server.ts";
import { listLeftOutDays } from "#app/data/experiment/experiment.server.ts";
import { REFUND_REASONS } from "#app/domain/collect/refund-reason.ts";
import { toMonthly } from "#app/domain/evaluate/proof/monthly-worth.ts";
import {
  areChosenBefore,
  canTakeBack,
  LEFT_OUT_REASONS,
  namingInstantMs,
  type NotedDays,
  PERIOD_DAYS,
} from "#app/domain/evaluate/proof/measuring-period.ts";
import { minorDigits } from "#app/domain/money.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { readResults, type Results } from "#app/services/evaluate/read-results.server.ts";
import type { ShopFormat } from "#app/locales/shop-format.server.ts";
import { openShop } from "#app/pages/open-shop.server.ts";
import {
  writeAnswer,
  writeFinishedPeriods,
  writeMetrics,
  writeRange,
  writeRate,
  writeSales,
  writeTrack,
  writeWhatCounts,
} from "#app/pages/write-results.server.ts";
import { readTimeToAnswer } from "#app/services/evaluate/read-time-to-answer.server.ts";

const WINDOWS_DAYS = [7, 28, 90] as const;

/** URL parameters of the page; 28 days by default. */
export const ResultsQuery = z.object({
  days: z.coerce
    .number()
    .refine((days) => (WINDOWS_DAYS as readonly number[]).includes(days))
    .catch(28),
});

/**
 * The results as text, with plain numbers for the charts: the comparison of the arms in the current measuring period,
 * and sums of a window, which prove nothing.
 *
 * @param days length of the window, which ends now
 */
export async function readResultsPage(deps: Deps, { shop, days, now, words }: Asked & { days: number }) {
  const { row, format, settings } = await openShop(deps, { shop, words });
  const toMs = now.getTime();
  const fromMs = toMs - days * DAY_MS;
  const writer = { format, words };
  const later = { from: now, to: new Date(toMs + PERIOD_DAYS * DAY_MS) };
  const [results, finished, refunds, noted] = await Promise.all([
    readResults(deps, { shop, fromMs, toMs }),
    listMeasuredPeriods(deps.db, shop),
    countRefundReasons(deps.pool, { shop, from: new Date(fromMs), to: now }),
    listLeftOutDays(deps.db, shop, later),
  ]);
  const { holdoutRatio } = settings;
  const { uplift, period, sold } = results;
  const answer = writeAnswer(uplift, { period, holdoutRatio }, writer);
  const isUnplanned = answer.kind === "open" && answer.more.length === 0;
  return {
    days,
    windows: WINDOWS_DAYS,
    /** Null before the first approval. */
    period: period.hasBegun
      ? {
          day: period.day,
          ofDays: period.ofDays,
          from: format.date(new Date(namingInstantMs(period.startMs, 0, period.readToMs))),
        }
      : null,
    answer: isUnplanned
      ? { ...answer, more: [await readWaiting(deps, { shop, now, holdoutRatio, ...writer })] }
      : answer,
    whatCounts: [...(answer.howSure ? [answer.howSure] : []), ...writeWhatCounts(results, writer)],
    leaveOut: writeLeaveOut(results, { ...writer, noted, now }),
    arms: toArms(results, format, words),
    currency: row.currency,
    track: writeTrack(results.track, period, {
      ...writer,
      visitors: uplift.visitors.treated,
      unitMinor: 10 ** minorDigits(row.currency),
    }),
    isReachKnown: results.reach.isKnown,
    metrics: writeMetrics(uplift.metrics, writer),
    finished: writeFinishedPeriods(finished, writer),
    totals: {
      orders: format.number(sold.orders),
      revenue: format.money(sold.revenueMinor),
      discount: format.money(sold.discountMinor),
    },
    bundles: results.bundles.map((bundle) => toBundleRow(bundle, results, writer)),
    refunds: toRefundRows(refunds, format),
  };
}

export type ResultsPage = Awaited<ReturnType<typeof readResultsPage>>;

/** The sales of one offer in the window, and its monthly value in the measuring period if known. */
function toBundleRow(
  bundle: BundleSums,
  { bundleEffects, uplift, period }: Results,
  { format, words }: Writing,
) {
  const measured = bundleEffects.find(({ id }) => id === bundle.bundleId);
  const { treated, holdout } = uplift.visitors;
  const { countedDays } = period;
  const visitors = measured ? (measured.visitors * treated) / (treated + holdout) : 0;
  return {
    id: bundle.bundleId,
    title: bundle.title,
    /** Extra monthly profit; null if unknown. */
    worth: measured
      ? writeRange(toMonthly(measured.effect, { visitors, countedDays }), format.roughMoney, words)
      : null,
    seen: format.number(bundle.exposedVisitors),
    takeRate:
      bundle.exposedVisitors > 0 ? writeRate(bundle.addedVisitors / bundle.exposedVisitors, format) : "",
    ...writeSales(bundle, format),
  };
}

/** One row per reason given in the window: count and share of the orders with and without a bundle. */
function toRefundRows(
  { withBundle, without }: { withBundle: RefundedOrders; without: RefundedOrders },
  format: ShopFormat,
) {
  const write = ({ orders, byReason }: RefundedOrders, reason: (typeof REFUND_REASONS)[number]) =>
    orders === 0
      ? ""
      : `${format.number(byReason[reason])} (${writeRate(byReason[reason] / orders, format)})`;
  return REFUND_REASONS.filter((reason) => withBundle.byReason[reason] + without.byReason[reason] > 0).map(
    (reason) => ({ reason, withBundle: write(withBundle, reason), without: write(without, reason) }),
  );
}

/** One row per arm; none before the first counted visitor. */
function toArms({ arms }: Results, format: ShopFormat, { t }: Words) {
  if (arms.treated.visitors + arms.holdout.visitors === 0) return [];
  return [
    { name: t("server:arm.treated"), sums: arms.treated },
    { name: t("server:arm.holdout"), sums: arms.holdout },
  ].map(({ name, sums }) => ({
    name,
    visitors: format.number(sums.visitors),
    orders: format.number(sums.orders),
    buyers: sums.visitors > 0 ? writeRate(sums.buyers / sums.visitors, format) : "",
    revenue: format.money(sums.revenueMinor),
    revenuePerVisitor: sums.visitors > 0 ? format.money(Math.round(sums.revenueMinor / sums.visitors)) : "",
    orderValue: sums.orders > 0 ? format.money(Math.round(sums.revenueMinor / sums.orders)) : "",
  }));
}

/**
 * Before the first measurement: how long until the effect is known, and how a larger holdout would change that, based
 * on the last four weeks.
 */
async function readWaiting(
  deps: Pick<Deps, "db" | "pool" | "slowAnswers">,
  {
    shop,
    now,
    holdoutRatio,
    format,
    words: { t },
  }: Writing & { shop: string; now: Date; holdoutRatio: number },
): Promise<string> {
  const { answers, shares } = await readTimeToAnswer(deps, { shop, now });
  const last = answers.at(-1);
  if (!last) return t("results:waiting.none");
  const seen = answers.find(({ days }) => days !== null);
  const effect = format.percent((seen ?? last).effectRatio);
  const when =
    seen && seen.days !== null
      ? t("results:waiting.days", { count: seen.days, effect })
      : t("results:waiting.long", { effect });
  const more = shares.find((share) => share.holdoutRatio > holdoutRatio && share.smallestEffect !== null);
  if (!more) return when;
  const share = format.percent(more.holdoutRatio);
  return `${when} ${t("results:waiting.share", { share, smallest: format.percent(more.smallestEffect!) })}`;
}

/** The excluded days on record, and the reasons to choose from. */
function writeLeaveOut(
  { leftOutDays, withoutLateDays }: Pick<Results, "leftOutDays" | "withoutLateDays">,
  { noted, now, format, words: { t } }: Writing & { noted: readonly NotedDays[]; now: Date },
) {
  const ahead = noted.flatMap((days) => (days.from < now ? [] : [{ ...days, leftOutVisitors: 0 }]));
  const estimate = withoutLateDays?.perVisitorMinor;
  return {
    reasons: LEFT_OUT_REASONS,
    days: [...leftOutDays, ...ahead].map((days) => ({
      id: days.id,
      isUndoable: canTakeBack(days, now),
      text: t(`results:leaveOut.${days.from >= now ? "ahead" : areChosenBefore(days) ? "before" : "after"}`, {
        from: format.date(days.from),
        to: format.date(new Date(days.to.getTime() - 1)),
        reason: t(`results:leaveOut.reason.${days.reason}`),
        visitors: format.number(days.leftOutVisitors),
        notedOn: format.dateTime(days.notedAt),
      }),
    })),
    without:
      estimate && Number.isFinite(estimate.high)
        ? t("results:leaveOut.without", {
            value: format.money(estimate.value),
            low: format.money(estimate.low),
            high: format.money(estimate.high),
          })
        : null,
  };
}
