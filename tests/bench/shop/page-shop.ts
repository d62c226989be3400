import type { Pool } from "pg";
import { keepMonthsOfVisits } from "#app/data/visits/months.server.ts";
import { dropIndexes } from "./bare-table.ts";

export const PAGE_SHOP = "page-shop.myshopify.com";
const PRODUCTS = 2_000;
const COLLECTIONS = 40;
const RUNS = 60;
const BUNDLE_ID = "00000000-0000-4000-8000-000000000000";
const RUN_ID = "10000000-0000-4000-8000-000000000000";

/**
 * A shop that has used the app for a long time, created by the database itself: orders of two lines over two years,
 * suggestions of two products with evidence and decisions, some of them live, runs with models, visits and
 * conversions.
 *
 * @returns an existing bundle and run
 */
export async function fillPageShop(
  pool: Pool,
  { orders, suggestions }: { orders: number; suggestions: number },
): Promise<{ bundleId: string; runId: string }> {
  const run = (sql: string) => pool.query(sql);
  const shop = `'${PAGE_SHOP}'`;
  const spread = (of: string) => `(hashint4(${of}) & 2147483647)`;
  const uuid = (first: string, of: string) =>
    `('${first}0000000-0000-4000-8000-' || lpad((${of})::text, 12, '0'))`;
  const estimate = (value: string) =>
    `jsonb_build_object('value', ${value}, 'low', ${value} / 2, 'high', ${value} * 2)`;
  await run(
    `INSERT INTO "Shop" (shop, "customerKeySecret", "holdoutSalt", "installedAt", "backfilledAt", "backfillProgress")
     VALUES (${shop}, 's', 'salt', now() - interval '2 days', now() - interval '2 days', 1)`,
  );
  await run(
    `INSERT INTO "Collection" (shop, "collectionGid", title, "readAt")
     SELECT ${shop}, 'c' || n, 'Collection ' || n, now() FROM generate_series(0, ${COLLECTIONS - 1}) n`,
  );
  await run(
    `INSERT INTO "Product" (shop, "productGid", title, handle, tags, status, "sourceUpdatedAt", "collectionGids")
     SELECT ${shop}, 'p' || n, 'Product ' || n, 'p' || n, ARRAY['tag' || n % 30], 'active', now(),
       ARRAY['c' || n % ${COLLECTIONS}] FROM generate_series(0, ${PRODUCTS - 1}) n`,
  );
  await run(
    `INSERT INTO "Variant" (shop, "variantGid", "productGid", title, "priceMinor", "costMinor", "inventoryQuantity")
     SELECT ${shop}, 'v' || n, 'p' || n, 'Default Title', 2000, 1000, 50 FROM generate_series(0, ${PRODUCTS - 1}) n`,
  );
  await run(
    `INSERT INTO "Run" (id, shop, status, step, progress, "cutoffAt", "startedAt", "finishedAt", "createdAt", report)
     SELECT ${uuid("1", "n")}, ${shop}, 'succeeded', 'validate', 1, now(), now() - n * interval '7 days',
       now() - n * interval '7 days', now() - n * interval '7 days',
       '{"orders": 1000, "items": 2000, "lossesByTask": {"product": [4.3, 3.4, 3.1]}}'
     FROM generate_series(0, ${RUNS - 1}) n`,
  );
  await run(
    `INSERT INTO "Model" (id, shop, "runId", step, name, "isChosen", metrics, version, artefact, backend)
     SELECT ${uuid("2", "n * 4 + k")}, ${shop}, ${uuid("1", "n")}, 'behaviour',
       (ARRAY['ease (product)', 'popularity (product)', 'rp3beta (product)', 'neighbours (product)'])[k + 1], k = 0,
       jsonb_build_object('ndcg10', 0.25 / (k + 1), 'hr10', 0.4 / (k + 1)), ${RUNS} - n,
       CASE WHEN k = 0 AND n < 5 THEN decode(repeat('00', 1000000), 'hex') END, 'wasm'
     FROM generate_series(0, ${RUNS - 1}) n, generate_series(0, 3) k`,
  );
  await run(
    `INSERT INTO "Bundle" (id, shop, "runId", "componentKey", kind, title, status, "discountRatio", currency, expected,
       evidence, validation, "expectedExtraMarginMinor", "createdAt", "updatedAt")
     SELECT ${uuid("0", "n")}, ${shop}, ${uuid("1", "0")}, 'k' || n,
       (ARRAY['complementary', 'substitute', 'seasonal'])[n % 3 + 1], 'Product ' || n || ' + product ' || n + 1,
       CASE WHEN n % 50 = 0 THEN 'published' ELSE 'proposed' END, CASE WHEN n % 100 = 0 THEN 0 ELSE 0.1 END, 'USD',
       jsonb_build_object('ordersAnyway', ${estimate("10")}, 'ordersWithOffer', ${estimate("12")},
         'extraMarginMinor', ${estimate(`(${spread("n")} % 50000)`)}, 'extraRevenueMinor', ${estimate("9000")}),
       '[{"kind": "orders", "value": 40, "code": "text", "values": {"text": "40 of 1000 orders held both."}}]', '{"isSupported": true}',
       ${spread("n")} % 50000, now() - n * interval '1 minute', now()
     FROM generate_series(0, ${suggestions - 1}) n`,
  );
  await run(
    `INSERT INTO "BundleComponent" (shop, "bundleId", position, "variantGid", "productGid", title, "priceMinor")
     SELECT ${shop}, ${uuid("0", "n")}, k, 'v' || (n + k) % ${PRODUCTS}, 'p' || (n + k) % ${PRODUCTS},
       'Product ' || n + k, 2000 FROM generate_series(0, ${suggestions - 1}) n, generate_series(0, 1) k`,
  );
  await run(
    `INSERT INTO "Decision" (id, shop, "bundleId", "decidedBy", action, detail, "decidedAt")
     SELECT ${uuid("3", "n")}, ${shop}, ${uuid("0", `n * 50`)}, '42', 'approve', '{"to":"approved"}', now() - interval '5 days'
     FROM generate_series(0, ${Math.floor((suggestions - 1) / 50)}) n`,
  );
  await run(
    `INSERT INTO "Order" (shop, "orderGid", "placedAt", "sourceUpdatedAt", currency, "customerKey", "totalMinor")
     SELECT ${shop}, 'gid://shopify/Order/' || n, now() - make_interval(secs => ${spread("n")} % ${730 * 86_400}), now(), 'USD',
       'c' || ${spread("n + 1")} % 200000, 4000 FROM generate_series(0, ${orders - 1}) n`,
  );
  await run(
    `INSERT INTO "OrderLine" (shop, "orderGid", position, "variantGid", "productGid", title, quantity, "unitPriceMinor")
     SELECT ${shop}, 'gid://shopify/Order/' || n, k, 'v' || (${spread("n")} % ${PRODUCTS} + k) % ${PRODUCTS},
       'p' || (${spread("n")} % ${PRODUCTS} + k) % ${PRODUCTS}, '', 1, 2000
     FROM generate_series(0, ${orders - 1}) n, generate_series(0, 1) k`,
  );
  await run(
    `INSERT INTO "Conversion" (shop, "orderGid", "bundleId", sets, "revenueMinor", "discountMinor", "convertedAt")
     SELECT ${shop}, 'gid://shopify/Order/' || n, ${uuid("0", "(n % 20) * 50")}, 1, 3600, 400, now() - n * interval '1 minute'
     FROM generate_series(0, 1999) n`,
  );
  // Enough buyers in both arms since then for the results to have a line over time.
  const at = "now() - make_interval(mins => n)";
  const arm = "CASE WHEN n % 10 = 0 THEN 'holdout' ELSE 'treated' END";
  await run(
    `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, "productGid", arm, "occurredAt")
     SELECT ${shop}, 'e' || n, md5(n::text), 'product_viewed', 'p0', ${arm}, ${at}
     FROM generate_series(0, ${4 * 24 * 60}) n`,
  );
  await run(
    `INSERT INTO "Order" (shop, "orderGid", "placedAt", "sourceUpdatedAt", currency, "visitorKey", arm, "totalMinor")
     SELECT ${shop}, 'gid://shopify/Order/v' || n, ${at} + interval '1 minute', now(), 'USD', md5(n::text), ${arm}, 4000 + n % 7
     FROM generate_series(0, ${4 * 24 * 60}) n WHERE n % 4 < 2`,
  );
  await run(
    `INSERT INTO "OrderLine" (shop, "orderGid", position, "variantGid", "productGid", title, quantity, "unitPriceMinor")
     SELECT shop, "orderGid", 0, 'v0', 'p0', '', 1, "totalMinor" FROM "Order" WHERE "visitorKey" IS NOT NULL`,
  );
  await run("VACUUM ANALYZE");
  return { bundleId: BUNDLE_ID, runId: RUN_ID };
}

