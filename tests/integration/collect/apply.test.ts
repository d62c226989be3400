import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { Deps } from "#app/services/deps.server.ts";
import { saveOrders } from "#app/data/orders/orders.server.ts";
import { inTransaction } from "#app/data/db.server.ts";
import { toOrderEvent } from "#app/domain/collect/messages/order-payload.ts";
import type { RefundEvent } from "#app/domain/collect/order-event.ts";
import { AppError } from "#app/process/errors.ts";
import { applyInboxEvent, applyShopInbox } from "#app/services/collect/apply-shop-inbox.server.ts";
import { receiveWebhook } from "#app/services/collect/receive-webhook.server.ts";
import { sweepInbox } from "#app/services/collect/sweep-inbox.server.ts";
import { fakeQueue } from "#tests/factories/fake-queue.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { readWebhook } from "#tests/fixtures/webhooks/read-webhook.ts";
import type { ShopEvent } from "#tests/standin/shop/shop-records.ts";
import { ShopState } from "#tests/standin/shop/shop-state.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const SHOP = "demo-shop.myshopify.com";
const START_MS = Date.UTC(2026, 10, 2);

interface Enqueued {
  name: string;
  payload: unknown;
}

const deps = {
  ...(await openTestDeps()),
  jobs: fakeQueue(({ name, payload }) => enqueued.push({ name, payload })),
};
let enqueued: Enqueued[];

async function startAfresh(): Promise<void> {
  enqueued = [];
  for (const table of [
    "order",
    "refund",
    "product",
    "inventoryLevel",
    "inboxEvent",
    "browseEvent",
    "bundle",
    "shop",
  ] as const) {
    await (deps.db[table] as unknown as { deleteMany(): Promise<unknown> }).deleteMany();
  }
  await deps.db.shop.create({
    data: shopRow(SHOP, { currency: "USD" }),
  });
}

beforeEach(startAfresh);

/** Receives and applies a product webhook that Shopify raised at `now`. */
async function updateProduct(webhookId: string, payload: object, now: Date): Promise<void> {
  const rawBody = JSON.stringify(payload);
  await receiveWebhook(deps, {
    shop: SHOP,
    topic: "products/update",
    webhookId,
    triggeredAt: now,
    rawBody,
    now,
  });
  await applyInboxEvent(deps, { shop: SHOP, webhookId, now });
}

/** Some days in the life of a shop, as webhooks in the order of their events. */
function liveSomeDays(): { state: ShopState; events: ShopEvent[] } {
  let nowMs = START_MS;
  const state = new ShopState({ domain: SHOP, now: () => (nowMs += 1_000) });
  const events: ShopEvent[] = [];
  state.subscribe((event) => events.push(JSON.parse(JSON.stringify(event)) as ShopEvent));
  const kettle = state.catalogue.addProduct({
    title: "Kettle",
    variants: [{ title: "Default Title", sku: "K", price: "45.00", inventoryQuantity: 20 }],
  } as never);
  const filters = state.catalogue.addProduct({
    title: "Filters",
    variants: [{ title: "Default Title", sku: "F", price: "5.00", inventoryQuantity: 50 }],
  } as never);
  const place = (quantity: number) =>
    state.orders.create({
      customerGid: "gid://shopify/Customer/77",
      lines: [
        { variantGid: kettle.variants[0]!.gid, quantity },
        { variantGid: filters.variants[0]!.gid, quantity: 2 },
      ],
    });
  const kept = place(1);
  const refunded = place(3);
  const cancelled = place(1);
  state.orders.refund(refunded.gid, [{ lineItemGid: refunded.lines[0]!.gid, quantity: 1 }]);
  state.orders.refund(refunded.gid, [{ lineItemGid: refunded.lines[0]!.gid, quantity: 1 }]);
  state.orders.cancel(cancelled.gid);
  state.orders.edit(kept.gid, [{ variantGid: filters.variants[0]!.gid, quantity: 1 }]);
  state.catalogue.updateVariant(kettle.variants[0]!.gid, { price: "49.00" });
  state.catalogue.deleteProduct(filters.gid);
  // From then on Shopify no longer says which product an order's line sold.
  for (const line of kept.lines)
    if (line.productGid === filters.gid) line.variantGid = line.productGid = null;
  state.orders.touch(kept.gid);
  return { state, events };
}

async function receive(events: readonly ShopEvent[], index: number, webhookId: string): Promise<Date> {
  const { topic, payload, triggeredAtMs } = events[index]!;
  const now = new Date(triggeredAtMs);
  const rawBody = JSON.stringify(payload);
  await receiveWebhook(deps, { shop: SHOP, topic, webhookId, triggeredAt: now, rawBody, now });
  return now;
}

