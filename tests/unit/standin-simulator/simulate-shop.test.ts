import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SimulatedShop } from "#tests/standin/simulator/shop-history.ts";
import { simulateShop } from "#tests/standin/simulator/simulate-shop.ts";

const endAtMs = Date.UTC(2026, 10, 24);
const shop = simulateShop({ seed: 7, endAtMs });

/** Baskets with any variant of a SKU's product: "HAIR-01-2" → all of HAIR-01. */
function basketsWith({ orders }: SimulatedShop, sku: string): Set<number> {
  const code = sku.slice(0, 7);
  return new Set(
    orders.flatMap(({ lines }, index) => (lines.some((l) => l.sku.startsWith(code)) ? [index] : [])),
  );
}

function liftOf(a: Set<number>, b: Set<number>): number {
  const both = [...a].filter((index) => b.has(index)).length;
  return (shop.orders.length * both) / (a.size * b.size);
}

describe("simulateShop", () => {
  it("refuses an impossible catalogue, length or number of orders", () => {
    expect(() => simulateShop({ seed: 1, endAtMs, products: 0 })).toThrow(/products: 0/);
    expect(() => simulateShop({ seed: 1, endAtMs, products: 1_201 })).toThrow(/products: 1201/);
    expect(() => simulateShop({ seed: 1, endAtMs, days: 0 })).toThrow(/days: 0/);
    expect(() => simulateShop({ seed: 1, endAtMs, ordersTotal: 0 })).toThrow(/ordersTotal: 0/);
  });

  it("makes the same shop for the same seed and another one for another seed", () => {
    const options = { endAtMs, ordersTotal: 300, days: 60 };
    expect(simulateShop({ seed: 3, ...options })).toEqual(simulateShop({ seed: 3, ...options }));
    expect(simulateShop({ seed: 4, ...options }).orders).not.toEqual(
      simulateShop({ seed: 3, ...options }).orders,
    );
  });

  it("keeps orders inside the window and in order, with catalogue lines at list price or 25 % off", () => {
    const anyShop = fc.record({
      seed: fc.nat(),
      products: fc.integer({ min: 1, max: 300 }),
      ordersTotal: fc.integer({ min: 1, max: 120 }),
      days: fc.integer({ min: 1, max: 500 }),
    });
    fc.assert(
      fc.property(anyShop, (options) => {
        const { products, orders } = simulateShop({ ...options, endAtMs });
        const priceOf = new Map(
          products.flatMap(({ variants }) => variants.map((v) => [v.sku, v.priceMinor])),
        );
        expect(orders).toHaveLength(options.ordersTotal);
        let previousMs = endAtMs - options.days * 86_400_000;
        for (const { placedAtMs, lines, cancelledAtMs, refund } of orders) {
          expect(placedAtMs).toBeGreaterThanOrEqual(previousMs);
          previousMs = placedAtMs;
          expect(Math.max(placedAtMs, cancelledAtMs ?? 0, refund?.atMs ?? 0)).toBeLessThan(endAtMs);
          expect(lines.length).toBeGreaterThan(0);
          for (const line of lines) {
            const priceMinor = priceOf.get(line.sku)!;
            expect([priceMinor, Math.round(priceMinor * 0.75)]).toContain(line.unitPriceMinor);
            expect(line.quantity).toBeGreaterThan(0);
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it("has unique SKUs and handles", () => {
    const skus = shop.products.flatMap(({ variants }) => variants.map(({ sku }) => sku));
    expect(new Set(skus).size).toBe(skus.length);
    expect(new Set(shop.products.map(({ handle }) => handle)).size).toBe(shop.products.length);
  });

  it("plants every complement at a lift of at least 5", () => {
    expect(shop.truth.complements.length).toBeGreaterThan(20);
    for (const { skus } of shop.truth.complements) {
      const [first, ...others] = skus.map((sku) => basketsWith(shop, sku));
      for (const other of others) expect(liftOf(first!, other), skus.join(" + ")).toBeGreaterThan(5);
    }
  });

  it("never puts two planted substitutes into one ordinary basket", () => {
    const together = shop.orders.filter(
      ({ lines }) =>
        lines.length < 20 &&
        shop.truth.substitutes.some(
          ({ skus }) =>
            skus.filter((sku) => lines.some((line) => line.sku.startsWith(sku.slice(0, 7)))).length > 1,
        ),
    );
    expect(together).toEqual([]);
  });

  it("sells seasonal products around their peak, and marks those that peak in the next four weeks", () => {
    const advent = shop.truth.seasons.find(({ sku }) => sku === "GIFT-06")!;
    expect(advent.isPeakingSoon).toBe(true);
    expect(shop.truth.seasons.find(({ sku }) => sku === "GARD-01")!.isPeakingSoon).toBe(false);
    const months = [...basketsWith(shop, advent.sku)].map((i) =>
      new Date(shop.orders[i]!.placedAtMs).getUTCMonth(),
    );
    const inSeason = months.filter((month) => month === 10 || month === 11).length;
    expect(inSeason / months.length).toBeGreaterThan(0.6);
  });

  it("has a product that peaks in the four weeks after any day of the year", () => {
    for (let day = 0; day < 365; day++) {
      const { truth } = simulateShop({
        seed: 1,
        endAtMs: endAtMs + day * 86_400_000,
        ordersTotal: 1,
        days: 1,
      });
      expect(
        truth.seasons.some(({ isPeakingSoon }) => isPeakingSoon),
        `day ${day}`,
      ).toBe(true);
    }
  });

  it("is out of stock of components that shoppers used to combine", () => {
    const stockOf = new Map(shop.products.flatMap(({ variants }) => variants.map((v) => [v.sku, v.stock])));
    expect(shop.truth.outOfStockSkus.length).toBeGreaterThanOrEqual(2);
    for (const sku of shop.truth.outOfStockSkus) expect(stockOf.get(sku)).toBe(0);
    expect(
      shop.truth.complements.some(({ skus }) => skus.some((s) => shop.truth.outOfStockSkus.includes(s))),
    ).toBe(true);
  });

  it("has the irregularities of real data", () => {
    const { orders } = shop;
    expect(orders.some(({ isTest }) => isTest)).toBe(true);
    expect(orders.some(({ cancelledAtMs }) => cancelledAtMs !== null)).toBe(true);
    expect(orders.some(({ refund }) => refund !== null)).toBe(true);
    expect(orders.some(({ lines }) => lines.some(({ sku }) => sku.startsWith("CARD-")))).toBe(true);
    expect(orders.some(({ lines }) => lines.length >= 20)).toBe(true);
    expect(orders.some(({ customerId }) => customerId === null)).toBe(true);
    const visits = new Map<string, number>();
    for (const { customerId } of orders)
      if (customerId) visits.set(customerId, (visits.get(customerId) ?? 0) + 1);
    expect([...visits.values()].filter((count) => count > 1).length / visits.size).toBeGreaterThan(0.2);
  });

  it("sells more on Sundays than on Fridays, and more in the second half of the history", () => {
    const onWeekday = (day: number) =>
      shop.orders.filter((o) => new Date(o.placedAtMs).getUTCDay() === day).length;
    expect(onWeekday(0)).toBeGreaterThan(1.2 * onWeekday(5));
    const midMs = endAtMs - 210 * 86_400_000;
    expect(shop.orders.filter(({ placedAtMs }) => placedAtMs > midMs).length).toBeGreaterThan(
      shop.orders.length / 2,
    );
  });
});
