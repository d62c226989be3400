import { z } from "zod";
import type { Words } from "#app/locales/words.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { listBundleTitles, type BundleSums } from "#app/data/visits/exposures.server.ts";
import { readSettings } from "#app/data/shops/settings.server.ts";
import { findShop } from "#app/data/shops/shops.server.ts";
import { countRefundReasons, type RefundedOrders } from "#app/data/orders/refund-reasons.server.ts";
import { listMeasuredPeriods } from "#app/data/experiment/measured-periods.server.ts";
import { REFUND_REASONS } from "#app/domain/collect/refund-reason.ts";
import { monthlyWorth } from "#app/domain/evaluate/proof/monthly-worth.ts";
import { namingInstantMs } from "#app/domain/evaluate/proof/measuring-period.ts";
import { minorDigits } from "#app/domain/money.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { readResults, type Results } from "#app/services/evaluate/read-results.server.ts";
import { readWaiting } from "#app/pages/read-waiting.server.ts";
import { createShopFormat, type ShopFormat } from "#app/locales/shop-format.server.ts";
import {
  writeBundleEffects,
  writeFinishedPeriods,
  writeHeadline,
  writeMetrics,
  writeTrack,
  writeWorth,
} from "#app/pages/write-results.server.ts";

const WINDOWS_DAYS = [7, 28, 90] as const;

/** What the address of the page may ask for; anything else is the last 28 days. */
export const ResultsQuery = z.object({
  days: z.coerce
    .number()
    .refine((days) => (WINDOWS_DAYS as readonly number[]).includes(days))
    .catch(28),
});

/**
 * What the offers did, as text, beside the plain numbers for whoever computes with them: the comparison of the groups in
 * the measuring period of now, and plain sums of a window, which prove nothing.
 *
 * @param days length of the window that ends now
 */
export async function readResultsPage(
  deps: Deps,
  { shop, days, now, words }: { shop: string; days: number; now: Date; words: Words },
) {
  const row = await findShop(deps.db, shop);
  if (!row) return null;
  const toMs = now.getTime();
  const fromMs = toMs - days * DAY_MS;
  const format = createShopFormat(row, words.locale);
  const [results, finished, waiting, refunds, settings] = await Promise.all([
    readResults(deps, { shop, fromMs, toMs }),
    listMeasuredPeriods(deps.db, shop),
    readWaiting(deps, { shop, now, words }),
    countRefundReasons(deps.pool, { shop, from: new Date(fromMs), to: now }),
    readSettings(deps.db, shop),
  ]);
  const { uplift, period, redeemed } = results;
  const effectIds = results.bundleEffects.map(({ id }) => id);
  const titles = await listBundleTitles(deps.db, shop, effectIds);
  const writer = { format, words };
  return {
    days,
    windows: WINDOWS_DAYS,
    from: format.date(new Date(fromMs)),
    to: format.date(now),
    uplift,
    redeemed,
    period: {
      day: period.day,
      ofDays: period.ofDays,
      from: format.date(new Date(namingInstantMs(period.startMs, 0, period.readToMs))),
      readAt: format.dateTime(new Date(period.readToMs)),
    },
    isDrawBroken: uplift.isDrawBroken,
    headline: writeHeadline(uplift, writer),
    leftOut: toLeftOut(results, writer),
    worth: writeWorth(
      monthlyWorth(uplift, { days: period.day, holdoutRatio: settings.holdoutRatio }),
      results.toComeRatio,
      writer,
    ),
    arms: toArms(results, format, words),
    track: writeTrack(results.track, period, {
      ...writer,
      unitMinor: 10 ** minorDigits(row.currency),
    }),
    isReachKnown: results.reach.isKnown,
    metrics: writeMetrics(uplift.metrics, writer),
    effects: writeBundleEffects(results.bundleEffects, titles, writer),
    finished: writeFinishedPeriods(finished, writer),
    waiting,
    totals: {
      orders: format.number(redeemed.conversions),
      revenue: format.money(redeemed.revenueMinor),
      discount: format.money(redeemed.discountMinor),
    },
    kinds: toKindRows(results.bundles, format),
    bundles: results.bundles.map((bundle) => toBundleRow(bundle, format)),
    refunds: toRefundRows(refunds, format),
  };
}

