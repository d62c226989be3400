import { describe, expect, it } from "vitest";
import { learnSalesElasticity, type Sales } from "#app/domain/propose/profit/sales-elasticity.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { WEEK_MS } from "#app/domain/time.ts";

const WEEKS = 52;
const ITEMS = 60;

interface Shop {
  /** A lower price multiplies an item's share of the orders by `factor^−ε`. */
  readonly elasticity: number;
  /** Price factor of an item in a week. */
  readonly factorAt: (item: number, week: number) => number;
  readonly ordersIn?: (week: number) => number;
  /** Share of the orders that hold an item at its usual price. */
  readonly shareIn?: (week: number) => number;
}

/** Items that each sell in a share of the shop's orders. */
function sell({ elasticity, factorAt, ordersIn = () => 200, shareIn = () => 0.02 }: Shop) {
  const random = seededRandom(5);
  const placedAtMs: number[] = [];
  const sales = Array.from({ length: ITEMS }, () => ({
    basket: [] as number[],
    logPrice: [] as number[],
    usual: 0,
  }));
  for (let week = 0; week < WEEKS; week++)
    for (let order = 0; order < ordersIn(week); order++) {
      const basket = placedAtMs.push((week + order / ordersIn(week)) * WEEK_MS) - 1;
      sales.forEach((own, item) => {
        const factor = factorAt(item, week);
        if (random() >= shareIn(week) * factor ** -elasticity) return;
        own.basket.push(basket);
        own.logPrice.push(Math.log(factor));
      });
    }
  return learnSalesElasticity({ placedAtMs: Float64Array.from(placedAtMs) }, sales satisfies Sales[]);
}

/** A fifth off in two weeks of twelve, at another time for each item. */
const inSales = (item: number, week: number) => ((week + 5 * item) % 12 < 2 ? 0.8 : 1);

describe("learnSalesElasticity", () => {
  it("is null when no item was sold at two prices within eight weeks", () => {
    expect(sell({ elasticity: 2, factorAt: () => 1 })).toBeNull();
    expect(sell({ elasticity: 2, factorAt: (_, week) => (week < 24 ? 1 : 0.8) })).toBeNull();
  });

  it.each([0, 1, 2])("finds most of the planted elasticity of %f, and not more", (planted) => {
    const { elasticity, deviation } = sell({ elasticity: planted, factorAt: inSales })!;
    expect(elasticity).toBeGreaterThan(0.8 * planted - 3 * deviation);
    expect(elasticity).toBeLessThan(planted + 3 * deviation);
    expect(deviation).toBeLessThan(0.2);
  });

  it("does not mistake growth or a season for a response", () => {
    const more = (week: number) => (week < 24 ? 1 : 2);
    const { elasticity, deviation } = sell({
      elasticity: 0,
      factorAt: (item, week) => inSales(item, week) * (week < 24 ? 1 : 0.8),
      ordersIn: (week) => 100 * more(week),
      shareIn: (week) => 0.01 * more(week),
    })!;
    expect(Math.abs(elasticity)).toBeLessThan(3 * deviation);
  });
});
