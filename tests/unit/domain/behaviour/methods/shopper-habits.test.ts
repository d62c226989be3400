import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeHabits } from "#app/domain/behaviour/methods/purchase-histories.ts";
import { DAY_MS } from "#app/domain/time.ts";

const NOW = 1_000 * DAY_MS;

/** Habits of a shopper whose orders are given as days ago and items, oldest first. */
function habitsOf(...orders: readonly (readonly [daysAgo: number, ...items: number[]])[]) {
  const history = orders.flatMap(([daysAgo, ...items]) =>
    items.map((item) => ({ item, atMs: NOW - daysAgo * DAY_MS })),
  );
  return describeHabits({ history, atMs: NOW });
}

describe("describeHabits", () => {
  it("returns the defaults for a shopper without orders", () => {
    expect(habitsOf()).toEqual({ repeatRatio: 0, distinctRatio: 0, orderSize: 1 });
  });

  it("assumes the usual repeat ratio after a single order", () => {
    expect(habitsOf([9, 1, 2, 3])).toEqual({ repeatRatio: 0.2, distinctRatio: 1, orderSize: 3 });
  });

  it("tells shoppers who buy the same again from those who never do", () => {
    expect(habitsOf([90, 1, 2], [9, 1, 2]).repeatRatio).toBe(1);
    expect(habitsOf([90, 1, 2], [9, 3, 4]).repeatRatio).toBe(0);
    expect(habitsOf([90, 1, 2], [9, 1, 2])).toMatchObject({ distinctRatio: 1 / 2, orderSize: 2 });
  });

  it("gives newer and larger orders more weight", () => {
    // All repeated 180 days ago, none of as many items today: weights of a half and one.
    expect(habitsOf([400, 1, 2], [180, 1, 2], [0, 3, 4]).repeatRatio).toBeCloseTo(0.5 / 1.5);
    // An order of four items weighs twice as much as an order of one.
    expect(habitsOf([400, 1], [0.001, 2, 3, 4, 5], [0, 1]).repeatRatio).toBeCloseTo(1 / 3, 4);
  });

  it("stays within its ranges for any orders", () => {
    const order = fc.tuple(fc.nat(900), fc.array(fc.nat(9), { minLength: 1, maxLength: 6 }));
    fc.assert(
      fc.property(fc.array(order, { minLength: 1, maxLength: 8 }), (orders) => {
        const sorted = [...orders].sort(([a], [b]) => b - a);
        const { repeatRatio, distinctRatio, orderSize } = habitsOf(
          ...sorted.map(([daysAgo, items]) => [daysAgo, ...items] as const),
        );
        expect(repeatRatio).toBeGreaterThanOrEqual(0);
        expect(repeatRatio).toBeLessThanOrEqual(1);
        expect(distinctRatio).toBeGreaterThan(0);
        expect(distinctRatio).toBeLessThanOrEqual(1);
        expect(orderSize).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});
