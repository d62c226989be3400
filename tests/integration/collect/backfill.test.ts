import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Deps } from "#app/services/deps.server.ts";
import { applyShopInbox } from "#app/services/collect/apply-shop-inbox.server.ts";
import { backfillShop } from "#app/services/collect/backfill-shop.server.ts";
import { installShop } from "#app/services/install/install-shop.server.ts";
import { holdShopRow } from "#app/data/db.server.ts";
import { readBaskets } from "#app/services/prepare/prepare-run.server.ts";
import { receiveWebhook } from "#app/services/collect/receive-webhook.server.ts";
import { reconcileShop } from "#app/services/collect/reconcile-shop.server.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { readCountedRows } from "#tests/factories/counted-rows.ts";
import { fakeQueue } from "#tests/factories/fake-queue.ts";
import { API_KEY, API_SECRET, openAdmin } from "#tests/factories/admin-session.ts";
import { addBundle } from "#tests/factories/bundle-shop.ts";
import { ShopState } from "#tests/standin/shop/shop-state.ts";
import type { ShopEvent } from "#tests/standin/shop/shop-records.ts";
import { startStandin, type Standin } from "#tests/standin/start-standin.ts";
import { recordStatements } from "#tests/setup/statements/recorded-statements.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const SHOP = "demo-shop.myshopify.com";
const DAY_MS = 86_400_000;

const deps = {
  ...(await openTestDeps()),
  jobs: fakeQueue(({ name, payload }) => enqueued.push({ name, payload })),
};
let enqueued: { name: string; payload: unknown }[];
let standin: Standin;
let graphql: AdminGraphql;

beforeEach(async () => {
  enqueued = [];
  await deps.db.order.deleteMany();
  await deps.db.product.deleteMany();
  await deps.db.collection.deleteMany();
  await deps.db.bundle.deleteMany();
  await deps.db.conversion.deleteMany();
  await deps.db.run.deleteMany();
  await deps.db.erasure.deleteMany();
  await deps.db.inboxEvent.deleteMany();
  await deps.db.shop.deleteMany();
  standin = await startStandin({
    state: fillShop(),
    appUrl: "http://127.0.0.1:1",
    apiKey: API_KEY,
    apiSecret: API_SECRET,
    webhooks: { retryDelaysMs: [] },
  });
  const ask = await openAdmin(standin);
  graphql = async (operation, options = {}) => {
    const answer = await ask(operation, options.variables);
    if (answer.errors) {
      const { message } = answer.errors[0]!;
      const body = { errors: { graphQLErrors: answer.errors }, extensions: answer.extensions };
      throw Object.assign(new Error(message), { body });
    }
    return Response.json(answer);
  };
});

afterEach(() => standin.stop());

/** 250 products with two variants each, and 300 orders. The API returns those of the last 60 days. */
function fillShop(): ShopState {
  const state = new ShopState({ domain: SHOP, currency: "EUR", timeZone: "Europe/Berlin" });
  const silent = { isSilent: true };
  const products = Array.from({ length: 250 }, (_, number) =>
    state.catalogue.addProduct(
      {
        title: `Product ${number}`,
        productType: "Kitchen",
        variants: ["Red", "Blue"].map((title) => ({
          title,
          sku: `SKU-${number}-${title}`,
          price: "12.50",
          unitCost: "5.20",
          inventoryQuantity: number,
          isTracked: number !== 3,
        })),
      } as never,
      silent,
    ),
  );
  for (let number = 0; number < 300; number++) {
    const order = state.orders.create(
      {
        placedAtMs: Date.now() - (number / 3) * DAY_MS - 60_000,
        customerGid: "gid://shopify/Customer/77",
        isTest: number === 0,
        sourceName: number === 5 ? "shopify_draft_order" : "web",
        noteAttributes: [{ name: "_bundlesmith", value: `h:${"0".repeat(32)}` }],
        discountApplications: [
          {
            type: "automatic",
            title: "Bundle offer",
            value: "1.00",
            valueType: "fixed_amount",
            allocationMethod: "across",
            targetSelection: "entitled",
            targetType: "line_item",
          },
        ],
        lines: [
          {
            variantGid: products[number % 250]!.variants[0]!.gid,
            quantity: 2,
            discountAllocations: number === 1 ? [{ amount: "1.00", discountApplicationIndex: 0 }] : [],
          },
          { variantGid: products[(number + 1) % 250]!.variants[1]!.gid, quantity: 1 },
        ],
      } as never,
      silent,
    );
    if (number === 2) state.orders.refund(order.gid, undefined, silent);
  }
  return state;
}

