import { describe, expect, it } from "vitest";
import { BASKET_FEATURES, describeBasket } from "#app/domain/behaviour/features/item-features.ts";
import type { ItemLinks } from "#app/domain/behaviour/item-links.ts";

const ITEMS = 4;
const NO_LINKS: ItemLinks = {
  offsets: new Uint32Array(ITEMS + 1),
  partner: new Int32Array(0),
  weight: new Float32Array(0),
};
/** Item 0 has two partners, the weaker one first, because rows are unordered. */
const OF_THE_FIRST: ItemLinks = {
  offsets: Uint32Array.of(0, 2, 2, 2, 2),
  partner: Int32Array.of(2, 1),
  weight: Float32Array.of(0.5, 0.75),
};
const rates = new Float32Array(ITEMS);
const SALES = {
  baskets: new Uint32Array(ITEMS),
  recentPerDay: [rates, Float32Array.of(0.99, 0.09, 0, 0), rates] as const,
  ageDays: Float32Array.of(Math.E - 1, 0, 0, 0),
  idleDays: Float32Array.of(0, 0, 0, Math.E ** 2 - 1),
};

function describeAs(basket: readonly number[], easeLinks = NO_LINKS, text = NO_LINKS) {
  const values = describeBasket({ easeLinks, text, sales: SALES }, basket);
  return Object.fromEntries(BASKET_FEATURES.map((name, at) => [name, values[at]!]));
}

describe("basket features", () => {
  it("are 0 for an empty basket", () => {
    expect(Object.values(describeAs([]))).toEqual(BASKET_FEATURES.map(() => 0));
  });

  it("average each item's link to its nearest neighbour in the basket", () => {
    expect(describeAs([0, 1, 2], OF_THE_FIRST).basket_ease).toBeCloseTo(0.75 / 3);
    expect(describeAs([0, 2], OF_THE_FIRST).basket_ease).toBeCloseTo(0.5 / 2);
    expect(describeAs([0, 3], OF_THE_FIRST).basket_ease).toBe(0);
    expect(describeAs([0, 1], NO_LINKS, OF_THE_FIRST)).toMatchObject({ basket_ease: 0, basket_text: 0.375 });
  });

  it("average the sales, age and idle time of the items", () => {
    const { basket_sales, basket_age, basket_idle } = describeAs([0, 1]);
    expect(basket_sales).toBeCloseTo((Math.log(1) + Math.log(0.1)) / 2);
    expect(basket_age).toBeCloseTo(1 / 2);
    expect(basket_idle).toBe(0);
    expect(describeAs([3]).basket_idle).toBeCloseTo(2);
  });
});
