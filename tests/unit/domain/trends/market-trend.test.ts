import { describe, expect, it } from "vitest";
import { sumMarketTrends } from "#app/domain/trends/demand-series.ts";
import { toItem } from "../propose/planted-shop.ts";

const forecastOf = (item: number, ordersExpected: number) => ({
  item,
  horizonDays: 28,
  ordersExpected,
  ordersLow: 0,
  ordersHigh: 2 * ordersExpected,
  unitsPerOrder: 1,
  trend: "flat" as const,
  seasonIndex: null,
});

describe("the trend of the market", () => {
  const items = [
    toItem("Kite", { category: "Toys" }),
    toItem("Ball", { category: "Toys" }),
    toItem("Scarf", { category: "Clothes" }),
    toItem("Card"),
    toItem("Pin", { category: "Rare" }),
  ];

  it("is not told without a forecast", () => {
    expect(sumMarketTrends(items, [], new Float64Array(5))).toEqual([]);
  });

  it("goes up in one category and down in another, and the whole is the sum of all products", () => {
    const forecasts = [60, 30, 10, 5, 1].map((orders, item) => forecastOf(item, orders));
    const [shop, ...categories] = sumMarketTrends(items, forecasts, Float64Array.of(30, 20, 40, 5, 1));
    expect(shop).toEqual({ category: null, products: 5, linesLast: 96, linesExpected: 106, trend: "flat" });
    expect(categories.map(({ category, trend }) => [category, trend])).toEqual([
      ["Toys", "up"],
      ["Clothes", "down"],
    ]);
  });
});
