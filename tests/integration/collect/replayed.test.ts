import { beforeEach, describe, expect, it } from "vitest";
import type { Deps } from "#app/services/deps.server.ts";
import { TABLES_OF_A_SHOP } from "#app/data/erasure/erasures.server.ts";
import { saveProducts } from "#app/data/products/products.server.ts";
import { inTransaction } from "#app/data/db.server.ts";
import { toProductEvent } from "#app/domain/collect/messages/product-event.ts";
import { parseJsonKeepingIds } from "#app/domain/collect/messages/shopify-values.ts";
import { applyInboxEvent, applyShopInbox } from "#app/services/collect/apply-shop-inbox.server.ts";
import { receiveWebhook } from "#app/services/collect/receive-webhook.server.ts";
import { fakeQueue } from "#tests/factories/fake-queue.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { readWebhook } from "#tests/fixtures/webhooks/read-webhook.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const SHOP = "demo-shop.myshopify.com";
const OTHER = "other-shop.myshopify.com";
const NOW = new Date("2026-12-01T00:00:00Z");
const MONTHS_LATER = new Date("2027-04-01T00:00:00Z");

/** What a captured body could bring into another shop. */
const BODIES = [
  ["products/update", "products-update"],
  ["orders/create", "orders-create"],
  ["products/delete", "products-delete"],
] as const;

const opened = await openTestDeps();
const deps: Deps = {
  ...opened,
  log: { ...opened.log, error: (event, fields) => void logged.push({ event, fields }) },
  jobs: fakeQueue(({ name, payload }) => enqueued.push({ name, shop: (payload as { shop: string }).shop })),
};
let enqueued: { name: string; shop: string }[];
let logged: { event: string; fields: unknown }[];
let deliveries = 0;

beforeEach(async () => {
  enqueued = [];
  logged = [];
  for (const table of TABLES_OF_A_SHOP) await deps.pool.query(`DELETE FROM "${table}"`);
  await deps.db.shop.createMany({
    data: [SHOP, OTHER].map((shop) =>
      shopRow(shop, { currency: "EUR", installedAt: new Date("2026-09-01T00:00:00Z") }),
    ),
  });
});

/** The webhook id is new and the time arbitrary, because neither is signed. */
async function deliver(
  shop: string,
  topic: string,
  rawBody: string,
  { at = NOW, isAlone = false } = {},
): Promise<string> {
  const webhookId = `delivery-${deliveries++}`;
  await receiveWebhook(deps, { shop, topic, webhookId, triggeredAt: at, rawBody, now: at });
  if (isAlone) await applyInboxEvent(deps, { shop, webhookId, now: at });
  else await applyShopInbox(deps, { shop, now: () => at });
  return webhookId;
}

/** All rows of the shop's tables except the inbox, which records every delivery. */
async function readTables(shop: string): Promise<Record<string, string[]>> {
  const tables: Record<string, string[]> = {};
  for (const table of TABLES_OF_A_SHOP.filter((name) => name !== "InboxEvent")) {
    const { rows } = await deps.pool.query<{ row: string }>(
      `SELECT (to_jsonb(t) - 'sourceTriggeredAt')::text AS row FROM "${table}" t WHERE "shop" = $1 ORDER BY 1`,
      [shop],
    );
    tables[table] = rows.map(({ row }) => row);
  }
  return tables;
}

describe("a captured body that is sent again under its own shop", () => {
  const ORDER = readWebhook("orders-create");
  const LATER = ORDER.replaceAll(
    /"(updated_at|cancelled_at)": (null|"[^"]*")/g,
    '"$1": "2026-11-20T10:00:00Z"',
  );

  it("changes nothing newer, even months later with a new id and time", async () => {
    await deliver(SHOP, "orders/cancelled", LATER);
    const before = await readTables(SHOP);
    expect(before["Order"]![0]).toContain('"cancelledAt": "2026-11-20T10:00:00"');
    await deliver(SHOP, "orders/create", ORDER, { at: MONTHS_LATER });
    await deliver(SHOP, "orders/create", ORDER, { at: MONTHS_LATER, isAlone: true });
    expect(await readTables(SHOP)).toEqual(before);
  });

  it("is counted once when nothing newer is known", async () => {
    await deliver(SHOP, "products/update", readWebhook("products-update"));
    await deliver(SHOP, "orders/create", ORDER);
    await deliver(SHOP, "refunds/create", readWebhook("refunds-create"));
    await deliver(SHOP, "inventory_levels/update", readWebhook("inventory-levels-update"));
    const before = await readTables(SHOP);
    await deliver(SHOP, "products/update", readWebhook("products-update"), { at: MONTHS_LATER });
    await deliver(SHOP, "orders/create", ORDER, { at: MONTHS_LATER });
    await deliver(SHOP, "refunds/create", readWebhook("refunds-create"), { at: MONTHS_LATER });
    await deliver(SHOP, "inventory_levels/update", readWebhook("inventory-levels-update"), {
      at: MONTHS_LATER,
    });
    expect(await readTables(SHOP)).toEqual(before);
  });

  it("does not bring back a product that was deleted since", async () => {
    await deliver(SHOP, "products/update", readWebhook("products-update"));
    await deliver(SHOP, "products/delete", readWebhook("products-delete"));
    await deliver(SHOP, "products/update", readWebhook("products-update"), { at: MONTHS_LATER });
    const { deletedAt } = await deps.db.product.findFirstOrThrow({ where: { shop: SHOP } });
    expect(deletedAt).not.toBeNull();
  });
});

