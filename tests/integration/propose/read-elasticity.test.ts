import { describe, expect, it } from "vitest";
import { PRICE_RESPONSE } from "#app/domain/trends/prices/price-elasticity.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { DAY_MS, WEEK_MS } from "#app/domain/time.ts";
import { readElasticity } from "#app/services/trends/read-elasticity.server.ts";
import { SHOP } from "#tests/factories/bundle-shop.ts";
import { openBundleShopEachTest } from "#tests/factories/bundle-shop-each-test.ts";

const NOW = new Date("2026-11-24T12:00:00Z");
const WEEKS = 52;

const opened = await openBundleShopEachTest();
const random = seededRandom(7);

interface Sale {
  /** Weeks before now. */
  readonly week: number;
  readonly variant: number;
  readonly units: number;
  readonly priceMinor: number;
}

/** Each sale is an order of its own, within the five middle days of its week. */
async function sell(sales: readonly Sale[]): Promise<void> {
  const orders = sales.map(({ week, ...sale }, at) => {
    const placedAt = new Date(NOW.getTime() - week * WEEK_MS - (1 + 5 * random()) * DAY_MS);
    return { orderGid: `gid://shopify/Order/${at}`, placedAt, ...sale };
  });
  await opened.deps.db.order.createMany({
    data: orders.map(({ orderGid, placedAt, units, priceMinor }) => ({
      shop: SHOP,
      orderGid,
      placedAt,
      sourceUpdatedAt: placedAt,
      currency: "USD",
      totalMinor: units * priceMinor,
    })),
  });
  await opened.deps.db.orderLine.createMany({
    data: orders.map(({ orderGid, variant, units, priceMinor }) => ({
      shop: SHOP,
      orderGid,
      position: 0,
      variantGid: opened.variants[variant]!.variantGid,
      productGid: opened.variants[variant]!.productGid,
      title: "A product",
      quantity: units,
      unitPriceMinor: priceMinor,
    })),
  });
}

/** A year with `ordersAt(price)` orders of one unit a week, and about twenty of another product. */
function yearOf(priceMinorIn: (week: number) => number, ordersAt: (priceMinor: number) => number): Sale[] {
  return Array.from({ length: WEEKS }, (_, week) => {
    const priceMinor = priceMinorIn(week);
    const own = Array.from({ length: Math.round(ordersAt(priceMinor)) }, () => ({
      week,
      variant: 0,
      units: 1,
      priceMinor,
    }));
    const others = Array.from({ length: 15 + Math.round(10 * random()) }, () => ({
      week,
      variant: 1,
      units: 1,
      priceMinor: 1_000,
    }));
    return [...own, ...others];
  }).flat();
}

describe("the elasticity that the autopilot steers by", () => {
  it("is the published one in a shop without an order", async () => {
    const elasticity = await readElasticity(opened.deps, { shop: SHOP, now: NOW });

    expect(elasticity.value).toBeCloseTo(PRICE_RESPONSE.value, 9);
  });

  it("learns nothing from steady prices with a reseller's large order at 15 % off every third week", async () => {
    const usual = yearOf(
      () => 1_000,
      () => 6 + Math.round(2 * random()),
    );
    const bulk = [0, 1].flatMap((variant) =>
      Array.from({ length: Math.floor(WEEKS / 3) }, (_, at) => ({
        week: 3 * at + variant,
        variant,
        units: 25 + Math.round(10 * random()),
        priceMinor: 850,
      })),
    );
    await sell([...usual, ...bulk]);

    const elasticity = await readElasticity(opened.deps, { shop: SHOP, now: NOW });
    expect(elasticity.value).toBeCloseTo(PRICE_RESPONSE.value, 9);
  });

  it("is the shop's own if orders follow a price that changes every week", async () => {
    await sell(
      yearOf(
        (week) => (week % 2 === 0 ? 1_000 : 800),
        (priceMinor) => 20 * (priceMinor / 1_000) ** -1.3 + 4 * random(),
      ),
    );

    const elasticity = await readElasticity(opened.deps, { shop: SHOP, now: NOW });
    expect(elasticity.value).toBeLessThan(2);
  });

  it("stays within the published range, however strongly orders follow a price", async () => {
    await sell(
      yearOf(
        (week) => (week % 2 === 0 ? 1_000 : 800),
        (priceMinor) => 10 * (priceMinor / 1_000) ** -9 + 2 * random(),
      ),
    );

    const elasticity = await readElasticity(opened.deps, { shop: SHOP, now: NOW });
    expect(elasticity.value).toBe(PRICE_RESPONSE.high);
    expect(elasticity.high).toBe(PRICE_RESPONSE.high);
  });
});