/** The shop's API after the owner chose another time zone. */
function movedTo(ianaTimezone: string): AdminGraphql {
  const before = graphql;
  return async (operation, options) =>
    operation.includes("ReadShop")
      ? Response.json({ data: { shop: { currencyCode: "EUR", ianaTimezone } } })
      : before(operation, options);
}

const install = () => installShop(deps, { shop: SHOP, graphql, now: new Date() });
const backfill = () => backfillShop(deps, { shop: SHOP, graphql, now: () => new Date() });

describe("installShop", () => {
  it("creates the shop once, with its currency and time zone, and asks for the back-fill once", async () => {
    await install();
    const first = await deps.db.shop.findFirstOrThrow();
    await install();
    expect(await deps.db.shop.findFirstOrThrow()).toEqual(first);
    expect(first).toMatchObject({ currency: "EUR", timeZone: "Europe/Berlin" });
    expect(first.customerKeySecret).toMatch(/^sealed\.test\./);
    expect(enqueued).toEqual([{ name: "collect.backfill", payload: { shop: SHOP } }]);
  });

  it("revives a returning shop with its secrets and settings, and reads it again", async () => {
    await install();
    const first = await deps.db.shop.findFirstOrThrow();
    await deps.db.shop.updateMany({ data: { uninstalledAt: new Date(), backfilledAt: new Date() } });
    await install();
    const again = await deps.db.shop.findFirstOrThrow();
    expect(again).toMatchObject({ uninstalledAt: null, backfilledAt: null, holdoutSalt: first.holdoutSalt });
    expect(again.firstInstalledAt).toEqual(first.installedAt);
    await deps.db.shop.updateMany({ data: { uninstalledAt: new Date() } });
    await install();
    expect((await deps.db.shop.findFirstOrThrow()).firstInstalledAt).toEqual(first.installedAt);
    expect(enqueued).toHaveLength(3);
  });
});

