import "@tensorflow/tfjs-backend-cpu";
import { memory, ready, setBackend } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { seededRandom } from "#app/domain/random.ts";
import { DAY_MS, WEEK_MS } from "#app/domain/time.ts";
import { findOpenDays, openWeightAhead } from "#app/domain/trends/open-days.ts";
import { smoothDemand } from "#app/domain/trends/demand-candidates.ts";
import { countWeeklyOrders } from "#app/domain/trends/demand-series.ts";
import { fitLinearTrend, toLinearCandidate } from "#app/learning/fit-linear-trend.ts";
import { forecastDemand } from "#app/learning/forecast-demand.ts";
import { toBaskets, toItem } from "../domain/propose/planted-shop.ts";

const CUTOFF_MS = Date.UTC(2026, 5, 1);

/** Orders of one item each; `rate(item, week)` orders a week, weeks counted from the first. */
function sell(items: number, weeks: number, rate: (item: number, week: number) => number, seed = 1): Baskets {
  const random = seededRandom(seed);
  const sales: { atMs: number; item: number }[] = [];
  for (let week = 0; week < weeks; week++)
    for (let item = 0; item < items; item++)
      for (let trial = 0; trial < 4 * rate(item, week); trial++)
        if (random() < 0.25)
          sales.push({ item, atMs: CUTOFF_MS - (weeks - week) * WEEK_MS + random() * WEEK_MS });
  sales.sort((a, b) => a.atMs - b.atMs);
  const catalogue = Array.from({ length: items }, (_, item) => toItem(`Thing${item}`));
  return {
    ...toBaskets(
      catalogue,
      sales.map(({ item }) => [item]),
    ),
    placedAtMs: Float64Array.from(sales, ({ atMs }) => atMs),
  };
}

beforeAll(async () => {
  await setBackend("cpu");
  await ready();
});

const ask = (baskets: Baskets) => forecastDemand(baskets, { cutoffMs: CUTOFF_MS, horizonDays: 28, seed: 1 });

describe("forecastDemand", () => {
  it("gives no forecast for no orders, and refuses a horizon of 0 days", async () => {
    expect((await ask(sell(3, 0, () => 0))).forecasts).toEqual([]);
    await expect(
      forecastDemand(
        sell(3, 9, () => 1),
        { cutoffMs: CUTOFF_MS, horizonDays: 0, seed: 1 },
      ),
    ).rejects.toThrow(RangeError);
  });

  it("never looks past the cutoff", async () => {
    const all = sell(20, 40, () => 6);
    const asOf = CUTOFF_MS - 8 * WEEK_MS;
    const cut = all.placedAtMs.findIndex((atMs) => atMs >= asOf);
    const before = {
      ...all,
      placedAtMs: all.placedAtMs.subarray(0, cut),
      offsets: all.offsets.subarray(0, cut + 1),
    };
    const options = { cutoffMs: asOf, horizonDays: 28, seed: 1 };
    expect(await forecastDemand(all, options)).toEqual(await forecastDemand(before, options));
  });

  it("expects a steady item to stay steady, inside its interval", async () => {
    const { forecasts } = await ask(sell(60, 45, () => 10));
    const mean = forecasts.reduce((sum, { ordersExpected }) => sum + ordersExpected, 0) / 60;
    expect(mean).toBeGreaterThan(36);
    expect(mean).toBeLessThan(44);
    for (const { ordersLow, ordersExpected, ordersHigh } of forecasts) {
      expect(ordersLow).toBeLessThanOrEqual(ordersExpected);
      expect(ordersHigh).toBeGreaterThanOrEqual(ordersExpected);
    }
  });

  it("knows last year's season, and none with less than a year", async () => {
    const peak = (item: number, week: number) => (item < 5 && week % 52 >= 14 && week % 52 < 18 ? 40 : 8);
    // 66 weeks end at week 13, so the window ahead is weeks 14 to 17 of the next year.
    const { forecasts } = await ask(sell(30, 66, peak));
    expect(forecasts[0]!.seasonIndex).toBeGreaterThan(1.5);
    expect(forecasts[20]!.seasonIndex).toBeLessThan(1.3);
    expect((await ask(sell(30, 30, peak))).forecasts[0]!.seasonIndex).toBeNull();
  });

  it("beats the seasonal naive by its own back-test, tries the linear map, and leaks no tensor", async () => {
    const before = memory().numTensors;
    const { candidates } = await ask(sell(40, 70, (item) => 2 + item / 4));
    expect(memory().numTensors).toBe(before);
    const wapeOf = (name: string) => candidates.find((one) => one.name === name)!.wape!;
    const chosen = candidates.find(({ isChosen }) => isChosen)!;
    expect(chosen.wape).toBeLessThan(wapeOf("seasonal naive, 52 weeks"));
    expect(wapeOf("linear map")).toBeLessThan(wapeOf("seasonal naive, 52 weeks"));
  });

  it("lets the linear map tell items apart, and the market how much they sell together", async () => {
    const levels = smoothDemand(
      countWeeklyOrders(
        sell(40, 45, (item) => 2 + item / 4),
        CUTOFF_MS,
      ),
    );
    const map = await fitLinearTrend(levels, { endWeek: levels.series.weeks, horizonDays: 28 });
    const shop = { name: "shop", forecast: () => new Float32Array(40).fill(3) };
    const forecast = toLinearCandidate(levels, map!, map!, shop).forecast(levels.series.weeks, 28);
    expect(forecast.reduce((sum, orders) => sum + orders, 0)).toBeCloseTo(120, 3);
    expect(forecast[39]).toBeGreaterThan(2 * forecast[0]!);
  });
});

describe("open days", () => {
  const dailyOrders = (isClosed: (date: Date) => boolean) =>
    Float64Array.from({ length: 420 }, (_, slot) =>
      isClosed(new Date(Date.UTC(2026, 11, 20) - slot * DAY_MS - DAY_MS / 2)) ? 0 : 20,
    );
  const cutoffMs = Date.UTC(2026, 11, 20);

  it("call no day closed in a shop of one order a day", () => {
    const quiet = findOpenDays(new Float64Array(100).fill(1).fill(0, 10, 14), cutoffMs);
    expect(quiet.isClosed.some((day) => day === 1)).toBe(false);
  });

  it("expect last year's closed week between the years again", () => {
    const closed = (date: Date) => date.getUTCMonth() === 11 && date.getUTCDate() >= 24;
    const openDays = findOpenDays(dailyOrders(closed), cutoffMs);
    expect(openWeightAhead(openDays, -1, 14)).toBeCloseTo((14 - 8) / 7, 6);
  });
});
