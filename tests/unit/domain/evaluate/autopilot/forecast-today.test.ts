import { describe, expect, it } from "vitest";
import { toForecastToday } from "#app/domain/evaluate/autopilot/forecast-today.ts";

const stated = { ordersADay: 1, seasons: [0.5, 0.7, null, 2, 0.9] };

describe("toForecastToday", () => {
  it.each([
    ["was not told of", 28],
    ["lies beyond the last that was told of", 63],
  ])("has no season and keeps the orders when the season %s", (_, ageDays) => {
    expect(toForecastToday(stated, ageDays)).toEqual({ ordersADay: 1, seasonIndex: null });
  });

  it.each([
    [-0.1, 0.5],
    [0, 0.5],
    [6.9, 0.5],
    [7, 0.7],
    [20.9, 0.7],
    [42, 2],
    [62.9, 0.9],
  ])("after %d days uses the season %d of the nearest window", (ageDays, seasonIndex) => {
    expect(toForecastToday(stated, ageDays).seasonIndex).toBe(seasonIndex);
  });

  it("moves the orders with the trusted half of the season", () => {
    expect(toForecastToday(stated, 0).ordersADay).toBe(1);
    expect(toForecastToday(stated, 42).ordersADay).toBeCloseTo(2);
    expect(toForecastToday({ ordersADay: 1, seasons: [null, 2] }, 14).ordersADay).toBe(1);
    // A window without sales gives no ratio to another window.
    expect(toForecastToday({ ordersADay: 1, seasons: [0, 0.2] }, 14).ordersADay).toBeCloseTo(2);
    expect(toForecastToday({ ordersADay: 1, seasons: [0.01, 0.01] }, 0).ordersADay).toBe(1);
  });
});