describe("backfillShop", () => {
  it("reads all products and all orders that the API returns, and starts the first run", async () => {
    await install();
    await backfill();
    expect(await deps.db.product.count()).toBe(250);
    const variant = await deps.db.variant.findFirstOrThrow({ where: { sku: "SKU-7-Blue" } });
    expect(variant).toMatchObject({ priceMinor: 1_250n, costMinor: 520n, inventoryQuantity: 7 });
    const untracked = await deps.db.variant.findFirstOrThrow({ where: { sku: "SKU-3-Red" } });
    expect(untracked.inventoryQuantity).toBeNull();
    expect(await deps.db.order.count()).toBe(180);
    const redeemed = await deps.db.orderLine.findFirstOrThrow({
      where: { bundleDiscountMinor: { gt: 0 } },
    });
    expect(redeemed).toMatchObject({ bundleDiscountMinor: 100n, discountMinor: 100n, quantity: 2 });
    expect(enqueued.at(-1)).toEqual({ name: "publish.reconcile", payload: { shop: SHOP } });
    expect(await deps.db.order.count({ where: { arm: "holdout", visitorKey: "0".repeat(32) } })).toBe(179);
    expect(await deps.db.orderLine.count({ where: { refundedQuantity: { gt: 0 } } })).toBe(2);
    expect(await deps.db.run.count()).toBe(1);
    const shop = await deps.db.shop.findFirstOrThrow();
    expect(shop).toMatchObject({ backfillProgress: 1, backfillMessage: null });
    expect(shop.backfilledAt).not.toBeNull();
  });

  it("replaces a run that the merchant started while the orders were still being read", async () => {
    await install();
    const early = await deps.db.run.create({
      data: { shop: SHOP, cutoffAt: new Date(), status: "running", step: "behaviour" },
    });
    await backfill();
    const runs = await deps.db.run.findMany({ orderBy: { createdAt: "asc" } });
    expect(runs).toMatchObject([{ id: early.id, status: "cancelled" }, { status: "queued" }]);
  });

  it("updates the planner's row counts once it is done, and not when it finds the work already done", async () => {
    const tables = ["Product", "Variant", "InventoryLevel", "Order", "OrderLine", "Refund"];
    await install();
    await backfill();
    for (const { planned, held, table } of await readCountedRows(deps.pool, tables))
      expect([table, planned]).toEqual([table, held]);
    await deps.db.order.deleteMany();
    await backfill();
    expect((await readCountedRows(deps.pool, ["Order"]))[0]!.planned).toBeGreaterThan(0);
  });

  it("records what an order redeemed, even without a webhook", async () => {
    await install();
    const products = [...standin.state.catalogue.products.values()];
    const { gid: productGid, variants } = products.find(({ title }) => title === "Product 1")!;
    const variantGid = variants[0]!.gid;
    const bundleId = await addBundle(deps, [{ variantGid, productGid, title: "Two" }], {
      status: "published",
      discountRatio: 0.04,
      approvedAt: new Date(),
    });
    await deps.db.bundleComponent.updateMany({ where: { bundleId }, data: { quantity: 2 } });
    await backfill();
    expect(await deps.db.conversion.findMany()).toMatchObject([{ bundleId, sets: 1, discountMinor: 100n }]);

    // The merchant takes the discount off the order, and no webhook says so either.
    const order = [...standin.state.orders.orders.values()].find(({ lines }) =>
      lines.some(({ discountAllocations }) => discountAllocations.length > 0),
    )!;
    for (const line of order.lines) line.discountAllocations = [];
    standin.state.orders.edit(order.gid, [], { isSilent: true });
    await reconcileShop(deps, { shop: SHOP, graphql, now: () => new Date() });
    expect(await deps.db.conversion.findMany()).toEqual([]);
  });

  it("gives baskets with titles, costs and stock, without test orders and refunded orders", async () => {
    await install();
    await backfill();
    const { baskets, dropped } = await readBaskets(deps, {
      shop: SHOP,
      fromMs: 0,
      toMs: Date.now(),
    });
    expect(baskets.placedAtMs).toHaveLength(178);
    expect(dropped).toEqual({ test: 2, refunded: 2 });
    // Both colours of each product.
    expect(baskets.items).toHaveLength(250);
    expect(baskets.items.find(({ title }) => title === "Product 7")).toMatchObject({
      category: "Kitchen",
      costMinor: 520,
      stockUnits: 14,
      isActive: true,
    });
  });

  it("does nothing the second time", async () => {
    await install();
    await backfill();
    const first = await deps.db.shop.findFirstOrThrow();
    await backfill();
    expect(await deps.db.shop.findFirstOrThrow()).toEqual(first);
    expect(await deps.db.run.count()).toBe(1);
  });

  it("stores each product's collections and updates them at the next reading", async () => {
    const [first, second] = [...standin.state.catalogue.products.values()];
    const kitchen = standin.state.catalogue.addCollection({
      title: "Kitchen",
      handle: "kitchen",
      productGids: [first!.gid, second!.gid],
    } as never);
    await install();
    await backfill();
    const read = async () =>
      (await deps.db.product.findMany({ where: { NOT: { collectionGids: { isEmpty: true } } } })).map(
        ({ productGid, collectionGids }) => [productGid, collectionGids],
      );
    expect(new Map((await read()) as [string, string[]][])).toEqual(
      new Map([first, second].map((product) => [product!.gid, [kitchen.gid]])),
    );
    expect(await deps.db.collection.findMany()).toMatchObject([
      { collectionGid: kitchen.gid, title: "Kitchen" },
    ]);
    kitchen.productGids = [second!.gid];
    await reconcileShop(deps, { shop: SHOP, graphql, now: () => new Date() });
    expect(await read()).toEqual([[second!.gid, [kitchen.gid]]]);
  });

  it.each([
    ["no character", "\u0000"],
    ["half an emoji", "\ud83c"],
  ])("reads on when a name holds %s, which PostgreSQL cannot store", async (_, odd) => {
    const [product] = [...standin.state.catalogue.products.values()];
    const [order] = [...standin.state.orders.orders.values()].slice(-1);
    product!.title = `Cup ${odd}`;
    order!.lines[0]!.title = `Cup ${odd}`;
    await install();
    await backfill();
    expect(await deps.db.product.count()).toBe(250);
    expect(await deps.db.product.count({ where: { title: "Cup \uFFFD" } })).toBe(1);
    expect(await deps.db.order.count()).toBe(180);
  });

  it("reads the shop again if its time zone changes before the first reading ends", async () => {
    const rereadings = () => enqueued.filter(({ name }) => name === "collect.reconcile");
    await install();
    const inBerlin = graphql;
    graphql = movedTo("America/New_York");
    const changed = { currency: "EUR", iana_timezone: "America/New_York" };
    const webhook = { topic: "shop/update", webhookId: "moved", triggeredAt: new Date(), now: new Date() };
    await receiveWebhook(deps, { shop: SHOP, ...webhook, rawBody: JSON.stringify(changed) });
    await applyShopInbox(deps, { shop: SHOP, now: () => new Date() });
    expect(rereadings()).toHaveLength(1);
    // It comes too early: nothing is reconciled before the first reading ends.
    await reconcileShop(deps, { shop: SHOP, graphql, now: () => new Date() });

    await backfill();
    expect(rereadings()).toHaveLength(2);
    await reconcileShop(deps, { shop: SHOP, graphql, now: () => new Date() });
    expect(await deps.db.shop.findFirstOrThrow()).toMatchObject({ timeZone: "America/New_York" });

    graphql = inBerlin;
    await deps.db.shop.deleteMany();
    await install();
    await backfill();
    expect(rereadings()).toHaveLength(2);
  });

  it("stores the reason for a failure in the shop's row, and resumes with what is left", async () => {
    await install();
    const honest = graphql;
    graphql = async (operation, options) => {
      if (
        operation.includes("bulkOperationRunQuery") &&
        String(options?.variables?.["query"]).includes("orders")
      ) {
        throw Object.assign(new Error("no"), {
          body: { errors: { graphQLErrors: [{ message: "Access denied for orders field." }] } },
        });
      }
      return honest(operation, options);
    };
    await expect(backfill()).rejects.toThrow("Access denied for orders field.");
    const shop = await deps.db.shop.findFirstOrThrow();
    expect(shop.backfillMessage).toMatchObject({
      code: "history.failed",
      values: { reason: expect.stringContaining("Access denied for orders field.") },
    });
    expect(shop.backfilledAt).toBeNull();
    expect(await deps.db.product.count()).toBe(250);
    const asked: string[] = [];
    graphql = (operation, options) => {
      asked.push(String(options?.variables?.["query"] ?? ""));
      return honest(operation, options);
    };
    await backfill();
    expect(await deps.db.order.count()).toBe(180);
    expect(asked.filter((query) => query.includes("BulkProducts"))).toEqual([]);
    expect(await deps.db.shop.findFirstOrThrow()).toMatchObject({ backfillProgress: 1, backfillState: {} });
  });
});

