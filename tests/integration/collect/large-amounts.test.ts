import { readFile } from "node:fs/promises";
import { beforeEach, expect, it } from "vitest";
import { readResults } from "#app/services/evaluate/read-results.server.ts";
import { readBaskets } from "#app/services/prepare/prepare-run.server.ts";
import { readResultsPage } from "#app/pages/results/read-results-page.server.ts";
import { readSuggestionsPage, SuggestionQuery } from "#app/pages/suggestions/read-suggestions-page.server.ts";
import { openWords } from "#app/locales/words.server.ts";
import { exportCustomerData } from "#app/services/privacy/answer-privacy-request.server.ts";
import { applyShopInbox } from "#app/services/collect/apply-shop-inbox.server.ts";
import { importOrderLog } from "#app/services/collect/import-order-log.server.ts";
import { receiveWebhook } from "#app/services/collect/receive-webhook.server.ts";
import { addBundle, emptyBundleShop, SHOP } from "#tests/factories/bundle-shop.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { readWebhook } from "#tests/fixtures/webhooks/read-webhook.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const NOW = new Date("2026-11-10T12:00:00Z");
const FROM_MS = Date.parse("2026-11-01T00:00:00Z");
const ORDER_GID = "gid://shopify/Order/9007199254740993001";
const KETTLE = { productGid: "gid://shopify/Product/301", variant: 9_007_199_254_740_993_111n };
const FILTERS = { productGid: "gid://shopify/Product/302", variant: 9_007_199_254_740_993_112n };

const deps = await openTestDeps();

beforeEach(async () => {
  await emptyBundleShop(deps);
  await deps.db.shop.create({
    data: shopRow(SHOP, { currency: "IDR", installedAt: new Date(FROM_MS) }),
  });
});

const gidOf = ({ variant }: { variant: bigint }) => `gid://shopify/ProductVariant/${variant}`;

/** The recorded payload as a shop in Jakarta sends it: every amount is a million times as large, in rupiah. */
const inRupiah = (file: string) =>
  readWebhook(file)
    .replaceAll(/"(\d+)\.(\d\d)"/g, '"$1$20000.00"')
    .replaceAll('"EUR"', '"IDR"');

async function receive(topic: string, webhookId: string, rawBody: string): Promise<void> {
  await receiveWebhook(deps, { shop: SHOP, topic, webhookId, triggeredAt: NOW, rawBody, now: NOW });
  const later = new Date(Date.now() + 60_000);
  await applyShopInbox(deps, { shop: SHOP, now: () => later });
}

const product = ({ productGid, variant }: typeof KETTLE, title: string, price: string) =>
  JSON.stringify({
    admin_graphql_api_id: productGid,
    title,
    handle: title.toLowerCase(),
    status: "active",
    updated_at: "2026-11-01T09:00:00Z",
    variants: [
      {
        id: 1,
        admin_graphql_api_id: gidOf({ variant }),
        title: "Default Title",
        price,
        position: 1,
        inventory_item_id: Number(variant % 1_000n),
      },
    ],
  });

async function sellInRupiah(): Promise<string> {
  await receive("products/create", "p1", product(KETTLE, "Kettle", "45000000.00"));
  await receive("products/create", "p2", product(FILTERS, "Filters", "10000000.00"));
  const components = [KETTLE, FILTERS].map(({ productGid, variant }, index) => ({
    productGid,
    variantGid: gidOf({ variant }),
    title: index === 0 ? "Kettle" : "Filters",
  }));
  const bundleId = await addBundle(deps, components, { status: "published", approvedAt: NOW });
  await deps.db.bundleComponent.updateMany({
    where: { bundleId, position: 1 },
    data: { quantity: 2, priceMinor: 1_000_000_000 },
  });
  await deps.db.bundleComponent.updateMany({
    where: { bundleId, position: 0 },
    data: { priceMinor: 4_500_000_000 },
  });
  await deps.db.bundle.update({
    where: { id: bundleId },
    data: { currency: "IDR", expectedExtraMarginMinor: 7_000_000_000 },
  });
  await receive("orders/create", "o1", inRupiah("orders-create"));
  return bundleId;
}

it("an order of 57.5 million rupiah reaches the results, the baskets and the merchant's pages to the cent", async () => {
  const bundleId = await sellInRupiah();

  expect(await deps.db.inboxEvent.count({ where: { problem: { not: null } } })).toBe(0);
  expect(await deps.db.order.findFirst()).toMatchObject({ totalMinor: 5_750_000_000n });
  const { sold, bundles } = await readResults(deps, {
    shop: SHOP,
    fromMs: FROM_MS,
    toMs: NOW.getTime(),
  });
  // 9.18 of the 57.5 million are tax, and the discount contains the same share.
  expect(sold).toEqual({ orders: 1, revenueMinor: 4_832_000_000, discountMinor: 546_226_087 });
  expect(bundles).toMatchObject([{ bundleId, revenueMinor: 4_832_000_000 }]);
  const { baskets } = await readBaskets(deps, { shop: SHOP, fromMs: FROM_MS, toMs: NOW.getTime() });
  expect([...baskets.unitPriceMinor]).toEqual([4_500_000_000, 1_000_000_000]);
  expect(baskets.items.map(({ priceMinor }) => priceMinor)).toEqual([4_500_000_000, 1_000_000_000]);

  const words = openWords("en");
  const results = await readResultsPage(deps, { words, shop: SHOP, days: 28, now: NOW });
  expect(JSON.stringify(results)).toContain("48,320,000");
  const query = SuggestionQuery.parse({ tab: "approved" });
  const page = await readSuggestionsPage(deps, { words, shop: SHOP, query, now: NOW });
  expect(JSON.stringify(page)).toContain("65,000,000");
});

