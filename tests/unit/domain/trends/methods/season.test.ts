import { describe, expect, it } from "vitest";
import { countWeeklyOrders } from "#app/domain/trends/demand-series.ts";
import { openSeasons, seasonIndexAhead } from "#app/domain/trends/methods/season.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { WEEK_MS } from "#app/domain/time.ts";

const WEEKS = 60;
const FIRST_MS = Date.UTC(2024, 0, 1);
/**
 * Weeks of last year in which garden products sell four times as much: the season that starts at the end of
 * the log.
 */
const isSeason = (week: number) => week >= WEEKS - 52 && week < WEEKS - 48;

/**
 * Orders of one product each: a few popular products of two categories, and rare ones of both and of none.
 */
function sell(categoryOf: (sku: string) => string) {
  const lines = Array.from({ length: WEEKS }, (_, week) => {
    const times = (sku: string, orders: number) => Array.from({ length: orders }, () => sku);
    const garden = isSeason(week) ? 40 : 10;
    return [
      ...["garden-a", "garden-b"].flatMap((sku) => times(sku, garden)),
      ...["desk-a", "desk-b"].flatMap((sku) => times(sku, 20)),
      ...(week % 10 === 1 ? ["garden-rare", "desk-rare", "plain-rare"] : []),
    ].map((sku, place) => ({
      orderId: `${week}-${place}`,
      placedAtMs: FIRST_MS + week * WEEK_MS + place * 60_000,
      itemKey: sku,
      title: sku,
      category: categoryOf(sku),
      quantity: 1,
      unitPriceMinor: 500,
      customerKey: null,
    }));
  }).flat();
  const { baskets } = prepareBaskets(lines, [], { currency: "EUR" });
  const index = seasonIndexAhead(countWeeklyOrders(baskets, FIRST_MS + WEEKS * WEEK_MS), 4)!;
  return (sku: string) => index[baskets.items.findIndex(({ key }) => key === sku)]!;
}

/**
 * Season index `aheadWeeks` from now for a shop of `weeks` weeks whose one product sells `rate(week)` a
 * week.
 */
function indexOf(weeks: number, aheadWeeks: number, rate: (week: number) => number): number {
  const lines = Array.from({ length: weeks }, (_, week) =>
    Array.from({ length: Math.round(rate(week)) }, (_, place) => ({
      orderId: `${week}-${place}`,
      placedAtMs: FIRST_MS + week * WEEK_MS + place * 60_000,
      itemKey: "thing",
      title: "thing",
      category: "",
      quantity: 1,
      unitPriceMinor: 500,
      customerKey: null,
    })),
  ).flat();
  const { baskets } = prepareBaskets(lines, [], { currency: "EUR" });
  return seasonIndexAhead(countWeeklyOrders(baskets, FIRST_MS + weeks * WEEK_MS), 4, aheadWeeks)![0]!;
}

describe("growth over the year", () => {
  const growths: readonly [string, (week: number) => number][] = [
    ["as much every week", (week) => 20 + 2 * week],
    ["by its share every week", (week) => 20 * 1.02 ** week],
    ["in its first months only", (week) => Math.min(100, 20 + 2.5 * week)],
    ["to less every week", (week) => 200 * 0.985 ** week],
  ];
  it.each(growths)("is no season: %s", (_name, rate) => {
    for (const weeks of [56, 70, 104])
      for (const aheadWeeks of [0, 12, 30]) {
        const index = indexOf(weeks, aheadWeeks, rate);
        expect(index).toBeGreaterThan(0.75);
        expect(index).toBeLessThan(1.35);
      }
  });

  it.each(growths)("hides no season: %s", (_name, rate) => {
    const weeks = 60;
    const peak = (week: number) => rate(week) * (week >= weeks - 52 && week < weeks - 48 ? 2 : 1);
    expect(indexOf(weeks, 0, peak)).toBeGreaterThan(1.35);
    expect(indexOf(weeks, 12, peak)).toBeLessThan(1.3);
  });

  it("leaves the season unchanged when nothing grew", () => {
    const peak = (week: number) => (isSeason(week) ? 80 : 40);
    expect(indexOf(WEEKS, 0, peak)).toBeGreaterThan(1.6);
    expect(indexOf(WEEKS, 12, peak)).toBeGreaterThan(0.85);
  });
});

describe("season of a product", () => {
  it("is shrunk towards that of its category when the product sells little", () => {
    const of = sell((sku) => (sku.startsWith("plain") ? "" : sku.split("-")[0]!));
    expect(of("garden-rare")).toBeGreaterThan(1.3 * of("plain-rare"));
    expect(of("desk-rare")).toBeLessThan(of("plain-rare") / 1.2);
  });

  it("is shrunk towards that of the shop without a category", () => {
    const of = sell(() => "");
    expect(of("garden-rare")).toBeCloseTo(of("desk-rare"), 6);
    expect(of("plain-rare")).toBeGreaterThan(1.3);
  });

  it("is its own when it sells enough", () => {
    const of = sell(() => "all");
    expect(of("garden-a")).toBeGreaterThan(2);
    expect(of("desk-a")).toBeLessThan(1.2);
  });
});

it("openSeasons uses the service time and knows nothing more than a year ahead of it", () => {
  const [weeks, leadWeeks] = [80, 10];
  const lines = Array.from({ length: weeks }, (_, week) =>
    Array.from({ length: week >= 38 && week < 42 ? 20 : 5 }, (_order, place) => {
      const serviceAtMs = FIRST_MS + week * WEEK_MS + place * 60_000;
      const order = {
        orderId: `${week}-${place}`,
        serviceAtMs,
        placedAtMs: serviceAtMs - leadWeeks * WEEK_MS,
      };
      const hut = { itemKey: "hut", title: "hut", category: "", quantity: 1, unitPriceMinor: 500 };
      return { ...order, ...hut, customerKey: null };
    }),
  ).flat();
  const { baskets } = prepareBaskets(lines, [], { currency: "EUR" });
  const cutoffMs = FIRST_MS + weeks * WEEK_MS;
  const seasonOf = openSeasons(baskets, countWeeklyOrders(baskets, cutoffMs), { cutoffMs, horizonDays: 28 });
  expect(seasonOf(52 - leadWeeks - 3)).toBeNull();
  expect(seasonOf(52 - leadWeeks - 4)![0]).toBeLessThan(1);
  expect(seasonOf(0)![0]).toBeGreaterThan(2);
});
