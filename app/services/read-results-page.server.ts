import { z } from "zod";
import type { Words } from "#app/locales/words.server.ts";
import type { Deps } from "#app/deps.server.ts";
import { findShop } from "#app/data/read-home.server.ts";
import type { Uplift } from "#app/domain/evaluate/uplift.ts";
import type { Estimate } from "#app/domain/propose/bundle-proposal.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { readResults, type Results } from "./read-results.server.ts";
import { createShopFormat, type ShopFormat } from "./shop-format.server.ts";

/** Arms whose sizes are less likely than this under the draw are not compared. */
const BROKEN_DRAW = 0.01;

const WINDOWS_DAYS = [7, 28, 90] as const;

/** What the address of the page may ask for; anything else is the last 28 days. */
export const ResultsQuery = z.object({
  days: z.coerce
    .number()
    .refine((days) => (WINDOWS_DAYS as readonly number[]).includes(days))
    .catch(28),
});

/** What the offers did in a window, as text, beside the plain numbers for whoever computes with them. */
export async function readResultsPage(
  deps: Deps,
  { shop, days, now, words }: { shop: string; days: number; now: Date; words: Words },
) {
  const row = await findShop(deps.db, { shop });
  if (!row) return null;
  const toMs = now.getTime();
  const fromMs = toMs - days * DAY_MS;
  const results = await readResults(deps, { shop, fromMs, toMs });
  const format = createShopFormat(row, words.locale);
  return {
    days,
    windows: WINDOWS_DAYS,
    from: format.date(new Date(fromMs)),
    to: format.date(now),
    uplift: results.uplift,
    redeemed: results.redeemed,
    headline: toHeadline(results, format, words),
    arms: toArms(results, format, words),
    totals: {
      orders: format.number(results.redeemed.conversions),
      revenue: format.money(results.redeemed.revenueMinor),
      discount: format.money(results.redeemed.discountMinor),
    },
    bundles: results.bundles.map((bundle) => ({
      id: bundle.bundleId,
      title: bundle.title,
      status: bundle.status,
      seen: format.number(bundle.seenVisitors),
      added: format.number(bundle.addedVisitors),
      takeRate: bundle.seenVisitors > 0 ? format.percent(bundle.addedVisitors / bundle.seenVisitors, 1) : "",
      orders: format.number(bundle.conversions),
      revenue: format.money(bundle.revenueMinor),
      discount: format.money(bundle.discountMinor),
    })),
  };
}

/** The one answer: what the offers brought, how sure that is, and what is missing to be surer. */
export function toHeadline({ uplift }: Results, format: ShopFormat, words: Words) {
  const { t } = words;
  const { isEnough, visitorsMissing, perVisitorMinor, incrementalRevenueMinor, relative } = uplift;
  return {
    verdict: describeUplift(uplift, format, words),
    isEnough,
    missing:
      visitorsMissing !== null && visitorsMissing > 0
        ? t("server:uplift.missing", { visitors: format.number(visitorsMissing) })
        : null,
    perVisitor: writeRange(perVisitorMinor, format.money, words),
    relative: relative ? writeRange(relative, (ratio) => format.percent(ratio, 1), words) : null,
    incremental: writeRange(incrementalRevenueMinor, format.roughMoney, words),
  };
}

/** The same judgement that `estimateUplift` writes in English, from what it judged by. */
function describeUplift(uplift: Uplift, format: ShopFormat, { t }: Words): string {
  const { isEnough, visitors, visitorsMissing, perVisitorMinor, sampleRatioPValue } = uplift;
  if (visitors.treated + visitors.holdout === 0) return t("server:uplift.nobody");
  if (sampleRatioPValue !== null && sampleRatioPValue < BROKEN_DRAW) return t("server:uplift.broken");
  if (visitors.holdout === 0) return t("server:uplift.noHoldout");
  if (!isEnough) {
    return visitorsMissing === null
      ? t("server:uplift.thin")
      : t("server:uplift.notEnough", { visitors: format.number(visitorsMissing) });
  }
  if (perVisitorMinor.low > 0) return t("server:uplift.more");
  return perVisitorMinor.high < 0 ? t("server:uplift.less") : t("server:uplift.same");
}

/** Value and interval; an interval without bounds says so instead of showing a sign for infinity. */
function writeRange({ value, low, high }: Estimate, write: (value: number) => string, { t }: Words) {
  const isKnown = [value, low, high].every(Number.isFinite);
  return {
    value: isKnown ? write(value) : t("server:unknown"),
    interval: isKnown ? t("common:range", { low: write(low), high: write(high) }) : "",
  };
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