it("a refund of more than 21.5 million rupiah is subtracted from the order's revenue", async () => {
  await sellInRupiah();
  await receive("refunds/create", "r1", inRupiah("refunds-create").replaceAll("9000000.00", "39500000.00"));

  expect(await deps.db.order.findFirst()).toMatchObject({ refundedMinor: 3_950_000_000n });
  const { sold } = await readResults(deps, { shop: SHOP, fromMs: FROM_MS, toMs: NOW.getTime() });
  // 57.5 million less 39.5, and less the tax's share of the rest.
  expect(sold.revenueMinor).toBe(1_512_626_087);
});

const importLog = (...rows: readonly string[]) =>
  importOrderLog(deps, {
    shop: SHOP,
    body: (async function* () {
      yield Buffer.from(["order_id,ts,sku,title,qty,unit_price", ...rows].join("\n"));
    })(),
  });

it("an imported order whose total no number holds exactly is refused by name, with its whole file", async () => {
  const dear = "A2,2026-03-01,KETTLE,Kettle,1,90071992547409.91";
  await expect(
    importLog("A1,2026-03-01,KETTLE,Kettle,1,45.00", dear, dear.replaceAll("KETTLE", "POT")),
  ).rejects.toMatchObject({ code: "input_invalid", message: expect.stringContaining("order A2") });
  expect(await deps.db.order.count()).toBe(0);
});

it("an imported order of 25 million rupiah keeps that total", async () => {
  await importLog("A1,2026-03-01,KETTLE,Kettle,1,25000000.00");
  expect(await deps.db.order.findFirst()).toMatchObject({ totalMinor: 2_500_000_000n });
});

it("the customer's data export gives amounts as numbers", async () => {
  await sellInRupiah();
  const subject = { requestId: "1", customerKeys: [], customerKey: null, orderGids: [ORDER_GID] };
  await exportCustomerData(deps, { shop: SHOP, subject: subject as never, requestedAt: NOW });
  const { answer } = await deps.db.dataRequest.findFirstOrThrow();
  expect(answer).toMatchObject({ orders: [{ totalMinor: 5_750_000_000, lines: [{}, {}] }] });
});

it("an amount that no number holds exactly is refused by name, and its order is not stored", async () => {
  const rawBody = inRupiah("orders-create").replaceAll("45000000.00", "99999999999999999.00");
  await receive("orders/create", "o1", rawBody);

  expect(await deps.db.inboxEvent.findFirst()).toMatchObject({
    problem: "payload_unusable: the amount 99999999999999999.00 IDR is out of range",
    payload: { kind: "noted" },
  });
  expect(await deps.db.order.count()).toBe(0);
});

it("the migration to 64 bits keeps a shop's existing amounts, including null and negative ones", async () => {
  const file = new URL(
    "../../../prisma/migrations/20261125200000_money_64_bit/migration.sql",
    import.meta.url,
  );
  const migration = await readFile(file, "utf8");
  await deps.pool.query(migration.replaceAll("BIGINT", "INTEGER"));
  await deps.pool.query(
    `INSERT INTO "Product" (shop, "productGid", title, handle, tags, status, "sourceUpdatedAt")
     VALUES ($1, 'p', '', '', '{}', 'active', now())`,
    [SHOP],
  );
  await deps.pool.query(
    `INSERT INTO "Variant" (shop, "variantGid", "productGid", title, "priceMinor", "costMinor")
     VALUES ($1, 'a', 'p', '', 2147483647, NULL), ($1, 'b', 'p', '', 0, 7)`,
    [SHOP],
  );
  await deps.pool.query(
    `INSERT INTO "Order" (shop, "orderGid", "placedAt", "sourceUpdatedAt", currency, "totalMinor")
     VALUES ($1, 'o', now(), now(), 'IDR', -2147483648)`,
    [SHOP],
  );
  await deps.pool.query(migration);

  const { rows } = await deps.pool.query(
    `SELECT "priceMinor", "costMinor" FROM "Variant" ORDER BY "variantGid"`,
  );
  expect(rows).toEqual([
    { priceMinor: 2_147_483_647, costMinor: null },
    { priceMinor: 0, costMinor: 7 },
  ]);
  expect(await deps.db.order.findFirst()).toMatchObject({ totalMinor: -2_147_483_648n, refundedMinor: 0n });
});
