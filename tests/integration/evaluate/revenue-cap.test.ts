import { describe, expect, it } from "vitest";
import { findRevenueCap } from "#app/data/experiment/experiment.server.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { readUplift } from "#app/services/evaluate/read-uplift.server.ts";
import { enforceRetention } from "#app/services/privacy/enforce-retention.server.ts";
import { addBundle, SHOP } from "#tests/factories/bundle-shop.ts";
import { openBundleShopEachTest } from "#tests/factories/bundle-shop-each-test.ts";
import { PLACED_AT as BEFORE } from "#tests/factories/placed-order.ts";

const opened = await openBundleShopEachTest();
const readCap = () => findRevenueCap(opened.deps.pool, { shop: SHOP, before: BEFORE, ordersKeptDays: 3_650 });

/** Adds this many orders from some days ago, with the totals 1.00, 2.00 and so on. */
async function addOrders(source: string, count: number, daysAgo = 100): Promise<void> {
  const placedAt = new Date(BEFORE.getTime() - daysAgo * DAY_MS).toISOString();
  await opened.deps.pool.query(
    `INSERT INTO "Order" (shop, "orderGid", "placedAt", "sourceUpdatedAt", currency, source, "totalMinor")
     SELECT $1, concat($3::text, $5::int, ' ', n), $2, $2, 'USD', $3, 100 * n FROM generate_series(1, $4::int) n`,
    [SHOP, placedAt, source, count, daysAgo],
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

  it("stays the same until the period's end in a shop that deletes orders after 120 days", async () => {
    await opened.deps.db.shop.update({ where: { shop: SHOP }, data: { settings: { ordersKeptDays: 120 } } });
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "published" });
    const approval = { shop: SHOP, bundleId, decidedBy: "42", action: "approve", decidedAt: BEFORE };
    await opened.deps.db.decision.create({ data: { ...approval, detail: { to: "approved" } } });
    await addOrders("shopify", 300);
    await addOrders("shopify", 100, 5);
    const readOn = async (day: number) => {
      const now = new Date(BEFORE.getTime() + day * DAY_MS);
      await enforceRetention(opened.deps, { now });
      return (await readUplift(opened.deps, { shop: SHOP, nowMs: now.getTime() })).uplift.capMinor;
    };

    expect(await readOn(0)).toBe(9_900);
    expect(await readOn(89)).toBe(9_900);
  });
});