/** Behaves like a process that dies before its next transaction: none begins after this many. */
function dieAfter(transactions: number): Deps {
  let begun = 0;
  const pool = new Proxy(deps.pool, {
    get(target, name) {
      if (name === "connect" && begun++ >= transactions) return () => Promise.reject(new Error("killed"));
      const value = Reflect.get(target, name) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { ...deps, pool };
}

const readShopTables = async () => ({
  products: await deps.db.product.findMany({
    orderBy: { productGid: "asc" },
    omit: { sourceTriggeredAt: true },
    include: { variants: { orderBy: { variantGid: "asc" }, omit: { stockUpdatedAt: true } } },
  }),
  orders: await deps.db.order.findMany({
    orderBy: { orderGid: "asc" },
    omit: { sourceTriggeredAt: true },
    include: { lines: { orderBy: { position: "asc" } } },
  }),
});

describe("a back-fill that is killed", () => {
  it("cuts the stored reason to the allowed length, without splitting an emoji", async () => {
    await install();
    const reason = "RunBulkQuery: ".padEnd(299, "x");
    graphql = async () => {
      throw new Error(`${reason.slice("RunBulkQuery: ".length)}\u{1F600}`);
    };
    await expect(backfill()).rejects.toThrow(`${reason}\u{1F600}`);
    const { backfillMessage } = await deps.db.shop.findFirstOrThrow();
    expect(backfillMessage).toEqual({ code: "history.failed", values: { reason } });
  });

  it("resumes within the products, after the last batch saved", async () => {
    for (let number = 0; number < 200; number += 1) {
      standin.state.catalogue.addProduct(
        {
          title: `More ${number}`,
          variants: [{ title: "Default Title", sku: `M-${number}`, price: "1.00", inventoryQuantity: 1 }],
        } as never,
        { isSilent: true },
      );
    }
    await install();
    await backfill();
    const undisturbed = await readShopTables();
    const shop = { backfilledAt: null, backfillState: {}, reconciledAt: null };
    let [attempts, resumed] = [0, 0];
    // 450 products are three batches and the collections; 180 orders are one.
    for (const transactions of [1, 2, 3, 4]) {
      await deps.db.order.deleteMany();
      await deps.db.product.deleteMany();
      await deps.db.shop.updateMany({ data: shop });
      const dying = dieAfter(transactions);
      await expect(backfillShop(dying, { shop: SHOP, graphql, now: () => new Date() })).rejects.toThrow(
        "killed",
      );
      const kept = await deps.db.product.count();
      expect(kept).toBe(Math.min(450, transactions * 200));

      const asked: string[] = [];
      const honest = graphql;
      graphql = (operation, options) => {
        asked.push(`${operation} ${String(options?.variables?.["query"] ?? "")}`);
        return honest(operation, options);
      };
      const recorded = recordStatements();
      await backfill();
      vi.restoreAllMocks();
      graphql = honest;

      const saved = recorded
        .filter(({ text }) => /^\s*INSERT INTO "Product"/.test(text))
        .flatMap(({ values }) => JSON.parse(String(values[1])) as unknown[]);
      expect(saved).toHaveLength(450 - kept);
      expect(asked.filter((query) => query.includes("BulkProducts"))).toEqual([]);
      expect(await readShopTables()).toEqual(undisturbed);
      attempts += 1;
      resumed += saved.length;
    }
    expect([attempts, resumed]).toEqual([4, 250 + 50]);
  });

  it("reads the products again when Shopify no longer keeps the result", async () => {
    await install();
    const gone = {
      operationGid: "gid://shopify/BulkOperation/404",
      records: 200,
      startedAt: new Date().toISOString(),
    };
    await deps.db.shop.updateMany({ data: { backfillState: { products: gone } } });
    await backfill();
    expect(await deps.db.product.count()).toBe(250);
    expect(await deps.db.product.count({ where: { deletedAt: { not: null } } })).toBe(0);
  });
});

describe("reconcileShop", () => {
  it("finds changes that came without a webhook: an order, a price, stock, a deleted product", async () => {
    await install();
    await backfill();
    const [first, second, third] = [...standin.state.catalogue.products.values()];
    const silent = { isSilent: true };
    standin.state.catalogue.updateVariant(first!.variants[0]!.gid, { price: "99.00" }, silent);
    standin.state.catalogue.adjustInventory(second!.variants[0]!.gid, { available: 1_000 }, silent);
    standin.state.catalogue.deleteProduct(third!.gid, silent);
    standin.state.orders.create(
      { lines: [{ variantGid: first!.variants[0]!.gid, quantity: 1 }] } as never,
      silent,
    );
    await reconcileShop(deps, { shop: SHOP, graphql, now: () => new Date() });
    const find = (variantGid: string) => deps.db.variant.findFirstOrThrow({ where: { variantGid } });
    expect((await find(first!.variants[0]!.gid)).priceMinor).toBe(9_900n);
    expect((await find(second!.variants[0]!.gid)).inventoryQuantity).toBe(1_000);
    const gone = await deps.db.product.findFirstOrThrow({ where: { productGid: third!.gid } });
    expect(gone.deletedAt).not.toBeNull();
    expect(await deps.db.order.count()).toBe(181);
    expect(enqueued.at(-1)?.name).toBe("publish.reconcile");
  });

  it.each([
    ["is read again", () => reconcileShop(deps, { shop: SHOP, graphql, now: () => new Date() })],
    [
      "comes back",
      async () => {
        await deps.db.shop.updateMany({ data: { uninstalledAt: new Date() } });
        await install();
      },
    ],
  ])(
    "deletes amounts of a former currency once a shop that changed it %s, and nothing else",
    async (_, read) => {
      await install();
      await backfill();
      const values = { together: 12, orders: 100 };
      const counted = { kind: "orders", value: 12, code: "handTogether", values };
      const amount = {
        kind: "margin",
        value: 900,
        code: "shownTogether",
        values: { extraMinor: 900, days: 28 },
      };
      const id = await addBundle(deps, [{ variantGid: "1", productGid: "1", title: "Tea" }]);
      const kept = {
        evidence: [counted, amount],
        validation: { withAll: 4, marginChangeMinor: { value: 900 } },
      };
      await deps.db.bundle.update({ where: { id }, data: kept });
      const find = () => deps.db.bundle.findUniqueOrThrow({ where: { id } });
      const { expected } = await find();

      await read();
      expect(await find()).toMatchObject({ expected, ...kept });

      await deps.db.shop.updateMany({ data: { currency: "USD" } });
      await read();
      const forgotten = await find();
      expect(forgotten).toMatchObject({ evidence: [counted], validation: { withAll: 4 } });
      expect(forgotten.expected).toEqual({});
      expect(forgotten.validation).not.toHaveProperty("marginChangeMinor");
    },
  );

  it("has webhooks that arrive during it read in the shop's new currency", async () => {
    await install();
    await backfill();
    // A yen has no hundredths.
    await deps.db.shop.updateMany({ data: { currency: "JPY" } });
    const product = [...standin.state.catalogue.products.values()][0]!;
    const shopify = graphql;
    const events: ShopEvent[] = [];
    graphql = async (operation, options) => {
      if (events.length === 0 && String(options?.variables?.["query"]).includes("BulkCollections")) {
        const unsubscribe = standin.state.clock.subscribe((event) => events.push(event));
        standin.state.catalogue.updateVariant(product.variants[0]!.gid, { price: "99.50" });
        unsubscribe();
        for (const { topic, payload, triggeredAtMs } of events) {
          const webhook = { topic, webhookId: topic, triggeredAt: new Date(triggeredAtMs), now: new Date() };
          await receiveWebhook(deps, { shop: SHOP, ...webhook, rawBody: JSON.stringify(payload) });
        }
      }
      return shopify(operation, options);
    };
    await reconcileShop(deps, { shop: SHOP, graphql, now: () => new Date() });
    await applyShopInbox(deps, { shop: SHOP, now: () => new Date() });

    const where = { variantGid: product.variants[0]!.gid };
    expect(await deps.db.shop.findFirstOrThrow()).toMatchObject({ currency: "EUR" });
    expect((await deps.db.variant.findFirstOrThrow({ where })).priceMinor).toBe(9_950n);
  });

  describe("of a shop that comes back with another currency", () => {
    const find = () => deps.db.bundle.findFirstOrThrow();
    const removeBefore = async () => {
      await install();
      await addBundle(deps, [{ variantGid: "1", productGid: "1", title: "Tea" }]);
      await deps.db.shop.updateMany({ data: { uninstalledAt: new Date(), currency: "USD" } });
    };

    it("keeps all amounts while the installation fails, and deletes them once it succeeds", async () => {
      await removeBefore();
      const { expected } = await find();
      const shopify = graphql;
      // PostgreSQL cannot store this character, so the last statement fails.
      const data = { shop: { currencyCode: "EUR", ianaTimezone: "\u0000" } };
      graphql = async (operation, options) =>
        operation.includes("ReadShop") ? Response.json({ data }) : shopify(operation, options);
      await expect(install()).rejects.toThrow();
      expect((await find()).expected).toEqual(expected);
      expect(await deps.db.shop.findFirstOrThrow()).toMatchObject({ currency: "USD" });

      graphql = shopify;
      await install();
      expect((await find()).expected).toEqual({});
      expect(await deps.db.shop.findFirstOrThrow()).toMatchObject({ currency: "EUR", uninstalledAt: null });
    });

    it("also deletes what a run saves at that moment", async () => {
      const PATIENCE_MS = 20_000;
      await removeBefore();
      let installed: Promise<void> | undefined;
      await deps.db.$transaction(
        async (tx) => {
          await holdShopRow(tx, SHOP);
          installed = install();
          await vi.waitFor(async () => {
            const { rowCount } = await deps.pool.query(
              `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
            );
            expect(rowCount).toBe(1);
          }, PATIENCE_MS);
          await tx.bundle.updateMany({ data: { expected: { extraMarginMinor: 900 } } });
        },
        { timeout: 2 * PATIENCE_MS },
      );
      await installed;
      expect((await find()).expected).toEqual({});
    });
  });

  it("removes orders of a file that the shop also reported, when the process died before doing so", async () => {
    await install();
    await backfill();
    const toImported = (orderGid: string, placedAt: Date) => ({
      shop: SHOP,
      orderGid,
      placedAt,
      sourceUpdatedAt: placedAt,
      currency: "EUR",
      source: "import",
    });
    await deps.db.order.createMany({
      data: [
        toImported("import:1", new Date(Date.now() - 400 * DAY_MS)),
        toImported("import:2", new Date(Date.now() - DAY_MS)),
      ],
    });
    await reconcileShop(deps, { shop: SHOP, graphql, now: () => new Date() });
    const left = await deps.db.order.findMany({ where: { source: "import" } });
    expect(left.map(({ orderGid }) => orderGid)).toEqual(["import:1"]);
  });

  it("reads only the latest orders after an edit", async () => {
    await install();
    await backfill();
    const { reconciledAt } = await deps.db.shop.findFirstOrThrow();
    const edited = [...standin.state.orders.orders.values()][1]!;
    const [line] = edited.lines;
    standin.state.orders.edit(edited.gid, [{ variantGid: line!.variantGid!, quantity: 5 }]);
    const asked: string[] = [];
    const honest = graphql;
    graphql = (operation, options) => {
      asked.push(String(options?.variables?.["query"] ?? ""));
      return honest(operation, options);
    };
    const ordersSince = new Date(Date.now() - 60_000);
    await reconcileShop(deps, { shop: SHOP, graphql, now: () => new Date(), ordersSince });

    expect(asked.filter((query) => /products|collections/.test(query))).toEqual([]);
    const lines = await deps.db.orderLine.findMany({ where: { orderGid: edited.gid } });
    expect(lines.map(({ quantity }) => quantity)).toContain(5);
    expect(await deps.db.shop.findFirstOrThrow()).toMatchObject({ reconciledAt });
  });

  it("brings back nothing that the owner had erased, in any kind of reading", async () => {
    await install();
    await deps.db.shop.updateMany({ data: { installedAt: new Date(Date.now() - DAY_MS) } });
    const [order, , refunded] = standin.state.orders.orders.values();
    // This lies within the hour by which a reading overlaps the last one. One order has changed since.
    const askedAt = new Date(refunded!.updatedAtMs - 1_000);
    await deps.db.erasure.create({
      data: { shop: SHOP, askedAt, erasedRatio: 1, finishedAt: askedAt },
    });
    const listOrders = async () => (await deps.db.order.findMany()).map(({ orderGid }) => orderGid).sort();
    await backfill();
    await reconcileShop(deps, { shop: SHOP, graphql, now: () => new Date() });
    await reconcileShop(deps, { shop: SHOP, graphql, now: () => new Date(), ordersSince: askedAt });
    expect(await listOrders()).toEqual([refunded!.gid]);

    standin.state.orders.edit(order!.gid, [{ variantGid: order!.lines[0]!.variantGid!, quantity: 5 }]);
    await reconcileShop(deps, { shop: SHOP, graphql, now: () => new Date(), ordersSince: askedAt });
    expect(await listOrders()).toEqual([order!.gid, refunded!.gid].sort());
  });

  it("follows the shop into another time zone", async () => {
    await install();
    await backfill();
    graphql = movedTo("America/New_York");
    await reconcileShop(deps, { shop: SHOP, graphql, now: () => new Date() });
    expect(await deps.db.shop.findFirstOrThrow()).toMatchObject({ timeZone: "America/New_York" });
  });

  it("marks no product as deleted that the shop still has, even if it is unreadable or was marked before", async () => {
    await install();
    await backfill();
    const [odd, back] = [...standin.state.catalogue.products.values()];
    // No number holds this price exactly.
    standin.state.catalogue.updateVariant(
      odd!.variants[0]!.gid,
      { price: "99999999999999999.00" },
      { isSilent: true },
    );
    await deps.db.product.updateMany({
      where: { productGid: back!.gid },
      data: { deletedAt: new Date(Date.now() - DAY_MS) },
    });
    await reconcileShop(deps, { shop: SHOP, graphql, now: () => new Date() });
    const gone = await deps.db.product.findMany({ where: { deletedAt: { not: null } } });
    expect(gone.map(({ title }) => title)).toEqual([]);
  });
});
