import { describe, expect, it } from "vitest";
import { findRevenueCap } from "#app/data/experiment/experiment.server.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { SHOP } from "#tests/factories/bundle-shop.ts";
import { openBundleShopEachTest } from "#tests/factories/bundle-shop-each-test.ts";
import { PLACED_AT as BEFORE } from "#tests/factories/placed-order.ts";

const opened = await openBundleShopEachTest();
const readCap = () => findRevenueCap(opened.deps.pool, { shop: SHOP, before: BEFORE });

/** Adds this many orders from 100 days ago, with the totals 1.00, 2.00 and so on. */
async function addOrders(source: string, count: number): Promise<void> {
  const placedAt = new Date(BEFORE.getTime() - 100 * DAY_MS).toISOString();
  await opened.deps.pool.query(
    `INSERT INTO "Order" (shop, "orderGid", "placedAt", "sourceUpdatedAt", currency, source, "totalMinor")
     SELECT $1, $3 || n, $2, $2, 'USD', $3, 100 * n FROM generate_series(1, $4::int) n`,
    [SHOP, placedAt, source, count],
  );
}

describe("the cap on a visitor's revenue", () => {
  it("is the 99th percentile of earlier orders, and missing below a hundred orders", async () => {
    await addOrders("shopify", 99);
    expect(await readCap()).toBeNull();
    await opened.deps.db.order.deleteMany();
    await addOrders("shopify", 200);
    expect(await readCap()).toBe(19_800);
  });

  it("counts an old order once if both a file and Shopify report it", async () => {
    await opened.deps.db.shop.update({ where: { shop: SHOP }, data: { installedAt: BEFORE } });
    await addOrders("import", 60);
    await addOrders("shopify", 60);
    expect(await readCap()).toBeNull();
  });

  it("excludes included tax, also for a file without tax", async () => {
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
