import "@tensorflow/tfjs-backend-cpu";
import { memory, ready, setBackend } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { sliceBaskets, type Baskets } from "#app/domain/prepare/baskets.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { DAY_MS, WEEK_MS } from "#app/domain/time.ts";
import { smoothDemand } from "#app/domain/trends/methods/demand-candidates.ts";
import { countWeeklyOrders } from "#app/domain/trends/demand-series.ts";
import { fitLinearTrend, toLinearCandidate } from "#app/learning/demand/fit-linear-trend.ts";
import { forecastDemand } from "#app/learning/demand/forecast-demand.ts";
import { toBaskets, toItem } from "#tests/unit/domain/propose/planted-shop.ts";

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

const ask = (baskets: Baskets) => forecastDemand(baskets, { cutoffMs: CUTOFF_MS, horizonDays: 28 });

describe("forecastDemand", () => {
  it("returns no forecast without orders, and refuses a horizon of 0 days", async () => {
    expect((await ask(sell(3, 0, () => 0))).forecasts).toEqual([]);
    await expect(
      forecastDemand(
        sell(3, 9, () => 1),
        { cutoffMs: CUTOFF_MS, horizonDays: 0 },
      ),
    ).rejects.toThrow(RangeError);
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

  it("forecasts a new product by its rate, not by its partial first week", async () => {
    // Every tenth product starts within one of the last ten weeks and sells 20 a week from then on.
    const isOnSale = (item: number, week: number) => item % 10 > 0 || week >= 60 - item / 10;
    const all = sell(100, 60, (item, week) => (isOnSale(item, week) ? 20 : 0));
    const late = (basket: number) => {
      const item = all.item[basket]!;
      const week = 60 - (CUTOFF_MS - all.placedAtMs[basket]!) / WEEK_MS;
      return item % 10 > 0 || week >= 60 - item / 10 + 0.8;
    };
    const kept = [...all.placedAtMs.keys()].filter(late);
    const { forecasts } = await ask({
      ...all,
      placedAtMs: Float64Array.from(kept, (basket) => all.placedAtMs[basket]!),
      item: Uint32Array.from(kept, (basket) => all.item[basket]!),
      offsets: Uint32Array.from({ length: kept.length + 1 }, (_, basket) => basket),
    });
    const newest = forecasts.find(({ item }) => item === 10)!;
    expect(newest.ordersExpected).toBeGreaterThan(50);
    expect(newest.ordersExpected).toBeLessThan(130);
    expect(newest.ordersHigh - newest.ordersLow).toBeGreaterThan(
      forecasts.find(({ item }) => item === 11)!.ordersHigh -
        forecasts.find(({ item }) => item === 11)!.ordersLow,
    );
  });

  it("does not take one order of today for a week's rate, or a shop of two weeks for a growing one", async () => {
    const one = sell(1, 1, () => 1);
    const first = { ...one, placedAtMs: Float64Array.of(CUTOFF_MS - 3_600_000), item: Uint32Array.of(0) };
    expect(
      (await ask({ ...first, offsets: Uint32Array.of(0, 1) })).forecasts[0]!.ordersExpected,
    ).toBeLessThan(3);
    const { forecasts } = await ask(sell(20, 2, () => 15));
    expect(forecasts.filter(({ trend }) => trend === "up").length).toBeLessThan(10);
  });

  it.each([8, 15, 22])("expects a steady shop of %i days to stay steady", async (days) => {
    const weeks = Math.ceil(days / 7);
    const whole = sell(20, weeks, () => 10);
    const from = whole.placedAtMs.findIndex((atMs) => atMs >= CUTOFF_MS - days * DAY_MS);
    const { forecasts } = await ask(sliceBaskets(whole, from, whole.placedAtMs.length));
    const total = forecasts.reduce((sum, { ordersExpected }) => sum + ordersExpected, 0);
    expect(total / (20 * 4 * 10)).toBeGreaterThan(0.85);
    expect(total / (20 * 4 * 10)).toBeLessThan(1.15);
    expect(forecasts.filter(({ trend }) => trend === "up").length).toBeLessThan(5);
  });

  it("keeps a season in its window if an earlier window's season is unknown", async () => {
    // The shop is closed in the window that starts in six weeks. The season is in the window that starts in ten.
    const year = (item: number, week: number) => {
      if (week >= 24 && week < 28) return 0;
      return item < 5 && week >= 29 && week < 33 ? 60 : 14;
    };
    const { forecasts } = await ask(sell(20, 70, year));
    const seasons = forecasts[0]!.seasonAhead!;
    expect(seasons).toHaveLength(6);
    expect(seasons[2]).toBeNull();
    expect(Math.max(...seasons.map((season) => season ?? 0))).toBe(Math.max(seasons[4]!, seasons[5]!));
  });

  it("finds last year's season, and no season with less than a year of orders", async () => {
    const peak = (item: number, week: number) => (item < 5 && week % 52 >= 14 && week % 52 < 18 ? 40 : 8);
    // 66 weeks end at week 13, so the window ahead is weeks 14 to 17 of the next year.
    const { forecasts } = await ask(sell(30, 66, peak));
    expect(forecasts[0]!.seasonIndex).toBeGreaterThan(1.5);
    expect(forecasts[20]!.seasonIndex).toBeLessThan(1.3);
    expect((await ask(sell(30, 30, peak))).forecasts[0]!.seasonIndex).toBeNull();
  });

  it("ignores a test order that was placed years before the shop's other orders", async () => {
    const all = sell(40, 30, () => 4);
    const tested = {
      ...all,
      placedAtMs: Float64Array.of(CUTOFF_MS - 800 * DAY_MS, ...all.placedAtMs),
      item: Uint32Array.of(0, ...all.item),
      offsets: Uint32Array.from({ length: all.offsets.length + 1 }, (_, basket) => basket),
      customer: new Int32Array(all.customer.length + 1).fill(-1),
      units: new Uint32Array(all.units.length + 1).fill(1),
      unitPriceMinor: new Float64Array(all.unitPriceMinor.length + 1).fill(1_000),
    };
    expect(await ask(tested)).toEqual(await ask(all));
  });

  it("uses all weeks of a shop that paused for months after a third of its orders", () => {
    const paused = sell(20, 70, (_, week) => (week >= 18 && week < 40 ? 0 : 4));
    expect(countWeeklyOrders(paused, CUTOFF_MS).weeks).toBe(70);
  });

  it.each([1, 0.1])(
    "expects a shop that was closed for three weeks to open again, at %f of its size",
    async (size) => {
      const sum = async (rate: (week: number) => number) =>
        (await ask(sell(40, 40, (_, week) => rate(week)))).forecasts.reduce(
          (all, { ordersExpected }) => all + ordersExpected,
          0,
        );
      const stated = (await sum((week) => (week < 37 ? 6 * size : 0))) / (await sum(() => 6 * size));
      expect(stated).toBeGreaterThan(0.9);
      expect(stated).toBeLessThan(1.1);
    },
  );

  it.each([26, 52])(
    "does not take the ramp-up of a shop's first %i weeks for a season a year later",
    async (rampWeeks) => {
      for (const weeks of [56, 57]) {
        const { forecasts } = await ask(
          sell(40, weeks, (_, week) => 10 * Math.min(1, 0.1 + week / rampWeeks)),
        );
        const stated = forecasts.reduce((sum, { ordersExpected }) => sum + ordersExpected, 0) / (40 * 40);
        expect(stated).toBeGreaterThan(0.9);
        expect(stated).toBeLessThan(1.28);
      }
    },
  );

  it("tests the linear map, is about as good as smoothing in its back-test, and leaks no tensor", async () => {
    const before = memory().numTensors;
    const { candidates } = await ask(sell(40, 70, (item) => 2 + item / 4));
    expect(memory().numTensors).toBe(before);
    const wapeOf = (name: string) => candidates.find((one) => one.name === name)!.wape!;
    const chosen = candidates.find(({ isChosen }) => isChosen)!;
    expect(chosen.wape).toBeLessThan(1.02 * wapeOf("smoothing"));
    expect(wapeOf("linear map")).toBeLessThan(1.2 * wapeOf("smoothing"));
  });

  it("takes the differences between items from the linear map and their total from the shop's forecast", async () => {
    const levels = smoothDemand(
      countWeeklyOrders(
        sell(40, 45, (item) => 2 + item / 4),
        CUTOFF_MS,
      ),
    );
    const map = await fitLinearTrend(levels, { endWeek: levels.series.weeks, horizonDays: 28 });
    const shop = { name: "shop", forecast: () => new Float32Array(40).fill(3) };
    const last = { weeks: levels.series.weeks, levelsAt: () => levels };
    const forecast = toLinearCandidate(last, map!, map!, shop).forecast(levels.series.weeks, 28);
    expect(forecast.reduce((sum, orders) => sum + orders, 0)).toBeCloseTo(120, 3);
    expect(forecast[39]).toBeGreaterThan(2 * forecast[0]!);
  });
});
