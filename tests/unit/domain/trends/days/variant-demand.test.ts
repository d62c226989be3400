import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shareDays, shareForecast, sumDays, sumForecasts } from "#app/domain/trends/item-forecast.ts";

const forecast = { horizonDays: 28, ordersExpected: 12, ordersLow: 6, ordersHigh: 20, trend: "up" };

describe("sumForecasts and sumDays", () => {
  it("add up to the product's forecast for any shares", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 20 }), (units) => {
        const all = units.reduce((sum, own) => sum + own, 0);
        const { ordersExpected, ordersLow, ordersHigh } = sumForecasts(
          units.map((own) => shareForecast(forecast, own / all)),
        )!;
        expect(ordersExpected).toBeCloseTo(12, 9);
        expect(ordersLow).toBeCloseTo(6, 9);
        expect(ordersHigh).toBeCloseTo(20, 9);
      }),
    );
  });

  it("have the trend of the largest part", () => {
    const falling = { ...forecast, ordersExpected: 1, trend: "down" };
    expect(sumForecasts([falling, forecast])!.trend).toBe("up");
  });

  it("are undefined without variants", () => {
    expect(sumForecasts([])).toBeUndefined();
    expect(sumDays([])).toBeUndefined();
  });

  it("add up day by day, with an interval as wide as the product's", () => {
    const days = { firstNoonMs: 5, expected: [0.9, 1.2], low: [0, 1], high: [2, 3] };
    const parts = [0.5, 0.25, 0.25].map((share) => shareDays(days, share));
    const { firstNoonMs, expected, low, high } = sumDays(parts)!;
    expect(firstNoonMs).toBe(5);
    [...expected, ...low, ...high].forEach((orders, at) =>
      expect(orders).toBeCloseTo([0.9, 1.2, 0, 1, 2, 3][at]!, 2),
    );
  });
});
