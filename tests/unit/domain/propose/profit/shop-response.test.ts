import { describe, expect, it } from "vitest";
import { sliceBaskets, type Baskets, type Item } from "#app/domain/prepare/baskets.ts";
import { PRICE_RESPONSE } from "#app/domain/trends/prices/price-elasticity.ts";
import { chooseDiscount } from "#app/domain/propose/profit/offer-value.ts";
import { proposeBundles } from "#app/domain/propose/propose-bundles.ts";
import { learnShopResponse } from "#app/domain/propose/profit/shop-response.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { WEEK_MS } from "#app/domain/time.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { END_MS, noNeighbours, toItem } from "#tests/unit/domain/propose/planted-shop.ts";

const WEEKS = 52;
const FROM_MS = END_MS - WEEKS * WEEK_MS;
const LIMITS = { minDiscountRatio: 0.01, maxDiscountRatio: 0.3, marginFloorRatio: 0.1 };

/**
 * A year in which prices change weekly and `20 · (price / usual)^−ε` shoppers buy a product, one product
 * per order. Product 0 responds strongly, product 1 hardly, and product 2 keeps its price.
 */
function sellByPrice(elasticities: readonly number[], { isMoving = true, ordersAWeek = 20 } = {}): Baskets {
  const random = seededRandom(5);
  const items: Item[] = [...elasticities, 0].map((_, at) => toItem(`Thing${at}`));
  const lines: { item: number; atMs: number; paidMinor: number }[] = [];
  for (let week = 0; week < WEEKS; week++)
    items.forEach((_, item) => {
      const factor = isMoving && item < elasticities.length ? 0.8 + 0.4 * random() : 1;
      const orders = Math.round(ordersAWeek * factor ** -(elasticities[item] ?? 0) * (0.9 + 0.2 * random()));
      for (let order = 0; order < orders; order++)
        lines.push({ item, atMs: FROM_MS + (week + order / orders) * WEEK_MS, paidMinor: 1_000 * factor });
    });
  lines.sort((a, b) => a.atMs - b.atMs);
  return {
    items,
    currency: "EUR",
    orderIds: lines.map((_, at) => String(at)),
    placedAtMs: Float64Array.from(lines, ({ atMs }) => atMs),
    customer: new Int32Array(lines.length).fill(-1),
    customerKeys: [],
    offsets: Uint32Array.from({ length: lines.length + 1 }, (_, at) => at),
    item: Uint32Array.from(lines, ({ item }) => item),
    units: new Uint32Array(lines.length).fill(1),
    unitPriceMinor: Float64Array.from(lines, ({ paidMinor }) => paidMinor),
  };
}

describe("learnShopResponse", () => {
  it.each([
    ["without an order", sliceBaskets(sellByPrice([3]), 0, 0)],
    ["without a price move", sellByPrice([3, 1.2], { isMoving: false })],
    ["in its first eleven weeks", sellByPrice([3, 1.2]), FROM_MS + 11 * WEEK_MS],
  ])("is the published response %s", (_, baskets, toMs = END_MS) => {
    const { ofItem, stated } = learnShopResponse(baskets, FROM_MS, toMs);

    expect(ofItem).toEqual(baskets.items.map(() => PRICE_RESPONSE));
    expect(stated).toEqual({ measuredItems: 0, medianElasticity: PRICE_RESPONSE.value });
  });

  it("is the published response when prices differ by shopper and not by week", () => {
    const random = seededRandom(9);
    const baskets = sellByPrice([3.5, 1.3], { isMoving: false });
    const rebated = {
      ...baskets,
      unitPriceMinor: baskets.unitPriceMinor.map((paid) => (random() < 0.5 ? paid : 0.7 * paid)),
    };

    expect(learnShopResponse(rebated, FROM_MS, END_MS).stated.measuredItems).toBe(0);
  });

  it("is the published response for products with one or two sales a week", () => {
    const baskets = sellByPrice([3.5, 1.3], { ordersAWeek: 2 });

    expect(learnShopResponse(baskets, FROM_MS, END_MS).stated.measuredItems).toBe(0);
  });

  it("differs by product and is the published one for a product with a constant price", () => {
    const { ofItem, stated } = learnShopResponse(sellByPrice([3.5, 1.3]), FROM_MS, END_MS);

    expect(ofItem[0]!.value).toBeGreaterThan(3);
    expect(ofItem[1]!.value).toBeLessThan(2);
    expect(ofItem[2]).toBe(PRICE_RESPONSE);
    expect(stated.measuredItems).toBe(2);
  });

  it("states the median of the products, in any order", () => {
    const { ofItem, stated } = learnShopResponse(sellByPrice([3.5, 1.3, 2.4]), FROM_MS, END_MS);

    expect(stated.medianElasticity).toBe(ofItem[2]!.value);
    expect(stated.medianElasticity).toBeGreaterThan(ofItem[1]!.value);
    expect(stated.medianElasticity).toBeLessThan(ofItem[0]!.value);
  });

  it("stays within the published range, however extreme the data", () => {
    const { ofItem } = learnShopResponse(sellByPrice([9, -4]), FROM_MS, END_MS);

    for (const { value, low, high } of ofItem) {
      expect(low).toBeGreaterThanOrEqual(PRICE_RESPONSE.low);
      expect(low).toBeLessThanOrEqual(value);
      expect(value).toBeLessThanOrEqual(high);
      expect(high).toBeLessThanOrEqual(PRICE_RESPONSE.high);
    }
  });

  it("ignores orders from the end of its window on", () => {
    const baskets = sellByPrice([3.5, 1.3]);
    const half = FROM_MS + 26 * WEEK_MS;
    const changed = {
      ...baskets,
      unitPriceMinor: baskets.unitPriceMinor.map((paid, line) =>
        baskets.placedAtMs[line]! >= half ? 1 + (line % 7) * paid : paid,
      ),
    };

    expect(learnShopResponse(changed, FROM_MS, half)).toEqual(learnShopResponse(baskets, FROM_MS, half));
  });

  it("leads to a deeper discount for a stronger response", () => {
    const { ofItem } = learnShopResponse(sellByPrice([3.5, 1.9]), FROM_MS, END_MS);
    const estimate = (value: number) => ({ value, low: value / 2, high: value * 2 });
    const [strong, weak] = [ofItem[0]!, ofItem[1]!].map((response) => {
      const component = { priceMinor: 1_000, marginMinor: 700, missing: estimate(2_000), response };
      return chooseDiscount(
        { components: [component, component], ordersAnyway: estimate(20), relation: 0, basis: "published" },
        LIMITS,
      );
    });

    expect(strong! - (weak ?? 0)).toBeGreaterThanOrEqual(0.02);
  });

  it("is stated with the proposals", () => {
    const baskets = sellByPrice([3.5, 1.3]);
    const { response } = proposeBundles({
      baskets,
      neighbours: noNeighbours(baskets.items.length),
      forecasts: [],
      settings: ShopSettings.parse({}),
      cutoffMs: END_MS,
    });

    expect(response.measuredItems).toBe(2);
  });
});
