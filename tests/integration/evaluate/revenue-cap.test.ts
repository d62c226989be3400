import { describe, expect, it } from "vitest";
import { findRevenueCap } from "#app/data/experiment/experiment.server.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { SHOP } from "#tests/factories/bundle-shop.ts";
import { openBundleShopEachTest } from "#tests/factories/bundle-shop-each-test.ts";
import { PLACED_AT as BEFORE } from "#tests/factories/placed-order.ts";

const opened = await openBundleShopEachTest();
const readCap = () => findRevenueCap(opened.deps.pool, { shop: SHOP, before: BEFORE });

/** So many orders of 100 days ago, the dearest of 1.00 for each. */
async function addOrders(source: string, count: number): Promise<void> {
  const placedAt = new Date(BEFORE.getTime() - 100 * DAY_MS).toISOString();
  await opened.deps.pool.query(
    `INSERT INTO "Order" (shop, "orderGid", "placedAt", "sourceUpdatedAt", currency, source, "totalMinor")
     SELECT $1, $3 || n, $2, $2, 'USD', $3, 100 * n FROM generate_series(1, $4::int) n`,
    [SHOP, placedAt, source, count],
  );
}

describe("the cap of what a visitor counts", () => {
  it("is what an order in a hundred of those before was worth more than, and none of fewer than a hundred", async () => {
    await addOrders("shopify", 99);
    expect(await readCap()).toBeNull();
    await opened.deps.db.order.deleteMany();
    await addOrders("shopify", 200);
    expect(await readCap()).toBe(19_800);
  });

  it("counts once an old order that a file holds and Shopify tells again", async () => {
    await opened.deps.db.shop.update({ where: { shop: SHOP }, data: { installedAt: BEFORE } });
    await addOrders("import", 60);
    await addOrders("shopify", 60);
    expect(await readCap()).toBeNull();
  });

  it("is without the tax that prices hold, as what it caps, also where a file tells of none", async () => {
    const installedAt = new Date(BEFORE.getTime() - 100 * DAY_MS);
    await opened.deps.db.shop.update({ where: { shop: SHOP }, data: { installedAt } });
    await addOrders("import", 100);
    await addOrders("shopify", 200);
    expect(await readCap()).toBe(19_700);
    await opened.deps.pool.query(
      `INSERT INTO "OrderLine" (shop, "orderGid", position, title, quantity, "unitPriceMinor", "includedTaxMinor", "isGiftCard")
       SELECT shop, "orderGid", n, 'Product', 1, "totalMinor", CASE WHEN source = 'shopify' THEN "totalMinor" / 5 END * (1 - n),
         n = 1
       FROM "Order", generate_series(0, 1) n`,
    );
    expect(await readCap()).toBeCloseTo(15_760, 6);
  });
});
