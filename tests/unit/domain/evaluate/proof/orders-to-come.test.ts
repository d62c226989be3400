import { describe, expect, it } from "vitest";
import {
  reachLateOrders,
  shareToCome,
  type DelayedOrders,
} from "#app/domain/evaluate/proof/orders-to-come.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";

const DAYS = 40;

/** A hundred visitors a day with one order each. A share of the orders comes on one of the next 14 days. */
function simulate(seed: number, lateRatio: number) {
  const random = seededRandom(seed);
  const orders: DelayedOrders[] = [];
  let toCome = 0;
  for (let ageDays = 0; ageDays < DAYS; ageDays++) {
    for (let visitor = 0; visitor < 100; visitor++) {
      const delayDays = random() < lateRatio ? 1 + Math.floor(14 * random()) : 0;
      if (delayDays <= ageDays) orders.push({ delayDays, ageDays, orders: 1 });
      else toCome += 1;
    }
  }
  return { orders, toCome: toCome / (100 * DAYS) };
}

describe("shareToCome", () => {
  const visitorsByAge = Array.from({ length: DAYS }, () => 100);

  it("is null for a handful of orders", () => {
    expect(shareToCome([{ delayDays: 0, ageDays: 3, orders: 29 }], visitorsByAge)).toBeNull();
  });

  it("is 0 when all orders come at once", () => {
    expect(shareToCome(simulate(1, 0).orders, visitorsByAge)).toBe(0);
  });

  it.each([0.1, 0.3, 0.6])("is close to the true share when %d of the orders come late", (lateRatio) => {
    const { orders, toCome } = simulate(2, lateRatio);
    expect(toCome).toBeGreaterThan(0.01);
    expect(shareToCome(orders, visitorsByAge)).toBeCloseTo(toCome, 2);
  });
});

describe("reachLateOrders", () => {
  it.each([
    [
      { value: 8, low: 4, high: 12 },
      { value: 8, low: 4, high: 15 },
    ],
    [
      { value: -8, low: -12, high: -4 },
      { value: -8, low: -15, high: -4 },
    ],
    [
      { value: 1, low: -4, high: 8 },
      { value: 1, low: -5, high: 10 },
    ],
    [
      { value: 1, low: -Infinity, high: Infinity },
      { value: 1, low: -Infinity, high: Infinity },
    ],
  ])("widens %o only away from zero, so it keeps what is proved", (given, reached) => {
    expect(reachLateOrders(given, 0.2)).toEqual(reached);
    expect(reachLateOrders(given, 0)).toEqual(given);
  });

  it("has no bound when all orders are still to come, except towards zero", () => {
    expect(reachLateOrders({ value: 0, low: 0, high: 0 }, 1)).toEqual({ value: 0, low: 0, high: 0 });
    expect(reachLateOrders({ value: 2, low: 1, high: 3 }, 1)).toEqual({ value: 2, low: 1, high: Infinity });
  });

  it("covers the final difference, however many late orders show the effect", () => {
    const [toDate, toComeRatio] = [10, 0.3];
    const { low, high } = reachLateOrders({ value: toDate, low: toDate, high: toDate }, toComeRatio);
    for (const shown of [0, 0.5, 1]) {
      const inTheEnd = toDate * (1 + (shown * toComeRatio) / (1 - toComeRatio));
      expect(inTheEnd).toBeGreaterThanOrEqual(low);
      expect(inTheEnd).toBeLessThanOrEqual(high + 1e-9);
    }
  });
});
