import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TABLES_OF_A_SHOP } from "#app/data/erasure/erasures.server.ts";
import { applyShopInbox, continueShopInbox } from "#app/services/collect/apply-shop-inbox.server.ts";
import { importOrderLog } from "#app/services/collect/import-order-log.server.ts";
import { readBaskets } from "#app/services/prepare/prepare-run.server.ts";
import { receiveWebhook } from "#app/services/collect/receive-webhook.server.ts";
import { recordBrowseBatch } from "#app/services/collect/record-browse-batch.server.ts";
import { fakeQueue } from "#tests/factories/fake-queue.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { readWebhook } from "#tests/fixtures/webhooks/read-webhook.ts";
import { findUnscoped, recordStatements } from "#tests/setup/statements/recorded-statements.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const SHOP = "demo-shop.myshopify.com";
const OTHER = "other-shop.myshopify.com";
const NOW = new Date("2026-12-01T00:00:00Z");

/** Every topic that changes a table, with a payload whose ids both shops have. */
const WEBHOOKS = [
  ["products/update", "products-update"],
  ["orders/create", "orders-create"],
  ["inventory_levels/update", "inventory-levels-update"],
  ["refunds/create", "refunds-create"],
  ["orders/edited", "orders-edited"],
  ["orders/delete", "orders-delete"],
  ["discounts/update", "discounts-update"],
  ["customers/data_request", "customers-data-request"],
  ["customers/redact", "customers-redact"],
  ["products/delete", "products-delete"],
  ["app/uninstalled", "shop-redact"],
  ["shop/redact", "shop-redact"],
] as const;

const deps = { ...(await openTestDeps()), jobs: fakeQueue() };

beforeEach(async () => {
  for (const table of TABLES_OF_A_SHOP) await deps.pool.query(`DELETE FROM "${table}"`);
  await deps.db.shop.createMany({
    data: [SHOP, OTHER].map((shop) =>
      shopRow(shop, { currency: "EUR", installedAt: new Date("2026-09-01T00:00:00Z") }),
    ),
  });
});
afterEach(() => vi.restoreAllMocks());

async function deliver(shop: string, topic: string, file: string): Promise<void> {
  const rawBody = readWebhook(file);
  await receiveWebhook(deps, { shop, topic, webhookId: topic, triggeredAt: NOW, rawBody, now: NOW });
  await applyShopInbox(deps, { shop, now: () => NOW });
}

async function readTables(shop: string): Promise<Record<string, string[]>> {
  const tables: Record<string, string[]> = {};
  for (const table of TABLES_OF_A_SHOP) {
    const { rows } = await deps.pool.query<{ row: string }>(
      `SELECT (to_jsonb(t))::text AS row FROM "${table}" t WHERE "shop" = $1 ORDER BY 1`,
      [shop],
    );
    tables[table] = rows.map(({ row }) => row);
  }
  return tables;
}

/** Gives both shops the same products, which never happens at Shopify. */
async function giveProducts(from: string, to: string): Promise<void> {
  await deps.pool.query(
    `INSERT INTO "Product" SELECT (jsonb_populate_record(p, $2::jsonb)).* FROM "Product" p WHERE "shop" = $1`,
    [from, JSON.stringify({ shop: to, sourceUpdatedAt: "2026-01-01T00:00:00" })],
  );
}

async function* toBody(text: string) {
  yield Buffer.from(text);
}

/** Everything that a shop's webhooks, visitors and files make the intake do. */
async function liveThrough(shop: string): Promise<void> {
  for (const [topic, file] of WEBHOOKS.slice(0, -2)) await deliver(shop, topic, file);
  await recordBrowseBatch(
    deps,
    { take: async () => true, takeRows: async () => true },
    {
      text: JSON.stringify({
        v: 1,
        shop,
        events: [
          {
            id: "event-0001",
            kind: "product_viewed",
            at: NOW.toISOString(),
            visitor: "0".repeat(32),
            arm: null,
            product: "301",
            variant: null,
            bundle: null,
          },
        ],
      }),
      userAgent: "",
      address: "198.51.100.7",
      now: NOW,
    },
  );
  const csv = "order_id,ts,sku,title,qty,unit_price,customer_id\n1,2025-01-02T09:10:12Z,A,Tea,2,4.50,7\n";
  await importOrderLog(deps, { shop, body: toBody(csv) });
  await readBaskets(deps, { shop, fromMs: 0, toMs: NOW.getTime() });
  await continueShopInbox(deps, { shop, now: NOW });
  for (const [topic, file] of WEBHOOKS.slice(-2)) await deliver(shop, topic, file);
}

describe("two shops with the same ids", () => {
  it("are kept apart by every statement that the intake sends", async () => {
    const recorded = recordStatements();
    await liveThrough(SHOP);
    expect(recorded.length).toBeGreaterThan(60);
    expect(findUnscoped(recorded, SHOP)).toEqual([]);
    expect(recorded.filter(({ values }) => JSON.stringify(values).includes(OTHER))).toEqual([]);
  });

  it("leave each other's rows alone, from the first webhook to the erasure", async () => {
    for (const [topic, file] of WEBHOOKS.slice(0, 6)) await deliver(OTHER, topic, file);
    // A message about a product that only the other shop has would be ignored.
    await giveProducts(OTHER, SHOP);
    const before = await readTables(OTHER);
    expect(before["Order"]).toHaveLength(1);
    await liveThrough(SHOP);
    expect(await readTables(OTHER)).toEqual(before);
    expect(Object.values(await readTables(SHOP)).flat()).toEqual([]);
  });
});