/** Visits of each shop in half a year: 5,500 a day. */
const VISITS_A_SHOP = 1_000_000;
const VISIT_MONTHS = 6;
const EVENTS_A_VISITOR = 5;

/**
 * Visits of half a year in monthly partitions: of the pages' shop, and of as many others as the number needs.
 *
 * @returns another shop with visits
 */
export async function fillVisits(pool: Pool, visits: number): Promise<string> {
  const now = new Date();
  await pool.query(`DROP TABLE "BrowseEvent_before"`);
  for (let before = VISIT_MONTHS; before >= 0; before--) {
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - before, 1));
    await keepMonthsOfVisits(pool, { now: month, forgetBefore: null });
  }
  const restoreIndexes = await dropIndexes(pool, "BrowseEvent");
  await pool.query("SET statement_timeout = 0");
  const spread = (of: string) => `(hashint8(${of}) & 2147483647)`;
  const visitor = `n / ${EVENTS_A_VISITOR}`;
  await pool.query(
    `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, "productGid", "bundleId", arm, "occurredAt")
     SELECT CASE WHEN n < ${VISITS_A_SHOP} THEN '${PAGE_SHOP}' ELSE 'other-' || n / ${VISITS_A_SHOP} || '.myshopify.com' END,
       gen_random_uuid()::text, md5((${visitor})::text),
       (ARRAY['product_viewed', 'product_viewed', 'page_viewed', 'offer_seen', 'product_added_to_cart'])[n % 5 + 1],
       CASE WHEN n % 5 IN (0, 1, 4) THEN 'p' || ${spread("n")} % ${PRODUCTS} END,
       CASE WHEN n % 5 = 3 THEN '00000000-0000-4000-8000-' || lpad((${spread("n")} % 20 * 50)::text, 12, '0') END,
       CASE WHEN ${spread(visitor)} % 10 = 0 THEN 'holdout' ELSE 'treated' END,
       now() AT TIME ZONE 'UTC' - make_interval(secs => ${spread(visitor)} % ${180 * 86_400} + n % 60)
     FROM generate_series(0, $1::bigint - 1) n`,
    [visits],
  );
  await restoreIndexes();
  await pool.query("VACUUM ANALYZE");
  return "other-1.myshopify.com";
}
