import { z } from "zod";
import type { Deps } from "#app/deps.server.ts";
import { findShop } from "#app/data/read-home.server.ts";
import type { Estimate } from "#app/domain/propose/bundle-proposal.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { readResults, type Results } from "./read-results.server.ts";
import { createShopFormat, type ShopFormat } from "./shop-format.server.ts";

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
  { shop, days, now }: { shop: string; days: number; now: Date },
) {
  const row = await findShop(deps.db, { shop });
  if (!row) return null;
  const toMs = now.getTime();
  const fromMs = toMs - days * DAY_MS;
  const results = await readResults(deps, { shop, fromMs, toMs });
  const format = createShopFormat(row);
  return {
    days,
    windows: WINDOWS_DAYS,
    from: format.date(new Date(fromMs)),
    to: format.date(now),
    uplift: results.uplift,
    redeemed: results.redeemed,
    headline: toHeadline(results, format),
    arms: toArms(results, format),
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
export function toHeadline({ uplift }: Results, format: ShopFormat) {
  const { verdict, isEnough, visitorsMissing, perVisitorMinor, incrementalRevenueMinor, relative } = uplift;
  const { treated, holdout } = uplift.visitors;
  return {
    verdict: treated + holdout === 0 ? "No visitor has been counted in this time." : verdict,
    isEnough,
    missing:
      visitorsMissing !== null && visitorsMissing > 0
        ? `About ${format.number(visitorsMissing)} more visitors are needed for an answer.`
        : null,
    perVisitor: writeRange(perVisitorMinor, format.money),
    relative: relative ? writeRange(relative, (ratio) => format.percent(ratio, 1)) : null,
    incremental: writeRange(incrementalRevenueMinor, format.roughMoney),
  };
}

/** Value and interval; an interval without bounds says so instead of showing a sign for infinity. */
function writeRange({ value, low, high }: Estimate, write: (value: number) => string) {
  const isKnown = [value, low, high].every(Number.isFinite);
  return {
    value: isKnown ? write(value) : "Not known yet",
    interval: isKnown ? `${write(low)} to ${write(high)}` : "",
  };
}

/** One row per group; none while nobody has been counted, for a table of zeros answers nothing. */
function toArms({ arms }: Results, format: ShopFormat) {
  if (arms.treated.visitors + arms.holdout.visitors === 0) return [];
  return [
    { name: "Saw offers", sums: arms.treated },
    { name: "Saw none (holdout)", sums: arms.holdout },
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
