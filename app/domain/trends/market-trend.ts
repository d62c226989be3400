import type { Item } from "#app/domain/prepare/baskets.ts";
import { trendOf, type ItemForecast, type Trend } from "./item-forecast.ts";

/** Where a market goes: the shop as a whole, or one category. */
export interface MarketTrend {
  /** Null for the shop as a whole. */
  readonly category: string | null;
  readonly products: number;
  /** Order lines in the window before the cutoff, at their pace where the shop is younger, and expected in the one after. */
  readonly linesLast: number;
  readonly linesExpected: number;
  readonly trend: Trend;
}

/** Categories told of: a report with more is not read. */
const MOST_CATEGORIES = 20;
/** A category with fewer lines in either window says nothing of a market. */
const LEAST_LINES = 20;

/**
 * The market as the shop sees it: the items' forecasts summed, for all and by category, so that the whole and its
 * parts agree.
 *
 * @param last [items] orders in the window before the cutoff, as long as the forecast's
 * @returns the shop first, then the largest categories with at least 20 lines; nothing without a forecast
 * Known weakness: medians and means differ, so a sum of careful item forecasts lies a little low in a growing shop.
 */
export function sumMarketTrends(
  items: readonly Item[],
  forecasts: readonly ItemForecast[],
  last: Float64Array,
): MarketTrend[] {
  if (forecasts.length === 0) return [];
  const byCategory = new Map<string, ItemForecast[]>();
  for (const forecast of forecasts) {
    const { category } = items[forecast.item]!;
    if (category === "") continue;
    const own = byCategory.get(category);
    if (own) own.push(forecast);
    else byCategory.set(category, [forecast]);
  }
  const categories = [...byCategory]
    .map(([category, own]) => sumUp(category, own, last))
    .filter(({ linesLast, linesExpected }) => Math.max(linesLast, linesExpected) >= LEAST_LINES)
    .sort((a, b) => b.linesExpected - a.linesExpected)
    .slice(0, MOST_CATEGORIES);
  return [sumUp(null, forecasts, last), ...categories];
}

function sumUp(category: string | null, forecasts: readonly ItemForecast[], last: Float64Array): MarketTrend {
  const linesLast = forecasts.reduce((sum, { item }) => sum + last[item]!, 0);
  const linesExpected = forecasts.reduce((sum, { ordersExpected }) => sum + ordersExpected, 0);
  const trend = trendOf(linesExpected, linesLast);
  return { category, products: forecasts.length, linesLast, linesExpected, trend };
}
