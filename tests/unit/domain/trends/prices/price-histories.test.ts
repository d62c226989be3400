import { describe, expect, it } from "vitest";
import { listPriceHistories } from "#app/domain/trends/prices/price-elasticity.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { WEEK_MS } from "#app/domain/time.ts";
import { toItem } from "#tests/unit/domain/propose/planted-shop.ts";

interface Line {
  readonly item: number;
  readonly week: number;
  readonly paidMinor: number;
  readonly units?: number;
}

/** Each line is an order of its own, in the middle of its week. */
function toBaskets(lines: readonly Line[]): Baskets {
  const sorted = lines.toSorted((a, b) => a.week - b.week);
  return {
    items: [toItem("Moving"), toItem("Other")],
    currency: "EUR",
    orderIds: sorted.map((_, at) => String(at)),
    placedAtMs: Float64Array.from(sorted, ({ week }) => (week + 0.5) * WEEK_MS),
    customer: new Int32Array(sorted.length).fill(-1),
    customerKeys: [],
    offsets: Uint32Array.from({ length: sorted.length + 1 }, (_, at) => at),
    item: Uint32Array.from(sorted, ({ item }) => item),
    units: Uint32Array.from(sorted, ({ units = 1 }) => units),
    unitPriceMinor: Float64Array.from(sorted, ({ paidMinor }) => paidMinor),
  };
}

/**
 * Each week, `orders` orders of the first item at two alternating prices, and ten of the second, whose
 * price differs by shopper.
 */
const yearOf = ({ weeks = 20, orders = 5 } = {}): Line[] =>
  Array.from({ length: weeks }, (_, week) => [
    ...Array.from({ length: orders }, () => ({ item: 0, week, paidMinor: week % 2 === 0 ? 1_000 : 800 })),
    ...Array.from({ length: 10 }, (_, at) => ({ item: 1, week, paidMinor: 500 + 10 * (at % 2) })),
  ]).flat();
const list = (lines: readonly Line[], weeks = 20) => listPriceHistories(toBaskets(lines), 0, weeks * WEEK_MS);

describe("listPriceHistories", () => {
  it.each([
    ["of no order", []],
    ["of eleven weeks", yearOf({ weeks: 11 })],
    ["of three orders a week", yearOf({ orders: 3 })],
    [
      "of prices that differ by shopper alike in all weeks",
      yearOf({ orders: 6 }).map((line, at) => ({ ...line, paidMinor: at % 2 === 0 ? 1_000 : 800 })),
    ],
    ["of goods given away", yearOf().map((line) => ({ ...line, paidMinor: 0 }))],
  ])("is empty %s", (_, lines) => {
    expect(list(lines)).toEqual([]);
  });

  it("does not mistake a large order at a bulk price for a response to the price", () => {
    const still = yearOf({ orders: 6 }).map((line) =>
      line.item === 0 ? { ...line, paidMinor: 1_000 } : line,
    );
    const bulk = [0, 3, 6, 9, 12, 15, 18].map((week) => ({ item: 0, week, paidMinor: 850, units: 30 }));

    expect(list([...still, ...bulk])).toEqual([]);
  });

  it("holds orders instead of units, the median price and the other items' orders per week", () => {
    const large = { item: 0, week: 0, paidMinor: 990, units: 50 };
    const [moving, ...more] = list([...yearOf(), large]);

    expect(more).toEqual([]);
    expect(moving!.id).toBe("0");
    expect(moving!.logSales).toHaveLength(20);
    expect(Math.exp(moving!.logSales[0]!)).toBeCloseTo(6, 9);
    expect(Math.exp(moving!.logPrice[0]!)).toBeCloseTo(1_000, 9);
    expect(Math.exp(moving!.logPrice[1]!)).toBeCloseTo(800, 9);
    expect(Math.expm1(moving!.controls[0]![0]!)).toBeCloseTo(10, 9);
  });

  it("starts at the first instant of the window and ends before its end", () => {
    const [whole] = list(yearOf());
    const [half] = list(yearOf({ weeks: 40 }), 20);

    expect(half).toEqual(whole);
  });
});
