import { describe, expect, it } from "vitest";
import { HOUR_MS, WEEK_MS } from "#app/domain/time.ts";
import { countWeeklyOrders } from "#app/domain/trends/demand-series.ts";
import { smoothDemand } from "#app/domain/trends/methods/demand-candidates.ts";
import { toBaskets, toItem } from "#tests/unit/domain/propose/planted-shop.ts";

const START_MS = Date.UTC(2026, 0, 1);
const ITEMS = 6;

/** Item k launches at the start of week 8k and sells 5 a week from then on. The last one never launches. */
const orders = Array.from({ length: 40 }, (_, week) =>
  Array.from({ length: ITEMS - 1 }, (_, item) => item)
    .filter((item) => week >= 8 * item)
    .flatMap((item) =>
      Array.from({ length: 5 }, (_, n) => ({ item, atMs: START_MS + (week + n / 5) * WEEK_MS })),
    ),
)
  .flat()
  .sort((a, b) => a.atMs - b.atMs);

const seriesUntil = (weeks: number, sold = orders) =>
  countWeeklyOrders(
    {
      ...toBaskets(
        Array.from({ length: ITEMS }, (_, item) => toItem(`Thing${item}`)),
        sold.map(({ item }) => [item]),
      ),
      placedAtMs: Float64Array.from(sold, ({ atMs }) => atMs),
    },
    START_MS + weeks * WEEK_MS,
  );

describe("newly launched items", () => {
  it("have levels that never look ahead: a column equals the end of the shorter series", () => {
    const [all, cut] = [smoothDemand(seriesUntil(40)), smoothDemand(seriesUntil(30))];
    for (let item = 0; item < ITEMS; item++)
      expect(all.rate.slice(item * 41, item * 41 + 31)).toEqual(cut.rate.slice(item * 31, (item + 1) * 31));
  });

  it.each([1, 24, 7 * 24 + 1])("counts its only order, %i hours ago, as one order", (hours) => {
    const first = { item: ITEMS - 1, atMs: START_MS + 40 * WEEK_MS - hours * HOUR_MS };
    const sold = [...orders, first].sort((a, b) => a.atMs - b.atMs);
    const { rate } = smoothDemand(seriesUntil(40, sold));
    expect(rate.at(-1)).toBeGreaterThan(0);
    // The others sell 5 a week.
    expect(rate.at(-1)).toBeLessThan(5);
  });

  it("have no open week if they were never sold", () => {
    expect(seriesUntil(40).firstOpen[ITEMS - 1]).toBe(0);
  });
});