async function deliver(events: readonly ShopEvent[], indices: readonly number[]): Promise<void> {
  for (const index of indices) {
    const webhookId = `webhook-${index}`;
    const now = await receive(events, index, webhookId);
    await applyInboxEvent(deps, { shop: SHOP, webhookId, now });
  }
}

/** Delivers through turns of the inbox, each with this many messages waiting, some of them more than once. */
async function deliverInTurns(
  events: readonly ShopEvent[],
  indices: readonly number[],
  rowsInTurn: number,
): Promise<void> {
  const now = () => new Date(START_MS + 86_400_000);
  for (const [position, index] of indices.entries()) {
    await receive(events, index, `webhook-${position}`);
    if (position % rowsInTurn === rowsInTurn - 1 || position === indices.length - 1) {
      await applyShopInbox(deps, { shop: SHOP, now });
    }
  }
  expect(await deps.db.inboxEvent.count({ where: { appliedAt: null } })).toBe(0);
}

async function readTables() {
  const orders = await deps.db.order.findMany({
    include: { lines: { orderBy: { position: "asc" } } },
    orderBy: { orderGid: "asc" },
  });
  const products = await deps.db.product.findMany({
    include: { variants: true },
    orderBy: { productGid: "asc" },
  });
  const refunds = await deps.db.refund.findMany({ orderBy: { refundGid: "asc" } });
  // A deletion that arrives first has no title, and nobody sees the row of a deleted product.
  const alive = products.filter(({ deletedAt }) => deletedAt === null);
  return { orders, alive, deleted: products.length - alive.length, refunds };
}