/** Whom, and what, no figure counts, and what else was tried meanwhile. */
function toLeftOut(
  { leftOutVisitors, stretches }: Results,
  { format, words: { t } }: { format: ShopFormat; words: Words },
): string[] {
  const brought =
    leftOutVisitors > 0 ? [t("results:uplift.leftOut", { visitors: format.number(leftOutVisitors) })] : [];
  return brought.concat(
    stretches.map(({ kind, name, startedAt, endedAt, leftOutVisitors: visitors }) =>
      t(kind === "discount_withheld" ? "results:stretch.withheld" : "results:stretch.theme", {
        rollout: name,
        visitors: format.number(visitors),
        from: format.dateTime(startedAt),
        to: endedAt ? format.dateTime(endedAt) : t("results:stretch.now"),
      }),
    ),
  );
}

function toBundleRow(bundle: BundleSums, format: ShopFormat) {
  const ofExposed = (visitors: number) =>
    bundle.exposedVisitors > 0 ? format.percent(visitors / bundle.exposedVisitors, 1) : "";
  return {
    id: bundle.bundleId,
    title: bundle.title,
    status: bundle.status,
    seen: format.number(bundle.exposedVisitors),
    added: format.number(bundle.addedVisitors),
    takeRate: ofExposed(bundle.addedVisitors),
    dismissRate: ofExposed(bundle.dismissedVisitors),
    orders: format.number(bundle.conversions),
    revenue: format.money(bundle.revenueMinor),
    discount: format.money(bundle.discountMinor),
  };
}

/** One row per reason that was ever given in the window; with a bundle and without, as count and share of the orders. */
function toRefundRows(
  { withBundle, without }: { withBundle: RefundedOrders; without: RefundedOrders },
  format: ShopFormat,
) {
  const write = ({ orders, byReason }: RefundedOrders, reason: (typeof REFUND_REASONS)[number]) =>
    orders === 0
      ? ""
      : `${format.number(byReason[reason])} (${format.percent(byReason[reason] / orders, 1)})`;
  return REFUND_REASONS.filter((reason) => withBundle.byReason[reason] + without.byReason[reason] > 0).map(
    (reason) => ({ reason, withBundle: write(withBundle, reason), without: write(without, reason) }),
  );
}

/** What the bundles of each kind were paid, the most first. Visitors are not added up: one may have seen several. */
function toKindRows(bundles: readonly BundleSums[], format: ShopFormat) {
  return [...new Set(bundles.map(({ kind }) => kind))]
    .map((kind) => {
      const rows = bundles.filter((bundle) => bundle.kind === kind);
      const sum = (value: (row: BundleSums) => number) => rows.reduce((total, row) => total + value(row), 0);
      return {
        kind,
        bundles: rows.length,
        orders: sum(({ conversions }) => conversions),
        revenueMinor: sum(({ revenueMinor }) => revenueMinor),
        discountMinor: sum(({ discountMinor }) => discountMinor),
      };
    })
    .toSorted((a, b) => b.revenueMinor - a.revenueMinor)
    .map(({ kind, bundles, orders, revenueMinor, discountMinor }) => ({
      kind,
      bundles: format.number(bundles),
      orders: format.number(orders),
      revenue: format.money(revenueMinor),
      discount: format.money(discountMinor),
    }));
}

/** One row per group; none while nobody has been counted, for a table of zeros answers nothing. */
function toArms({ arms }: Results, format: ShopFormat, { t }: Words) {
  if (arms.treated.visitors + arms.holdout.visitors === 0) return [];
  return [
    { name: t("server:arm.treated"), sums: arms.treated },
    { name: t("server:arm.holdout"), sums: arms.holdout },
  ].map(({ name, sums }) => ({
    name,
    visitors: format.number(sums.visitors),
    orders: format.number(sums.orders),
    buyers: sums.visitors > 0 ? format.percent(sums.buyers / sums.visitors, 1) : "",
    revenue: format.money(sums.revenueMinor),
    revenuePerVisitor: sums.visitors > 0 ? format.money(Math.round(sums.revenueMinor / sums.visitors)) : "",
    orderValue: sums.orders > 0 ? format.money(Math.round(sums.revenueMinor / sums.orders)) : "",
  }));
}
