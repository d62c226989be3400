import { describe, expect, it } from "vitest";
import { coverDays, EFFECT_DAYS, surveyMarket } from "#app/domain/propose/profit/bundle-market.ts";
import { learnShopResponse } from "#app/domain/propose/profit/shop-response.ts";
import { indexOccurrences } from "#app/domain/propose/together/occurrences.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { END_MS, noNeighbours, toBaskets, toItem } from "#tests/unit/domain/propose/planted-shop.ts";

const DAYS = 365;
const items = Array.from({ length: 100 }, (_, n) => toItem(`Thing ${n}`, { stockUnits: 300 }));
const shoppers = Array.from({ length: 1_000 }, (_, order) => [order % 100, (order + 1) % 100]);
const reseller = items.map((_, item) => item);

/** A shop of which a forecast expects 28 orders of the first product in 28 days, of one unit each. */
function survey(orders: readonly (readonly number[])[]) {
  const baskets = toBaskets(items, orders, DAYS);
  const fromMs = baskets.placedAtMs[0]!;
  const forecast = { item: 0, horizonDays: EFFECT_DAYS, ordersExpected: 28, ordersLow: 20, ordersHigh: 36 };
  return surveyMarket({
    baskets,
    neighbours: noNeighbours(items.length),
    forecasts: [{ ...forecast, unitsPerOrder: 1, trend: "flat", seasonIndex: null }],
    settings: ShopSettings.parse({}),
    occurrences: indexOccurrences(baskets, fromMs, END_MS),
    response: learnShopResponse(baskets, fromMs, END_MS),
    windowMs: DAYS * DAY_MS,
    cutoffMs: END_MS,
  });
}

describe("the demand that offers are valued by", () => {
  it("leaves out what resellers order, whom no offer is made to, and whose orders empty the stock all the same", () => {
    // Of the products ordered half stand in twenty orders of the whole catalogue.
    const market = survey(shoppers.flatMap((order, at) => (at % 50 === 0 ? [order, reseller] : [order])));
    expect(market.occurrences.tooLarge).toBe(20);
    expect(market.demand[0]).toBeCloseTo(14);
    expect(coverDays(market, 0)).toBeCloseTo(300);
  });

  it("is what is forecast where nobody orders so much", () => {
    expect(survey(shoppers).demand[0]).toBeCloseTo(28);
  });
});