describe("applyInboxEvent", () => {
  it("brings the tables to the state of the shop", async () => {
    const { state, events } = liveSomeDays();
    await deliver(
      events,
      events.map((_, index) => index),
    );
    const { orders, alive, deleted } = await readTables();
    const reported = [...state.orders.orders.values()];
    expect(orders.map(({ orderGid, cancelledAt }) => [orderGid, cancelledAt !== null])).toEqual(
      reported.map(({ gid, cancelledAtMs }) => [gid, cancelledAtMs !== null]),
    );
    const [kept, refunded] = orders;
    expect(kept?.lines.map(({ title, variantGid }) => [title, variantGid !== null])).toEqual([
      ["Kettle", true],
      ["Filters", true],
      ["Filters", true],
    ]);
    expect(refunded).toMatchObject({ totalMinor: 14_500n, refundedMinor: 9_000n });
    expect(refunded?.lines[0]).toMatchObject({ quantity: 3, refundedQuantity: 2, unitPriceMinor: 4_500n });
    expect(refunded?.customerKey).toMatch(/^[0-9a-f]{32}$/);
    const kettle = [...state.catalogue.products.values()][0]!;
    expect(alive).toHaveLength(1);
    expect(alive[0]?.variants[0]).toMatchObject({
      priceMinor: 4_900n,
      inventoryQuantity: kettle.variants[0]!.inventoryQuantity,
    });
    expect(deleted).toBe(1);
  });

  it("stores no stock level while a variant sells without stock, and stores it again afterwards", async () => {
    const { state, events } = liveSomeDays();
    const kettle = [...state.catalogue.products.values()][0]!.variants[0]!;
    const stock = async () =>
      (await deps.db.variant.findFirstOrThrow({ where: { variantGid: kettle.gid } })).inventoryQuantity;
    let delivered = 0;
    const catchUp = async () => {
      await deliver(events, [...events.keys()].slice(delivered));
      delivered = events.length;
    };
    state.catalogue.updateVariant(kettle.gid, { inventoryPolicy: "CONTINUE" });
    state.catalogue.adjustInventory(kettle.gid, { available: -2 });
    await catchUp();
    expect(await stock()).toBeNull();
    state.catalogue.updateVariant(kettle.gid, { inventoryPolicy: "DENY" });
    await catchUp();
    expect(await stock()).toBe(-2);
  });

  it("drops a variant that was deleted from a product with more variants than a webhook carries", async () => {
    const variantOf = (id: number) => ({
      id,
      admin_graphql_api_id: `gid://shopify/ProductVariant/${id}`,
      title: `Size ${id}`,
      price: "5.00",
      inventory_item_id: 1_000 + id,
    });
    const deliverSizes = async (webhookId: string, ids: readonly number[], day: number) => {
      const product = JSON.parse(readWebhook("products-update")) as Record<string, unknown>;
      const payload = {
        ...product,
        updated_at: `2026-11-0${day}T09:00:00Z`,
        variants: ids.slice(0, 100).map(variantOf),
        variant_gids: ids.map((id) => ({ admin_graphql_api_id: variantOf(id).admin_graphql_api_id })),
      };
      await updateProduct(webhookId, payload, new Date(`2026-11-0${day}T09:00:01Z`));
    };
    const ids = Array.from({ length: 150 }, (_, index) => index + 1);
    // A message names the first hundred; the other fifty are known from an earlier one.
    await deliverSizes("first", ids.slice(50), 2);
    await deliverSizes("second", ids, 3);
    expect(await deps.db.variant.count()).toBe(150);
    await deliverSizes(
      "third",
      ids.filter((id) => id !== 130),
      4,
    );
    expect(await deps.db.variant.count()).toBe(149);
    expect(await deps.db.variant.count({ where: { variantGid: variantOf(130).admin_graphql_api_id } })).toBe(
      0,
    );
  });

  it("ends with the same tables whatever the order and number of deliveries", async () => {
    const { events } = liveSomeDays();
    const all = events.map((_, index) => index);
    await deliver(events, all);
    const expected = await readTables();
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(all, { minLength: all.length }),
        fc.array(fc.nat({ max: all.length - 1 }), { maxLength: 10 }),
        async (order, again) => {
          await startAfresh();
          await deliver(events, [...order, ...again]);
          expect(await readTables()).toEqual(expected);
        },
      ),
      { numRuns: 15 },
    );
  });

  it("ends with the same tables when turns save many messages together", async () => {
    const { events } = liveSomeDays();
    const all = events.map((_, index) => index);
    await deliver(events, all);
    const expected = await readTables();
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(all, { minLength: all.length }),
        fc.array(fc.nat({ max: all.length - 1 }), { maxLength: 10 }),
        fc.integer({ min: 2, max: all.length + 10 }),
        async (order, again, rowsInTurn) => {
          await startAfresh();
          await deliverInTurns(events, [...order, ...again], rowsInTurn);
          expect(await readTables()).toEqual(expected);
        },
      ),
      { numRuns: 15 },
    );
  });

  it("asks for publishing when a product in a bundle changes", async () => {
    const { state, events } = liveSomeDays();
    const kettle = [...state.catalogue.products.values()][0]!;
    await deps.db.bundle.create({
      data: {
        shop: SHOP,
        componentKey: "k",
        kind: "complementary",
        title: "Kettle and more",
        status: "published",
        discountRatio: 0.1,
        currency: "USD",
        expected: {},
        evidence: [],
        validation: {},
        components: {
          create: [
            {
              shop: SHOP,
              position: 0,
              variantGid: kettle.variants[0]!.gid,
              productGid: kettle.gid,
              title: "Kettle",
              priceMinor: 4_500,
            },
          ],
        },
      },
    });
    await deliver(
      events,
      events.map((_, index) => index),
    );
    const edits = enqueued.filter(({ name }) => name === "collect.reconcile");
    expect(edits.map(({ payload }) => payload)).toEqual([
      { shop: SHOP, ordersSince: new Date(START_MS).toISOString() },
    ]);
    const names = new Set(enqueued.map(({ name }) => name));
    expect(names).toEqual(new Set(["collect.apply", "collect.reconcile", "publish.reconcile"]));
  });

  it.each([
    ["another currency", { currency: "EUR", iana_timezone: "UTC" }, 1],
    ["another time zone", { currency: "USD", iana_timezone: "Europe/Berlin" }, 1],
    ["another name", { currency: "USD", iana_timezone: "UTC", name: "New" }, 0],
  ])("reads a shop with %s again only if the change affects its figures", async (_, said, readings) => {
    await deps.db.shop.updateMany({ data: { currency: "USD", timeZone: "UTC" } });
    const payload = { myshopify_domain: SHOP, ...said };
    await deliver([{ topic: "shop/update", payload, triggeredAtMs: START_MS, eventId: "e" }], [0]);
    const asked = enqueued.filter(({ name }) => name === "collect.reconcile");
    expect(asked).toEqual(Array(readings).fill({ name: "collect.reconcile", payload: { shop: SHOP } }));
    expect(await deps.db.inboxEvent.findFirstOrThrow()).toMatchObject({ problem: null });
  });

  it("keeps the row pending with the reason when a follow-up job cannot be enqueued", async () => {
    const { events } = liveSomeDays();
    const index = events.findIndex(({ topic }) => topic === "orders/create");
    const { payload } = events[index]!;
    const topic = "orders/edited";
    const now = new Date(START_MS);
    const webhook = {
      shop: SHOP,
      topic,
      webhookId: "w",
      triggeredAt: now,
      rawBody: JSON.stringify(payload),
      now,
    };
    await receiveWebhook(deps, webhook);
    const broken: Deps = {
      ...deps,
      jobs: {
        ...deps.jobs,
        enqueue: () => Promise.reject(new AppError("queue_down", "Redis is away", true)),
      },
    };
    expect(await applyInboxEvent(broken, { shop: SHOP, webhookId: "w", now })).toBe(false);
    const row = await deps.db.inboxEvent.findFirstOrThrow();
    expect(row).toMatchObject({
      appliedAt: null,
      attempts: 1,
      problem: "Redis is away",
      retryAt: new Date(START_MS + 1_000),
    });
    await applyInboxEvent(deps, { shop: SHOP, webhookId: "w", now });
    const applied = await deps.db.inboxEvent.findFirstOrThrow();
    expect(applied).toMatchObject({ appliedAt: now, payload: {}, problem: null });
  });
});

