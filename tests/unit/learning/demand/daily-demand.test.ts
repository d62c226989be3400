import "@tensorflow/tfjs-backend-cpu";
import { ready, setBackend } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { forecastDemand } from "#app/learning/demand/forecast-demand.ts";
import { toBaskets, toItem } from "#tests/unit/domain/propose/planted-shop.ts";

/** A Monday, after a log of 60 weeks. */
const CUTOFF_MS = Date.UTC(2026, 11, 14);
const DAYS = 420;
const HORIZON_DAYS = 28;
const ITEMS = 30;

/** Draws orders of one item each, on average `rate(item, date)` per item and day. */
function sell(rate: (item: number, date: Date) => number): Baskets {
  const random = seededRandom(11);
  const sales: { atMs: number; item: number }[] = [];
  for (let day = DAYS; day > 0; day--) {
    const startMs = CUTOFF_MS - day * DAY_MS;
    for (let item = 0; item < ITEMS; item++)
      for (let trial = 0; trial < 12; trial++)
        if (random() < rate(item, new Date(startMs)) / 12)
          sales.push({ item, atMs: startMs + random() * DAY_MS });
  }
  sales.sort((a, b) => a.atMs - b.atMs);
  return {
    ...toBaskets(
      Array.from({ length: ITEMS }, (_, item) => toItem(`Thing${item}`)),
      sales.map(({ item }) => [item]),
    ),
    placedAtMs: Float64Array.from(sales, ({ atMs }) => atMs),
  };
}

const isSunday = (date: Date) => date.getUTCDay() === 0;
const isClosed = (date: Date) => date.getUTCMonth() === 11 && date.getUTCDate() >= 24;
/** Two orders per item and day, eight on Saturdays for the first five items, none on Sundays or after 23 December. */
const shop = () =>
  sell((item, date) => (isSunday(date) || isClosed(date) ? 0 : item < 5 && date.getUTCDay() === 6 ? 8 : 2));

async function forecastShop(baskets: Baskets, cutoffMs = CUTOFF_MS) {
  const { forecasts, daily } = await forecastDemand(baskets, {
    cutoffMs,
    horizonDays: HORIZON_DAYS,
    isDaily: true,
  });
  const dates = Array.from({ length: daily!.days }, (_, day) => new Date(daily!.firstNoonMs + day * DAY_MS));
  const rowOf = (column: Float32Array, place: number) => [
    ...column.subarray(place * daily!.days, (place + 1) * daily!.days),
  ];
  return { forecasts, daily: daily!, dates, rowOf };
}

beforeAll(async () => {
  await setBackend("cpu");
  await ready();
});

describe("demand by the day", () => {
  it("is returned only on request", async () => {
    const { daily } = await forecastDemand(shop(), { cutoffMs: CUTOFF_MS, horizonDays: 28 });
    expect(daily).toBeUndefined();
  });

  it("sums to the forecast of the horizon, with whole numbers as interval bounds", async () => {
    const { forecasts, daily, rowOf } = await forecastShop(shop());
    forecasts.forEach(({ ordersExpected }, place) => {
      const sum = rowOf(daily.expected, place).reduce((total, orders) => total + orders, 0);
      expect(sum).toBeCloseTo(ordersExpected, 3);
    });
    daily.low.forEach((low, at) => {
      expect(low).toBeLessThanOrEqual(daily.high[at]!);
      expect([low, daily.high[at]].every(Number.isInteger)).toBe(true);
    });
  });

  it("is 0 on the weekday and in the last week of the year when the shop is closed", async () => {
    const { daily, dates, rowOf } = await forecastShop(shop());
    expect(dates[0]!.toISOString().slice(0, 10)).toBe("2026-12-14");
    const closed = dates.flatMap((date, day) => (isSunday(date) || isClosed(date) ? day : []));
    expect(closed.length).toBeGreaterThan(8);
    for (const day of closed) {
      expect(rowOf(daily.expected, 0)[day]).toBe(0);
      expect(rowOf(daily.high, 0)[day]).toBe(0);
    }
  });

  it("follows the shop's weekday pattern", async () => {
    const { daily, dates, rowOf } = await forecastShop(shop());
    const saturday = dates.findIndex((date) => date.getUTCDay() === 6);
    const days = rowOf(daily.expected, 20);
    // Of 30 items, five sell four times as much on Saturdays.
    expect(days[saturday]! / days[saturday - 1]!).toBeCloseTo(1.5, 0);
  });

  it("uses no orders after the cutoff", async () => {
    const all = shop();
    const asOf = CUTOFF_MS - 56 * DAY_MS;
    const cut = all.placedAtMs.findIndex((atMs) => atMs >= asOf);
    const before = {
      ...all,
      placedAtMs: all.placedAtMs.subarray(0, cut),
      offsets: all.offsets.subarray(0, cut + 1),
    };
    expect((await forecastShop(all, asOf)).daily).toEqual((await forecastShop(before, asOf)).daily);
  });

  it("has intervals that cover more than 80 % of the observed days", async () => {
    const all = shop();
    const asOf = CUTOFF_MS - 56 * DAY_MS;
    const { forecasts, daily } = await forecastShop(all, asOf);
    const came = new Float64Array(daily.low.length);
    const placeOf = new Map(forecasts.map(({ item }, place) => [item, place]));
    all.placedAtMs.forEach((atMs, basket) => {
      const day = Math.floor((atMs - asOf) / DAY_MS);
      if (day >= 0 && day < daily.days) came[placeOf.get(all.item[basket]!)! * daily.days + day]! += 1;
    });
    const held = came.filter((orders, at) => daily.low[at]! <= orders && orders <= daily.high[at]!);
    expect(held.length / came.length).toBeGreaterThan(0.8);
  });
});