describe("a captured body that is sent under another shop's name", () => {
  beforeEach(async () => {
    await deliver(OTHER, "products/update", readWebhook("products-update"));
    await deliver(OTHER, "orders/create", readWebhook("orders-create"));
    enqueued = [];
  });

  it.each([
    ...BODIES.map(([topic, file]) => [topic, "together with others", file, false] as const),
    ...BODIES.map(([topic, file]) => [topic, "by itself", file, true] as const),
  ])("leaves no trace in the tables of either shop: %s, applied %s", async (topic, _, file, isAlone) => {
    const before = { theirs: await readTables(OTHER), ours: await readTables(SHOP) };
    const webhookId = await deliver(SHOP, topic, readWebhook(file), { isAlone });
    expect({ theirs: await readTables(OTHER), ours: await readTables(SHOP) }).toEqual(before);
    expect(logged).toEqual([
      { event: "collect.of_another_shop", fields: { shop: SHOP, foreignWebhookIds: [webhookId] } },
    ]);
    expect(enqueued.filter(({ name }) => name === "collect.reconcile")).toEqual([
      { name: "collect.reconcile", shop: SHOP },
    ]);
    expect(await deps.db.inboxEvent.count({ where: { shop: SHOP, appliedAt: null } })).toBe(0);
  });

  it("does not hold up the messages that came with it", async () => {
    const own = readWebhook("products-update").replaceAll("301", "909").replaceAll("9007199254740993", "91");
    await receiveWebhook(deps, {
      shop: SHOP,
      topic: "products/update",
      webhookId: "own",
      triggeredAt: NOW,
      rawBody: own,
      now: NOW,
    });
    await deliver(SHOP, "orders/create", readWebhook("orders-create"));
    expect(await deps.db.product.findMany({ where: { shop: SHOP } })).toMatchObject([
      { productGid: "gid://shopify/Product/909" },
    ]);
    expect(await deps.db.order.count({ where: { shop: SHOP } })).toBe(0);
  });

  it("cannot lock out the true owner: data that the shop's own API returned is accepted from then on", async () => {
    const rawBody = readWebhook("products-update");
    const product = toProductEvent(parseJsonKeepingIds(rawBody), "EUR");
    if (!product.ok) throw new Error(product.detail);
    const older = { ...product.value, updatedAt: "2026-10-01T00:00:00.000Z", title: "Kettle" };
    await inTransaction(deps.pool, (client) =>
      saveProducts(client, SHOP, [{ event: older, reportedAt: NOW }], { isReading: true }),
    );
    await deliver(SHOP, "products/update", rawBody);
    await deliver(SHOP, "orders/create", readWebhook("orders-create"));
    expect(logged).toEqual([]);
    expect(await deps.db.product.findFirst({ where: { shop: SHOP } })).toMatchObject({
      title: "Gooseneck kettle",
    });
    expect(await deps.db.order.count({ where: { shop: SHOP } })).toBe(1);
  });
});

it("a body that names its own shop is logged in one line, with both names and nothing else of it", async () => {
  const rawBody = readWebhook("customers-redact");
  const webhook = { topic: "customers/redact", webhookId: "w1", triggeredAt: NOW, rawBody, now: NOW };
  expect(await receiveWebhook(deps, { shop: OTHER, ...webhook })).toBe("refused");
  expect(await receiveWebhook(deps, { shop: SHOP.toUpperCase(), ...webhook })).toBe("ignored");
  expect(logged).toEqual([
    {
      event: "collect.of_another_shop",
      fields: { shop: OTHER, topic: "customers/redact", webhookId: "w1", named: SHOP },
    },
  ]);
});
