import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { deleteShopRows, listDataRequests, TABLES_OF_A_SHOP } from "#app/data/erasure/erasures.server.ts";
import { deleteHistory } from "#app/data/erasure/history-erasure.server.ts";
import { saveOrders } from "#app/data/orders/orders.server.ts";
import { inTransaction, LOCK_GIDS } from "#app/data/db.server.ts";
import type { OrderEvent } from "#app/domain/collect/order-event.ts";
import { toOrderEvent } from "#app/domain/collect/messages/order-payload.ts";
import { parseJsonKeepingIds } from "#app/domain/collect/messages/shopify-values.ts";
import { applyInboxEvent, applyShopInbox } from "#app/services/collect/apply-shop-inbox.server.ts";
import { enforceRetention } from "#app/services/privacy/enforce-retention.server.ts";
import { installShop } from "#app/services/install/install-shop.server.ts";
import { pseudonymise } from "#app/services/install/shop-secret.server.ts";
import { readDataRequestFile } from "#app/services/privacy/answer-privacy-request.server.ts";
import { receiveWebhook } from "#app/services/collect/receive-webhook.server.ts";
import { handlers } from "#jobs/handlers.ts";
import { fakeQueue } from "#tests/factories/fake-queue.ts";
import { readWebhook } from "#tests/fixtures/webhooks/read-webhook.ts";
import { until } from "#tests/setup/patience.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const SHOP = "demo-shop.myshopify.com";
const OTHER_SHOP = "other-shop.myshopify.com";
const SECRET = "s".repeat(64);
const CUSTOMER_KEY = pseudonymise(SECRET, "gid://shopify/Customer/7700000000000000123");
const VISITOR = "0123456789abcdef0123456789abcdef";
const INSTALLED_AT = new Date("2026-09-01T00:00:00Z");
const NOW = new Date("2026-12-01T00:00:00Z");

const deps = {
  ...(await openTestDeps()),
  jobs: fakeQueue(({ name, payload }) => enqueued.push({ name, payload })),
};
let enqueued: { name: string; payload: unknown }[];

