import { describe, expect, it } from "vitest";
import { countWeeklySales, openItemSeason } from "#app/domain/behaviour/methods/item-sales.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { orderLine } from "#tests/factories/order-lines.ts";

const WEEK_MS = 7 * DAY_MS;

/** Weekly sales of item "A" from 1970 on, next to one "B" every week. */
function salesOf(counts: readonly number[]) {
  const lines = counts.flatMap((count, week) =>
    ["B", ...Array<string>(count).fill("A")].map((itemKey, order) =>
      orderLine({ orderId: `w${week}-${order}`, placedAtMs: week * WEEK_MS + order, itemKey }),
    ),
  );
  const { baskets } = prepareBaskets(lines, [], { currency: "USD" });
  const sales = countWeeklySales(baskets, counts.length * WEEK_MS);
  const item = baskets.items.findIndex(({ key }) => key === "A");
  return (week: number) => openItemSeason(sales, week * WEEK_MS)(item);
}

/** 70 weeks: five sales a week from week 20 to 24, none in the others. */
const SUMMER = Array.from({ length: 70 }, (_, week) => (week >= 20 && week < 25 ? 5 : 0));

describe("an item's season", () => {
  it("is neutral when there are no orders from a year ago", () => {
    expect(salesOf(SUMMER)(40).logRatio).toBe(0);
    expect(salesOf(SUMMER)(52).logRatio).toBe(0);
    expect(salesOf([1])(1).logRatio).toBe(0);
  });

  it("rises a year after the peak and falls a quarter later", () => {
    const seasonAt = salesOf(SUMMER);
    expect(seasonAt(52 + 22).logRatio).toBeGreaterThan(1);
    expect(seasonAt(52 + 35).logRatio).toBeLessThan(-0.5);
    expect(seasonAt(52 + 22).logRate).toBeCloseTo(Math.log(5.2));
  });

  it("is flat for an item that sells the same all year", () => {
    expect(salesOf(Array<number>(80).fill(3))(79).logRatio).toBeCloseTo(0);
  });

  it("ignores sales of more than two years ago and does not count them as last year's", () => {
    const counts = [...Array<number>(60).fill(9), ...Array<number>(100).fill(1)];
    expect(salesOf(counts)(159).logRatio).toBeCloseTo(0, 1);
  });
});