describe("an order that a reading of the API reports before its own webhook arrives", () => {
  it("gets its customer, whom only the webhook names", async () => {
    const { events } = liveSomeDays();
    const index = events.findIndex(({ topic }) => topic === "orders/create");
    const order = toOrderEvent(events[index]!.payload, () => "");
    if (!order.ok) throw new Error(order.detail);
    const event = { ...order.value, customerKey: null };
    const reportedAt = new Date(events[index]!.triggeredAtMs + 60_000);
    await inTransaction(deps.pool, (client) => saveOrders(client, SHOP, [{ event, reportedAt }]));
    await deliver(events, [index]);
    const stored = await deps.db.order.findFirstOrThrow();
    expect(stored).toMatchObject({
      customerKey: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      sourceTriggeredAt: reportedAt,
    });
  });
});

describe("two updates of one product within a second", () => {
  const payload = {
    admin_graphql_api_id: "gid://shopify/Product/1",
    title: "Kettle",
    handle: "kettle",
    status: "active",
    updated_at: "2026-11-02T09:00:00Z",
    variants: [],
  };
  const update = (webhookId: string, title: string, triggeredAt: string) =>
    updateProduct(webhookId, { ...payload, title }, new Date(triggeredAt));

  it("end as the one that Shopify raised later, in either order of arrival", async () => {
    await update("w2", "Kettle, renamed", "2026-11-02T09:00:01.700Z");
    await update("w1", "Kettle", "2026-11-02T09:00:01.200Z");
    expect(await deps.db.product.findFirstOrThrow()).toMatchObject({ title: "Kettle, renamed" });
    expect(enqueued.map(({ name }) => name)).not.toContain("collect.reconcile");
  });

  it("are read from the API when they differ and were raised at the same instant", async () => {
    await update("w1", "Kettle", "2026-11-02T09:00:01.200Z");
    await update("w1-again", "Kettle", "2026-11-02T09:00:01.200Z");
    expect(enqueued.map(({ name }) => name)).not.toContain("collect.reconcile");
    await update("w2", "Kettle, renamed", "2026-11-02T09:00:01.200Z");
    expect(enqueued).toContainEqual({ name: "collect.reconcile", payload: { shop: SHOP } });
  });
});

describe("two updates of one order within a second", () => {
  const update = async (webhookId: string, quantity: number, triggeredAt: string) => {
    const now = new Date(triggeredAt);
    const rawBody = readWebhook("orders-create").replace(
      `"current_quantity": 2`,
      `"current_quantity": ${quantity}`,
    );
    await receiveWebhook(deps, {
      shop: SHOP,
      topic: "orders/updated",
      webhookId,
      triggeredAt: now,
      rawBody,
      now,
    });
    await applyInboxEvent(deps, { shop: SHOP, webhookId, now });
  };
  const readRemoved = async () => {
    const lines = await deps.db.orderLine.findMany({ orderBy: { position: "asc" } });
    return lines.reduce((sum, { refundedQuantity }) => sum + refundedQuantity, 0);
  };

  it("end as the one that Shopify raised later, and are read again when both were raised at once", async () => {
    await update("w1", 2, "2026-11-02T09:15:01.200Z");
    const before = await readRemoved();
    await update("w3", 1, "2026-11-02T09:15:01.900Z");
    await update("w2", 2, "2026-11-02T09:15:01.500Z");
    expect(await readRemoved()).toBe(before + 1);
    expect(enqueued.map(({ name }) => name)).not.toContain("collect.reconcile");
    await update("w4", 2, "2026-11-02T09:15:01.900Z");
    expect(enqueued).toContainEqual({ name: "collect.reconcile", payload: { shop: SHOP } });
  });
});

