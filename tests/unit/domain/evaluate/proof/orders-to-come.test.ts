import { describe, expect, it } from "vitest";
import { shareToCome, type DelayedOrders } from "#app/domain/evaluate/proof/orders-to-come.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";

const DAYS = 40;

/** A hundred visitors a day, each with one order; so many come at once, the others on any of the two weeks after. */
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

  it("says nothing of a handful of orders", () => {
    expect(shareToCome([{ delayDays: 0, ageDays: 3, orders: 29 }], visitorsByAge)).toBeNull();
  });

  it("is nothing where all orders come at once", () => {
    expect(shareToCome(simulate(1, 0).orders, visitorsByAge)).toBe(0);
  });

  it.each([0.1, 0.3, 0.6])("is near the truth where %d of the orders come late", (lateRatio) => {
    const { orders, toCome } = simulate(2, lateRatio);
    expect(toCome).toBeGreaterThan(0.01);
    expect(shareToCome(orders, visitorsByAge)).toBeCloseTo(toCome, 2);
  });
});
