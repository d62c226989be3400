import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gatherOrderRepeats } from "#app/domain/behaviour/methods/purchase-histories.ts";
import { DAY_MS } from "#app/domain/time.ts";

const ITEMS = 12;
const NOW = 1_000 * DAY_MS;

/** Repeats of a basket for a shopper whose orders are given as days ago and items. */
function gather(basket: readonly number[], orders: readonly { daysAgo: number; items: readonly number[] }[]) {
  const column = () => new Float32Array(ITEMS);
  const repeats = { repeatsMost: column(), repeatsSum: column(), repeatsLast: column() };
  const history = [...orders]
    .sort((a, b) => b.daysAgo - a.daysAgo)
    .flatMap(({ daysAgo, items }) => items.map((item) => ({ item, atMs: NOW - daysAgo * DAY_MS })));
  return { ...repeats, repeatRatio: gatherOrderRepeats({ basket, history, atMs: NOW }, repeats) };
}

const items = fc.uniqueArray(fc.nat(ITEMS - 1), { minLength: 1, maxLength: ITEMS });
const orders = fc
  .uniqueArray(fc.integer({ min: 1, max: 500 }), { maxLength: 5 })
  .chain((days) => fc.tuple(...days.map((daysAgo) => items.map((own) => ({ daysAgo, items: own })))));

describe("gatherOrderRepeats", () => {
  it("gives 0 for a guest and for an empty basket", () => {
    expect(gather([1, 2], []).repeatRatio).toBe(0);
    const empty = gather([], [{ daysAgo: 1, items: [1] }]);
    expect([empty.repeatRatio, ...empty.repeatsMost]).toEqual(new Array(ITEMS + 1).fill(0));
  });

  it("scores the rest of an order when half of it is in the basket again", () => {
    const { repeatsMost, repeatsSum, repeatsLast, repeatRatio } = gather(
      [1, 2],
      [{ daysAgo: 180, items: [1, 2, 3, 4] }],
    );
    expect(repeatsMost[3]).toBeCloseTo((2 / 4) * 0.5);
    expect(repeatsSum[3]).toBeCloseTo(2 / 4);
    expect(repeatsLast[3]).toBe(1);
    expect(repeatRatio).toBe(1);
  });

  it("does not score an order that shares nothing with the basket", () => {
    const { repeatsMost, repeatRatio } = gather(
      [1, 2],
      [
        { daysAgo: 20, items: [1, 3] },
        { daysAgo: 2, items: [5, 6] },
      ],
    );
    expect(repeatsMost[3]).toBeGreaterThan(0);
    expect(repeatsMost[6]).toBe(0);
    expect(repeatRatio).toBe(0.5);
  });

  it("marks only the items of the latest order that overlaps the basket", () => {
    const { repeatsLast } = gather(
      [1],
      [
        { daysAgo: 20, items: [1, 3] },
        { daysAgo: 2, items: [1, 4] },
      ],
    );
    expect([repeatsLast[3], repeatsLast[4]]).toEqual([0, 1]);
  });

  it("keeps every share within 0 and 1 and scores no order higher 90 days later", () => {
    fc.assert(
      fc.property(items, orders, (basket, past) => {
        const { repeatsMost, repeatsLast, repeatRatio } = gather(basket, past);
        for (const value of [...repeatsMost, ...repeatsLast, repeatRatio]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
        const older = gather(
          basket,
          past.map((order) => ({ ...order, daysAgo: order.daysAgo + 90 })),
        );
        older.repeatsMost.forEach((value, item) => expect(value).toBeLessThanOrEqual(repeatsMost[item]!));
      }),
    );
  });
});