/** Names of all tables with a column for the shop, read from the database itself. */
async function listShopTables(): Promise<string[]> {
  const { rows } = await deps.pool.query<{ name: string }>(
    `SELECT relname::text AS name FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid AND NOT relispartition
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND attname = 'shop' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

async function countRows(shop: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of await listShopTables()) {
    const { rows } = await deps.pool.query<{ n: number }>(
      `SELECT COUNT(*)::int AS n FROM "${table}" WHERE "shop" = $1`,
      [shop],
    );
    counts[table] = rows[0]!.n;
  }
  return counts;
}

/** Adds at least one row to every table, as in a shop that has used the app for a while. */
async function fill(shop: string): Promise<void> {
  const { db, pool } = deps;
  await db.shop.create({
    data: {
      shop,
      currency: "EUR",
      customerKeySecret: SECRET,
      holdoutSalt: "salt-0001",
      installedAt: INSTALLED_AT,
    },
  });
  await db.session.create({ data: { id: `offline_${shop}`, shop, state: "", accessToken: "secret" } });
  await deliver(shop, "products/update", "products-update", "p1");
  await deliver(shop, "inventory_levels/update", "inventory-levels-update", "i1");
  await deliver(shop, "orders/create", "orders-create", "o1");
  await deliver(shop, "refunds/create", "refunds-create", "r1");
  await deliver(shop, "customers/data_request", "customers-data-request", "d1");
  await db.browseEvent.create({
    data: { shop, eventId: "seen-0001", visitorKey: VISITOR, kind: "offer_seen", occurredAt: NOW },
  });
  const run = await db.run.create({ data: { shop, cutoffAt: NOW } });
  await db.model.create({
    data: { shop, runId: run.id, step: "behaviour", name: "ease", isChosen: true, metrics: {} },
  });
  await db.forecast.create({
    data: {
      shop,
      variantGid: "v",
      runId: run.id,
      horizonDays: 28,
      ordersExpected: 1,
      ordersLow: 0,
      ordersHigh: 2,
      trend: "flat",
    },
  });
  await db.bundle.create({
    data: {
      shop,
      componentKey: "a",
      kind: "complementary",
      title: "A and B",
      discountRatio: 0.1,
      currency: "EUR",
      expected: {},
      evidence: [],
      validation: {},
      components: {
        create: [{ shop, position: 0, variantGid: "v", productGid: "p", title: "A", priceMinor: 1 }],
      },
      decisions: { create: [{ shop, decidedBy: "1", action: "approve" }] },
    },
  });
  await db.publishedMetafield.create({ data: { shop, ownerGid: "p", key: "bundles", value: "{}" } });
  await db.staffPreference.create({ data: { shop, staffId: "1", locale: "de" } });
  await db.staffRight.create({ data: { shop, staffId: "1", isOwner: true, scopes: [], readAt: NOW } });
  await db.auditEntry.create({ data: { shop, staffId: "1", action: "settings", at: NOW } });
  await db.savedView.create({ data: { shop, name: "Kitchen", query: "kind=seasonal" } });
  await db.orderImport.create({ data: { shop, importId: "1", state: "done", aliveAt: NOW } });
  await db.orderImportPart.create({ data: { shop, number: 0, sealed: new Uint8Array(1) } });
  await db.subscription.create({
    data: { shop, plan: "standard", subscriptionGid: "gid://1", isTest: true, readAt: NOW },
  });
  await db.publication.create({ data: { shop } });
  await db.erasure.create({ data: { shop, askedAt: NOW, finishedAt: NOW } });
  await db.holdoutChange.create({ data: { shop, changedAt: NOW, ratioBefore: 0.1, ratioAfter: 0.2 } });
  await db.autopilot.create({ data: { shop, onSince: NOW } });
  await db.sharedAnswer.create({ data: { shop, answer: [1, 20], learnedAt: NOW } });
  await db.measuredPeriod.create({
    data: { shop, startedAt: NOW, endedAt: NOW, measuredAt: NOW, result: {} },
  });
  await db.modelDecision.create({
    data: { shop, step: "behaviour", action: "release", decidedBy: "1", decidedAt: NOW },
  });
  await db.trainingCheckpoint.create({
    data: { shop, runId: run.id, key: "k", state: Buffer.alloc(1) },
  });
  await db.drift.create({ data: { shop, kind: "metafield_changed", count: 1, foundAt: NOW } });
  await db.leftOutDays.create({
    data: { shop, startsAt: NOW, endsAt: NOW, reason: "outage", notedAt: NOW },
  });
  await db.stretch.create({
    data: { shop, kind: "theme_tried", rolloutGid: "gid://2", name: "Autumn", startedAt: NOW },
  });
  await db.collection.create({ data: { shop, collectionGid: "c", title: "Kitchen", readAt: NOW } });
  await db.dueWork.create({ data: { shop, kind: "publish.reconcile", dueAt: NOW } });
  await db.deadLetter.create({
    data: {
      shop,
      jobId: "j",
      failedAt: NOW,
      name: "publish.reconcile",
      payload: { shop },
      attempts: 8,
      problem: "no answer",
    },
  });
  await pool.query(
    `INSERT INTO "Conversion" ("shop", "orderGid", "bundleId", "sets", "revenueMinor", "discountMinor", "convertedAt")
     VALUES ($1, 'o', 'b', 1, 1, 1, now())`,
    [shop],
  );
}

async function deliver(
  shop: string,
  topic: string,
  file: string,
  webhookId: string,
  at = NOW,
): Promise<void> {
  const ofShop = readWebhook(file).replaceAll(SHOP, shop);
  // Shopify gives no two shops the same product.
  const rawBody = shop === SHOP ? ofShop : ofShop.replaceAll(/\b30(?=[12]\b)/g, "80");
  await receiveWebhook(deps, { shop, topic, webhookId, triggeredAt: at, rawBody, now: at });
  await applyInboxEvent(deps, { shop, webhookId, now: at });
}

beforeEach(async () => {
  enqueued = [];
  for (const table of TABLES_OF_A_SHOP) await deps.pool.query(`DELETE FROM "${table}"`);
  await fill(SHOP);
  await fill(OTHER_SHOP);
});

describe("shop/redact", () => {
  it("covers every table that has a column for the shop", async () => {
    expect([...TABLES_OF_A_SHOP].sort()).toEqual(await listShopTables());
    const counts = await countRows(SHOP);
    expect(Object.entries(counts).filter(([, rows]) => rows === 0)).toEqual([]);
  });

  it("leaves no row of the shop in any table, and every row of the other shop", async () => {
    const others = await countRows(OTHER_SHOP);
    await deliver(SHOP, "app/uninstalled", "shop-redact", "u1");
    await deliver(SHOP, "shop/redact", "shop-redact", "x1");
    const counts = await countRows(SHOP);
    expect(Object.entries(counts).filter(([, rows]) => rows > 0)).toEqual([]);
    expect(await countRows(OTHER_SHOP)).toEqual(others);
  });

  it("does no harm the second time", async () => {
    await deliver(SHOP, "app/uninstalled", "shop-redact", "u1");
    await deliver(SHOP, "shop/redact", "shop-redact", "x1");
    await deliver(SHOP, "shop/redact", "shop-redact", "x1");
    expect((await countRows(SHOP))["Shop"]).toBe(0);
  });

  it("leaves no token of an installation that failed before the shop had its row", async () => {
    await deps.db.shop.delete({ where: { shop: SHOP } });
    await deliver(SHOP, "shop/redact", "shop-redact", "x1");
    expect(await countRows(SHOP)).toMatchObject({ Session: 0, Order: 0 });
    expect(await countRows(OTHER_SHOP)).toMatchObject({ Session: 1, Order: 1 });
  });

  it.each([
    ["keeps a shop that has installed the app again meanwhile, as its token tells", 0, 1],
    ["leaves no row of a shop whose removal it never heard of, since its token ran out two days ago", 47, 0],
  ])("%s", async (_, hoursWithoutToken, orders) => {
    const expires = new Date(NOW.getTime() - hoursWithoutToken * 3_600_000);
    await deps.db.session.updateMany({ data: { expires } });
    await deliver(SHOP, "shop/redact", "shop-redact", "x1");
    expect((await countRows(SHOP))["Order"]).toBe(orders);
    expect((await countRows(OTHER_SHOP))["Order"]).toBe(1);
  });
});

describe("an order whose message is being applied", () => {
  it.each([
    ["the shop", () => deleteShopRows(deps.pool, SHOP)],
    ["its history", () => deleteHistory(deps.pool, SHOP, { onProgress: () => Promise.resolve() })],
  ])("is deleted with all others when %s is erased", async (_, erase) => {
    await deps.db.order.deleteMany({ where: { shop: SHOP } });
    const rawBody = readWebhook("orders-create");
    const webhook = { topic: "orders/create", webhookId: "late", triggeredAt: NOW, rawBody, now: NOW };
    await receiveWebhook(deps, { shop: SHOP, ...webhook });
    const holder = await deps.pool.connect();
    await holder.query("BEGIN");
    await holder.query(LOCK_GIDS, [SHOP, ["gid://shopify/Order/9007199254740993001"]]);
    const countWaiting = async () => {
      const waiting = await deps.pool.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return waiting.rowCount ?? 0;
    };
    const applied = applyShopInbox(deps, { shop: SHOP, now: () => NOW });
    await until(async () => (await countWaiting()) > 0, "the order is being written");
    const erased = erase();
    await until(async () => (await countWaiting()) > 1, "all is being erased");
    await holder.query("ROLLBACK");
    holder.release();
    await Promise.all([applied, erased]);
    expect((await countRows(SHOP))["Order"]).toBe(0);
  });
});

describe("a shop that comes back", () => {
  const graphql = () =>
    Promise.resolve(
      Response.json({ data: { shop: { currencyCode: "EUR", ianaTimezone: "Europe/Berlin" } } }),
    );

  /** Like Shopify's library: the token first. */
  async function comeBack(hoursAfter: number): Promise<void> {
    const now = new Date(NOW.getTime() + hoursAfter * 3_600_000);
    const expires = new Date(now.getTime() + 3_600_000);
    const id = `offline_${SHOP}`;
    await deps.db.session.create({ data: { id, shop: SHOP, state: "", accessToken: "new", expires } });
    await installShop(deps, { shop: SHOP, graphql, now });
  }

  it("after the erasure request loses all earlier data, and no new data when the request arrives late", async () => {
    const others = await countRows(OTHER_SHOP);
    await deliver(SHOP, "app/uninstalled", "shop-redact", "u1");
    await comeBack(50);
    const kept = Object.entries(await countRows(SHOP)).filter(([, rows]) => rows > 0);
    expect(kept).toEqual([
      ["Session", 1],
      ["Shop", 1],
    ]);
    await deps.db.savedView.create({ data: { shop: SHOP, name: "New", query: "" } });
    await deliver(SHOP, "shop/redact", "shop-redact", "x1", new Date(NOW.getTime() + 48 * 3_600_000));
    expect(await countRows(SHOP)).toMatchObject({ Session: 1, Shop: 1, SavedView: 1 });
    expect(await countRows(OTHER_SHOP)).toEqual(others);
  });

  it("before the erasure request keeps its data, also when the request arrives", async () => {
    await deliver(SHOP, "app/uninstalled", "shop-redact", "u1");
    await comeBack(46);
    await deliver(SHOP, "shop/redact", "shop-redact", "x1", new Date(NOW.getTime() + 48 * 3_600_000));
    expect(await countRows(SHOP)).toMatchObject({ Session: 1, Shop: 1, Order: 1, Decision: 1 });
  });

  it("is not erased by a clean-up that began before its return", async () => {
    await deliver(SHOP, "app/uninstalled", "shop-redact", "u1");
    await comeBack(80);
    const removedBefore = new Date(NOW.getTime() + 79 * 3_600_000);
    expect(await deleteShopRows(deps.pool, SHOP, { removedBefore })).toBe(0);
    expect(await countRows(SHOP)).toMatchObject({ Session: 1, Shop: 1 });
  });
});

describe("app/uninstalled", () => {
  it("deletes the tokens and our records of Shopify's copies, and keeps orders and decisions", async () => {
    await deliver(SHOP, "app/uninstalled", "shop-redact", "u1");
    const counts = await countRows(SHOP);
    expect(counts).toMatchObject({ Session: 0, PublishedMetafield: 0, Order: 1, Decision: 1 });
  });

  it("ends the plan and switches the autopilot off, only in this shop", async () => {
    await deliver(SHOP, "app/uninstalled", "shop-redact", "u1");
    expect((await countRows(SHOP))["Subscription"]).toBe(0);
    expect((await countRows(OTHER_SHOP))["Subscription"]).toBe(1);
    const autopilots = await deps.db.autopilot.findMany({ orderBy: { shop: "asc" } });
    expect(autopilots.map(({ onSince }) => onSince)).toEqual([null, NOW]);
  });

  it.each([
    ["an hour before the removal", -60],
    ["about then, as far as two clocks can tell", 1],
  ])("ends the installation if the newest token was issued %s", async (_, minutesAfter) => {
    const expires = new Date(NOW.getTime() + (60 + minutesAfter) * 60_000);
    await deps.db.session.updateMany({ data: { expires } });
    await deliver(SHOP, "app/uninstalled", "shop-redact", "u1");
    const { uninstalledAt } = await deps.db.shop.findUniqueOrThrow({ where: { shop: SHOP } });
    expect(uninstalledAt).toEqual(NOW);
    expect((await countRows(SHOP))["Session"]).toBe(0);
  });

  it("keeps a newer installation that began before the removal was known, and reads the shop again", async () => {
    const backAt = new Date(NOW.getTime() + 2 * 60_000);
    await deps.db.session.updateMany({ data: { expires: new Date(backAt.getTime() + 3_600_000) } });
    const published = { shop: SHOP, ownerGid: "q", key: "bundles", value: "{}", publishedAt: backAt };
    await deps.db.publishedMetafield.updateMany({ data: { publishedAt: INSTALLED_AT } });
    await deps.db.publishedMetafield.create({ data: published });
    await deps.db.shop.update({
      where: { shop: SHOP },
      data: { backfilledAt: INSTALLED_AT, discountGid: "gid://shopify/DiscountAutomaticNode/1" },
    });
    await deliver(SHOP, "app/uninstalled", "shop-redact", "u1");

    const back = { uninstalledAt: null, installedAt: backAt, backfilledAt: null, discountGid: null };
    const row = await deps.db.shop.findUniqueOrThrow({ where: { shop: SHOP } });
    expect(row).toMatchObject({ ...back, firstInstalledAt: INSTALLED_AT });
    expect(enqueued).toContainEqual({ name: "collect.backfill", payload: { shop: SHOP } });
    // What Shopify deleted with the first installation is gone; what the second one made stays.
    expect(await countRows(SHOP)).toMatchObject({ Session: 1, Subscription: 0, Order: 1 });
    expect(await deps.db.publishedMetafield.findMany({ where: { shop: SHOP } })).toMatchObject([published]);
    const autopilot = await deps.db.autopilot.findUniqueOrThrow({ where: { shop: SHOP } });
    expect(autopilot.onSince).toBeNull();
    // A second delivery is a message about an earlier installation.
    await deliver(SHOP, "app/uninstalled", "shop-redact", "u2");
    expect(await deps.db.shop.findUniqueOrThrow({ where: { shop: SHOP } })).toEqual(row);
  });

  it("clears up after each of two removals that are reported only after both returns", async () => {
    const hoursLater = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);
    await deps.db.session.updateMany({ data: { expires: hoursLater(5) } });
    // Between the two removals.
    await deps.db.autopilot.updateMany({ data: { onSince: hoursLater(1) } });
    await deps.db.subscription.updateMany({ data: { readAt: hoursLater(1) } });
    await deliver(SHOP, "app/uninstalled", "shop-redact", "u1");
    await deliver(SHOP, "app/uninstalled", "shop-redact", "u2", hoursLater(2));

    expect(await countRows(SHOP)).toMatchObject({ Session: 1, Subscription: 0 });
    const autopilot = await deps.db.autopilot.findUniqueOrThrow({ where: { shop: SHOP } });
    expect(autopilot.onSince).toBeNull();
    const row = await deps.db.shop.findUniqueOrThrow({ where: { shop: SHOP } });
    expect(row).toMatchObject({ installedAt: hoursLater(4), uninstalledAt: null });
  });

  it("ignores a late message about an earlier installation", async () => {
    await deliver(SHOP, "app/uninstalled", "shop-redact", "u1", new Date("2026-08-01T00:00:00Z"));
    expect((await countRows(SHOP))["Session"]).toBe(1);
  });

  it("stores nothing more of the shop afterwards", async () => {
    await deliver(SHOP, "app/uninstalled", "shop-redact", "u1");
    await deliver(SHOP, "products/update", "products-update", "p2");
    expect(await deps.db.inboxEvent.count({ where: { shop: SHOP, webhookId: "p2" } })).toBe(0);
  });
});

describe("customers/data_request", () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each(["America/Los_Angeles", "Asia/Tokyo"])(
    "states refunds and conversions with their times, also when the worker runs in %s",
    async (timeZone) => {
      const orderGid = "gid://shopify/Order/9007199254740993001";
      const sums = { sets: 1, revenueMinor: 5_000, discountMinor: 500 };
      await deps.db.conversion.createMany({
        data: [orderGid, "gid://shopify/Order/1"].map((gid) => ({
          ...sums,
          shop: SHOP,
          orderGid: gid,
          bundleId: "b",
          convertedAt: NOW,
        })),
      });
      vi.stubEnv("TZ", timeZone);
      await deliver(SHOP, "customers/data_request", "customers-data-request", "d2");

      const { answer } = await deps.db.dataRequest.findFirstOrThrow({ where: { shop: SHOP } });
      expect(answer).toMatchObject({
        orders: [{ orderGid, placedAt: "2026-11-02T09:14:58.000Z" }],
        refunds: [{ orderGid, refundedAt: "2026-11-05T08:00:00.000Z", reason: "damaged" }],
        conversions: [{ orderGid, ...sums, convertedAt: NOW.toISOString() }],
        browseEvents: [{ occurredAt: NOW.toISOString() }],
      });
    },
  );

  it("saves the customer's orders and browsing for the merchant to hand on", async () => {
    const { answer } = await deps.db.dataRequest.findFirstOrThrow({ where: { shop: SHOP } });
    expect(answer).toMatchObject({
      orders: [{ orderGid: "gid://shopify/Order/9007199254740993001", lines: [{}, {}] }],
      browseEvents: [],
    });
    await deliver(SHOP, "customers/data_request", "customers-data-request", "d2");
    const again = await deps.db.dataRequest.findMany({ where: { shop: SHOP } });
    expect(again).toHaveLength(1);
    const listed = await listDataRequests(deps.db, SHOP);
    const { requestId } = listed[0]!;
    const file = await readDataRequestFile(deps, { shop: SHOP, requestId });
    expect(JSON.parse(file!)).toMatchObject({ shop: SHOP, requestId, orders: [{}] });
    expect(await readDataRequestFile(deps, { shop: SHOP, requestId: "of nobody" })).toBeNull();
    expect(again[0]?.answer).toMatchObject({ browseEvents: [{ kind: "offer_seen" }] });
  });
});

describe("customers/redact", () => {
  /** Puts an order's message into the inbox, where it waits. */
  async function receiveOrder(
    webhookId: string,
    change: (order: Record<string, unknown>) => Record<string, unknown>,
  ): Promise<void> {
    const payload = change(parseJsonKeepingIds(readWebhook("orders-create")) as Record<string, unknown>);
    const rawBody = JSON.stringify(payload);
    await receiveWebhook(deps, {
      shop: SHOP,
      topic: "orders/updated",
      webhookId,
      triggeredAt: NOW,
      rawBody,
      now: NOW,
    });
  }

  const readWhose = () =>
    deps.db.order.findMany({
      where: { shop: SHOP },
      select: { customerKey: true, visitorKey: true },
    });

  it("removes the customer from orders and deletes their browsing, and keeps what was bought", async () => {
    await deliver(SHOP, "customers/redact", "customers-redact", "x2");
    const order = await deps.db.order.findFirstOrThrow({ where: { shop: SHOP }, include: { lines: true } });
    expect(order).toMatchObject({ customerKey: null, visitorKey: null, totalMinor: 5_750n });
    expect(order.lines).toHaveLength(2);
    expect(await deps.db.browseEvent.count({ where: { shop: SHOP, visitorKey: VISITOR } })).toBe(0);
    expect(await deps.db.dataRequest.count({ where: { shop: SHOP } })).toBe(0);
    expect(await deps.db.order.count({ where: { customerKey: CUSTOMER_KEY } })).toBe(1);
  });

  it("also anonymises an imported order and a message that still waits", async () => {
    const customerKey = pseudonymise(SECRET, "import:ada.quist@mail.example");
    const event: OrderEvent = {
      orderGid: "import:2",
      placedAt: NOW.toISOString(),
      updatedAt: NOW.toISOString(),
      currency: "EUR",
      customerKey,
      cancelledAt: null,
      isTest: false,
      arm: null,
      visitorKey: null,
      totalMinor: 0,
      lines: [],
      refunds: [],
    };
    await inTransaction(deps.pool, (client) => saveOrders(client, SHOP, [{ event, reportedAt: null }]));
    // Only the messages know these two orders: the first is matched by the customer, the second by the gid.
    await deps.db.order.deleteMany({
      where: { shop: SHOP, source: "shopify", NOT: { orderGid: "import:2" } },
    });
    await receiveOrder("by-customer", (order) => ({
      ...order,
      admin_graphql_api_id: "gid://shopify/Order/1",
    }));
    await receiveOrder("by-gid", (order) => ({ ...order, customer: null }));
    await deliver(SHOP, "customers/redact", "customers-redact", "x2");
    expect(await deps.db.browseEvent.count({ where: { shop: SHOP, visitorKey: VISITOR } })).toBe(0);
    for (const webhookId of ["by-customer", "by-gid"]) {
      await applyInboxEvent(deps, { shop: SHOP, webhookId, now: NOW });
    }
    expect(await readWhose()).toEqual(Array(3).fill({ customerKey: null, visitorKey: null }));
    // A later message, which was not there to be anonymised, names the customer again.
    await receiveOrder("later", (order) => ({ ...order, updated_at: "2026-12-02T00:00:00Z" }));
    await applyInboxEvent(deps, { shop: SHOP, webhookId: "later", now: NOW });
    expect(await readWhose()).toEqual(Array(3).fill({ customerKey: null, visitorKey: null }));
  });

  it("anonymises an order whose only message is being applied at that moment", async () => {
    await deps.db.order.deleteMany({ where: { shop: SHOP } });
    await receiveOrder("alone", (order) => order);
    const holder = await deps.pool.connect();
    await holder.query(`BEGIN; LOCK TABLE "Order" IN EXCLUSIVE MODE`);
    const countWaiting = async () => {
      const waiting = await deps.pool.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return waiting.rowCount ?? 0;
    };
    const applied = applyInboxEvent(deps, { shop: SHOP, webhookId: "alone", now: NOW });
    await until(async () => (await countWaiting()) > 0, "the order is being written");
    const erased = deliver(SHOP, "customers/redact", "customers-redact", "x2");
    await until(async () => (await countWaiting()) > 1, "the customer is being forgotten");
    await holder.query("ROLLBACK");
    holder.release();
    await Promise.all([applied, erased]);
    expect(await readWhose()).toEqual([{ customerKey: null, visitorKey: null }]);
  });

  it("anonymises an order that is read for the first time at that moment, and deletes its browsing", async () => {
    await deps.db.order.deleteMany({ where: { shop: SHOP } });
    const payload = parseJsonKeepingIds(readWebhook("orders-create"));
    const order = toOrderEvent(payload, () => CUSTOMER_KEY);
    if (!order.ok) throw new Error(order.detail);
    // The Admin API names no customer.
    const event = { ...order.value, customerKey: null };
    let erased: Promise<void> | undefined;
    await inTransaction(deps.pool, async (client) => {
      await saveOrders(client, SHOP, [{ event, reportedAt: NOW }]);
      erased = deliver(SHOP, "customers/redact", "customers-redact", "x2");
      const isWaiting = until(async () => {
        const waiting = await deps.pool.query(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return (waiting.rowCount ?? 0) > 0;
      }, "the customer is being forgotten");
      await Promise.race([erased, isWaiting]);
    });
    await erased;
    expect(await readWhose()).toEqual([{ customerKey: null, visitorKey: null }]);
    expect(await deps.db.browseEvent.count({ where: { shop: SHOP, visitorKey: VISITOR } })).toBe(0);
  });

  it("keeps an order anonymous when it is reported again", async () => {
    await deliver(SHOP, "customers/redact", "customers-redact", "x2");
    await receiveOrder("again", (order) => ({ ...order, updated_at: "2026-12-02T00:00:00Z" }));
    await receiveOrder("older", (order) => order);
    for (const webhookId of ["again", "older"]) {
      await applyInboxEvent(deps, { shop: SHOP, webhookId, now: NOW });
    }
    const order = await deps.db.order.findFirstOrThrow({ where: { shop: SHOP } });
    expect(order).toMatchObject({ sourceUpdatedAt: new Date("2026-12-02T00:00:00Z"), erasedAt: NOW });
    expect(await readWhose()).toEqual([{ customerKey: null, visitorKey: null }]);
  });
});

describe("retention", () => {
  const daysAfter = (days: number) => new Date(NOW.getTime() + days * 86_400_000);

  it("deletes old browsing and old answers in every shop, and keeps newer rows", async () => {
    const before = await countRows(SHOP);
    expect(await enforceRetention(deps, { now: daysAfter(29) })).toEqual({
      browseEvents: 0,
      orders: 0,
      dataRequests: 0,
    });
    expect(await countRows(SHOP)).toEqual(before);

    expect(await enforceRetention(deps, { now: daysAfter(181) })).toMatchObject({ dataRequests: 2 });
    for (const shop of [SHOP, OTHER_SHOP]) {
      expect(await countRows(shop)).toEqual({
        ...before,
        BrowseEvent: 0,
        DataRequest: 0,
        DeadLetter: 0,
        OrderImport: 0,
      });
    }
  });

  it("deletes stuck messages, but never a request about personal data", async () => {
    const { db } = deps;
    const row = { shop: SHOP, triggeredAt: NOW, receivedAt: NOW, payload: {}, attempts: 40 };
    await db.inboxEvent.createMany({
      data: [
        { ...row, webhookId: "stuck", topic: "orders/create" },
        { ...row, webhookId: "tried", topic: "orders/create", attempts: 39 },
        { ...row, webhookId: "request", topic: "customers/redact" },
      ],
    });
    const listWaiting = async () => {
      const rows = await db.inboxEvent.findMany({ where: { shop: SHOP, appliedAt: null } });
      return rows.map(({ webhookId }) => webhookId).sort();
    };
    await enforceRetention(deps, { now: daysAfter(30) });
    expect(await listWaiting()).toEqual(["request", "stuck", "tried"]);
    await enforceRetention(deps, { now: daysAfter(31) });
    expect(await listWaiting()).toEqual(["request", "tried"]);
  });

  it("continues with the other shops when one fails, and retries that one", async () => {
    await deps.pool.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'locked'; END $$;
       CREATE TRIGGER refuse BEFORE DELETE ON "DataRequest" FOR EACH ROW WHEN (OLD.shop = '${SHOP}') EXECUTE FUNCTION refuse()`,
    );
    try {
      await expect(enforceRetention(deps, { now: daysAfter(181) })).rejects.toThrow("1 shops");
      expect(await countRows(SHOP)).toMatchObject({ DataRequest: 1 });
      expect(await countRows(OTHER_SHOP)).toMatchObject({ BrowseEvent: 0, DataRequest: 0 });
    } finally {
      await deps.pool.query(`DROP TRIGGER refuse ON "DataRequest"; DROP FUNCTION refuse`);
    }
    await enforceRetention(deps, { now: daysAfter(181) });
    expect(await countRows(SHOP)).toMatchObject({ DataRequest: 0 });
  });

  it.each([
    [
      "orders",
      "Order",
      `INSERT INTO "Order" (shop, "orderGid", "placedAt", "sourceUpdatedAt", currency)
       SELECT $1, 'old ' || number, '2010-01-01', '2010-01-01', 'USD' FROM generate_series(1, 20001) AS number`,
    ],
    [
      "browsing",
      "BrowseEvent",
      `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, "occurredAt")
       SELECT $1, 'old ' || number, '', 'page_viewed', '2010-01-01' FROM generate_series(1, 20001) AS number`,
    ],
  ] as const)(
    "deletes all old %s of a large shop, never so many at once that the time limit would end it",
    async (_, table, insertOld) => {
      await deps.pool.query(insertOld, [SHOP]);
      await deps.pool.query(
        `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN IF (SELECT count(*) FROM gone) > 20000 THEN RAISE 'too many at once'; END IF; RETURN NULL; END $$;
         CREATE TRIGGER refuse AFTER DELETE ON "${table}" REFERENCING OLD TABLE AS gone EXECUTE FUNCTION refuse()`,
      );
      try {
        const { orders, browseEvents } = await enforceRetention(deps, { now: NOW });
        expect(orders + browseEvents).toBe(20_001);
      } finally {
        await deps.pool.query(`DROP TRIGGER refuse ON "${table}"; DROP FUNCTION refuse`);
      }
      expect((await countRows(SHOP))[table]).toBe(1);
    },
  );

  it.each([
    ["secret opens under no key", { customerKeySecret: "sealed.gone.AAAA" }, "gone"],
    ["measured periods cannot be read", {}, null],
  ])("deletes at night in every shop, even if one shop's %s", async (_, data, problem) => {
    const { db } = deps;
    const old = {
      eventId: "old",
      visitorKey: VISITOR,
      kind: "page_viewed",
      occurredAt: new Date("2020-01-01"),
    };
    await db.browseEvent.createMany({ data: [SHOP, OTHER_SHOP].map((shop) => ({ ...old, shop })) });
    await db.shop.update({ where: { shop: SHOP }, data });
    // 91 days after a first approval, so that its first period of 90 days has just ended. The periods kept before are
    // deleted.
    await db.decision.updateMany({ data: { decidedAt: new Date(Date.now() - 91 * 86_400_000) } });
    await db.measuredPeriod.deleteMany({ where: { shop: OTHER_SHOP } });
    const night = handlers["collect.retain"](deps, {}, { signal: new AbortController().signal });
    await (problem === null ? night : expect(night).rejects.toThrow(problem));
    expect(await db.browseEvent.count({ where: { eventId: "old" } })).toBe(0);
    expect(await db.measuredPeriod.count({ where: { shop: OTHER_SHOP } })).toBe(1);
  });

  it("deletes all rows of a shop that removed the app, even if Shopify's erasure request was lost", async () => {
    await deliver(SHOP, "app/uninstalled", "shop-redact", "u1");
    const others = await countRows(OTHER_SHOP);
    await enforceRetention(deps, { now: daysAfter(2.9) });
    expect((await countRows(SHOP))["Order"]).toBe(1);
    await enforceRetention(deps, { now: daysAfter(3.1) });
    expect(Object.values(await countRows(SHOP)).every((rows) => rows === 0)).toBe(true);
    expect(await countRows(OTHER_SHOP)).toEqual(others);
  });

  it("follows each merchant's settings, and skips settings that cannot be read", async () => {
    const { db } = deps;
    await db.shop.update({
      where: { shop: SHOP },
      data: { settings: { browseKeptDays: 120, ordersKeptDays: 120 } },
    });
    await enforceRetention(deps, { now: daysAfter(130) });
    expect(await countRows(SHOP)).toMatchObject({
      BrowseEvent: 0,
      Order: 0,
      OrderLine: 0,
      Refund: 0,
      Conversion: 0,
    });
    expect(await countRows(OTHER_SHOP)).toMatchObject({ Order: 1, Refund: 1, Conversion: 1 });
    await db.shop.update({ where: { shop: OTHER_SHOP }, data: { settings: { browseKeptDays: "all" } } });
    await enforceRetention(deps, { now: daysAfter(9_000) });
    expect(await countRows(OTHER_SHOP)).toMatchObject({ Order: 1, Refund: 1 });
  });
});
