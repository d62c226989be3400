import {
  readTogetherOrders,
  type TogetherOrders,
  type TogetherRequest,
} from "#app/data/orders/read-season.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { DAY_MS, toZonedDay, usableTimeZone } from "#app/domain/time.ts";
import type { Writing } from "#app/locales/write-message.server.ts";
import { readOfferSums } from "#app/services/evaluate/read-results.server.ts";
import { writeSales } from "#app/pages/write-results.server.ts";
import { SIMILAR_BY, listSimilarBundles } from "#app/data/bundles/read-bundle-context.server.ts";

/** Two years show each season twice. */
const SHOWN_DAYS = 730;
/** With fewer known customers nothing is said of them: imported orders have none, so a share would mislead. */
const LEAST_KNOWN_RATIO = 0.05;

interface SeasonRequest extends Writing, Omit<TogetherRequest, "from"> {
  readonly now: Date;
}

/** When the products of a bundle were bought together in the last two years, and what those orders were like. */
export async function readBundleSeason(deps: Deps, request: SeasonRequest) {
  const { asked, now, words } = request;
  const { t } = words;
  const timeZone = usableTimeZone(request.timeZone);
  const from = new Date(now.getTime() - SHOWN_DAYS * DAY_MS);
  const together = await readTogetherOrders(deps.pool, { ...request, from, timeZone });
  const isNone = together.orders === 0;
  const toMonth = toZonedDay(now.getTime(), timeZone).slice(0, "2026-11".length);
  const label = new Intl.DateTimeFormat(words.locale, { month: "short", year: "2-digit", timeZone: "UTC" });
  const counts = new Map(together.months.map(({ month, orders }) => [month, orders]));
  return {
    ...(asked === null
      ? { note: t(`bundle:season.${isNone ? "none" : "text"}`), counted: t("bundle:season.orders") }
      : {
          note: t(`server:season.${isNone ? "noneUnits" : "textUnits"}`, { units: asked.units }),
          counted: t("server:season.withUnits", { units: asked.units }),
        }),
    months: listMonths(together.months[0]?.month, toMonth).map((month) => ({
      label: label.format(new Date(`${month}-01T00:00:00Z`)),
      orders: counts.get(month) ?? 0,
    })),
    facts: toFacts(together, request),
  };
}

/** Every month of the range, inclusive, so that a month without orders shows as a gap. */
function listMonths(from: string | undefined, to: string): string[] {
  if (from === undefined) return [];
  const toIndex = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1;
  const first = toIndex(from);
  return Array.from({ length: Math.max(0, toIndex(to) - first + 1) }, (_, step) => {
    const year = Math.floor((first + step) / 12);
    return `${year}-${String(((first + step) % 12) + 1).padStart(2, "0")}`;
  });
}

function toFacts(together: TogetherOrders, { asked, format, words: { t } }: SeasonRequest) {
  const { orders, withCustomer, byReturning, medianTotalMinor } = together;
  if (orders === 0) return [];
  return [
    {
      term: asked ? t("server:season.withUnits", { units: asked.units }) : t("server:season.orders"),
      value: format.number(orders),
    },
    ...(withCustomer / orders < LEAST_KNOWN_RATIO
      ? []
      : [
          { term: t("server:season.withCustomer"), value: format.percent(withCustomer / orders) },
          { term: t("server:season.returning"), value: format.percent(byReturning / orders) },
        ]),
    ...(medianTotalMinor === null
      ? []
      : [{ term: t("server:season.median"), value: format.money(Math.round(medianTotalMinor)) }]),
  ];
}

/** The same window as on the results page. */
const HISTORY_DAYS = 28;
const SHOWN = 5;

interface SimilarRequest extends Writing {
  readonly shop: string;
  readonly bundleId: string;
  readonly now: Date;
}

/**
 * The sales of a bundle in the last 28 days, null without an impression, and those of similar bundles: most similar
 * first, then most orders. Leaves out bundles without an impression.
 *
 * Known weakness: these are counts, not effects of the offers; the results page measures effects.
 */
export async function readRecentSales(
  deps: Deps,
  { shop, bundleId, now, format, words: { t } }: SimilarRequest,
) {
  const from = new Date(now.getTime() - HISTORY_DAYS * DAY_MS);
  const [similar, { bundles }] = await Promise.all([
    listSimilarBundles(deps.pool, { shop, bundleId }),
    readOfferSums(deps, { shop, from, to: now }),
  ]);
  const sumsOf = new Map(bundles.map((sum) => [sum.bundleId, sum]));
  const own = sumsOf.get(bundleId);
  const alike = similar
    .flatMap(({ bundleId: id, similarBy }) => {
      const sum = sumsOf.get(id);
      return sum ? [{ ...sum, similarBy }] : [];
    })
    .sort((a, b) => SIMILAR_BY.indexOf(a.similarBy) - SIMILAR_BY.indexOf(b.similarBy) || b.orders - a.orders)
    .slice(0, SHOWN)
    .map((sum) => ({
      id: sum.bundleId,
      title: sum.title,
      similarBy: t(`server:similarBy.${sum.similarBy}`),
      seen: format.number(sum.exposedVisitors),
      ...writeSales(sum, format),
    }));
  return {
    sold: own
      ? t("bundles:sold.orders", { count: own.orders, revenue: format.money(own.revenueMinor) })
      : null,
    similar: alike,
  };
}