describe("a refund", () => {
  const refund = {
    refundGid: "gid://shopify/Refund/1",
    orderGid: "gid://shopify/Order/1",
    refundedAt: new Date(START_MS).toISOString(),
  };
  const asTheApiTells = { ...refund, amountMinor: 1_240, lines: [], reason: "unsaid" as const };
  const ofShipping = { ...refund, amountMinor: 0, lines: [], reason: "late" as const };
  const ofALine = {
    ...refund,
    amountMinor: 850,
    reason: "size" as const,
    lines: [{ lineGid: "gid://shopify/LineItem/1", quantity: 1 }],
  };

  it.each([
    ["shipping given back", [ofShipping, asTheApiTells], 0, "late"],
    ["shipping given back, when the API was first", [asTheApiTells, ofShipping], 0, "late"],
    ["a line given back", [ofALine, asTheApiTells], 850, "size"],
    ["a line given back, when the API was first", [asTheApiTells, ofALine], 850, "size"],
  ])("keeps the webhook's amount for %s over the API's sum", async (_, reported, amountMinor, reason) => {
    const save = (refunds: RefundEvent[]) =>
      inTransaction(deps.pool, (client) => saveOrders(client, SHOP, [], refunds));
    for (const event of reported) await save([event]);
    expect(await deps.db.refund.findMany()).toMatchObject([{ amountMinor: BigInt(amountMinor), reason }]);
    await deps.db.refund.deleteMany();
    await save(reported);
    expect(await deps.db.refund.findMany()).toMatchObject([{ amountMinor: BigInt(amountMinor), reason }]);
  });
});

describe("sweepInbox", () => {
  it("skips stuck rows in favour of one that is due, and logs how many are stuck", async () => {
    const row = { shop: SHOP, topic: "orders/updated", triggeredAt: new Date(START_MS), payload: {} };
    await deps.db.inboxEvent.createMany({
      data: Array.from({ length: 500 }, (_, number) => ({
        ...row,
        webhookId: `stuck-${number}`,
        topic: number === 0 ? "customers/redact" : row.topic,
        receivedAt: new Date(START_MS),
        attempts: 40,
      })),
    });
    await deps.db.inboxEvent.create({
      data: { ...row, webhookId: "due", receivedAt: new Date(START_MS + 1_000), attempts: 39 },
    });
    const errors: unknown[] = [];
    const log = { ...deps.log, error: (...line: unknown[]) => void errors.push(line) };
    expect(await sweepInbox({ ...deps, log }, { now: new Date(START_MS + 120_000) })).toBe(1);
    expect(enqueued.filter(({ name }) => name === "collect.apply")).toEqual([
      { name: "collect.apply", payload: { shop: SHOP } },
    ]);
    expect(errors).toEqual([["collect.stuck", { rows: 500, privacyRequests: 1 }]]);
  });

  it("enqueues a row that the queue never got, but not one that has just arrived", async () => {
    const broken: Deps = {
      ...deps,
      jobs: {
        ...deps.jobs,
        enqueue: () => Promise.reject(new AppError("queue_down", "Redis is away", true)),
      },
    };
    const { events } = liveSomeDays();
    const now = new Date(START_MS);
    const { topic, payload } = events[0]!;
    const webhook = {
      shop: SHOP,
      topic,
      webhookId: "w",
      triggeredAt: now,
      rawBody: JSON.stringify(payload),
      now,
    };
    expect(await receiveWebhook(broken, webhook)).toBe("kept");
    expect(await sweepInbox(deps, { now: new Date(START_MS + 5_000) })).toBe(0);
    expect(await sweepInbox(deps, { now: new Date(START_MS + 120_000) })).toBe(1);
    expect(enqueued).toContainEqual({ name: "collect.apply", payload: { shop: SHOP } });
  });

  it("deletes rows a week after they were applied", async () => {
    const { events } = liveSomeDays();
    await deliver(events, [0]);
    await sweepInbox(deps, { now: new Date(START_MS + 6 * 86_400_000) });
    expect(await deps.db.inboxEvent.count()).toBe(1);
    await sweepInbox(deps, { now: new Date(START_MS + 8 * 86_400_000) });
    expect(await deps.db.inboxEvent.count()).toBe(0);
  });
});
