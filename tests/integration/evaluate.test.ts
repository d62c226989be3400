import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { countRefundReasons } from "#app/data/refund-reasons.server.ts";
import { inTransaction } from "#app/data/transaction.server.ts";
import type { OrderEvent } from "#app/domain/collect/order-event.ts";
import { seededRandom } from "#app/domain/random.ts";
import { applyShopInbox } from "#app/services/apply-shop-inbox.server.ts";
import { editBundle } from "#app/services/edit-bundle.server.ts";
import { readResults } from "#app/services/read-results.server.ts";
import { readTimeToAnswer } from "#app/services/read-time-to-answer.server.ts";
import { saveSettings } from "#app/services/save-settings.server.ts";
import { recordConversions } from "#app/services/record-conversions.server.ts";
import {
  addBundle,
  emptyBundleShop,
  openBundleShop,
  SHOP,
  type StockedVariant,
} from "#tests/factories/bundle-shop.ts";
import { openTestDeps, type TestDeps } from "#tests/setup/test-deps.ts";

const AT = new Date("2026-11-24T12:00:00Z");
const WINDOW = { shop: SHOP, fromMs: AT.getTime() - 86_400_000, toMs: AT.getTime() + 86_400_000 };

let deps: TestDeps;
let variants: StockedVariant[];

beforeAll(async () => {
  deps = await openTestDeps();
});
afterAll(() => deps.close());
beforeEach(async () => {
  await emptyBundleShop(deps);
  ({ variants } = await openBundleShop(deps));
});

interface NewOrder {
  readonly number: number;
  readonly visitorKey?: string;
  readonly arm?: string;
  readonly bundleDiscountMinor?: number;
  readonly refundedQuantity?: number;
  readonly fields?: { cancelledAt?: Date; isTest?: boolean; refundedMinor?: number };
}

/** An order of one unit each of the first two variants, at 10.00. */
async function addOrder(order: NewOrder): Promise<string> {
  const {
    number,
    visitorKey = null,
    arm = null,
    bundleDiscountMinor = 0,
    refundedQuantity = 0,
    fields,
  } = order;
  const orderGid = `gid://shopify/Order/${number}`;
  await deps.db.order.create({
    data: {
      shop: SHOP,
      orderGid,
      placedAt: AT,
      sourceUpdatedAt: AT,
      currency: "USD",
      visitorKey,
      arm,
      totalMinor: 2_000 - 2 * bundleDiscountMinor,
      ...fields,
      lines: {
        create: variants.slice(0, 2).map(({ variantGid, productGid, title }, position) => ({
          position,
          variantGid,
          productGid,
          title,
          quantity: 1,
          unitPriceMinor: 1_000,
          discountMinor: bundleDiscountMinor,
          bundleDiscountMinor,
          refundedQuantity,
        })),
      },
    },
  });
  return orderGid;
}

/** An order's webhook as the inbox keeps it: one unit each of the first two variants, with 10 % off. */
function redeemingOrder(): OrderEvent {
  return {
    orderGid: "gid://shopify/Order/1",
    placedAt: AT.toISOString(),
    updatedAt: AT.toISOString(),
    currency: "USD",
    customerKey: null,
    cancelledAt: null,
    isTest: false,
    arm: "treated",
    visitorKey: "a".repeat(32),
    totalMinor: 1_800,
    refunds: [],
    lines: variants.slice(0, 2).map(({ variantGid, productGid, title }, number) => ({
      lineGid: `gid://shopify/LineItem/${number}`,
      variantGid,
      productGid,
      sku: "",
      title,
      quantity: 1,
      unitPriceMinor: 1_000,
      discountMinor: 100,
      bundleDiscountMinor: 100,
      removedQuantity: 0,
      isGiftCard: false,
    })),
  };
}

async function addEvent(
  visitorKey: string,
  kind: string,
  fields: { arm?: string; bundleId?: string; productGid?: string; occurredAt?: Date } = {},
) {
  await deps.db.browseEvent.create({
    data: { shop: SHOP, eventId: crypto.randomUUID(), visitorKey, kind, occurredAt: AT, ...fields },
  });
}

/** What one arm's visitors did, by the name of the metric. */
async function readMetrics() {
  const { uplift } = await readResults(deps, WINDOW);
  return new Map(uplift.metrics.map((metric) => [metric.name, metric]));
}

describe("recording what an order redeemed", () => {
  it("passes over an order that is unknown and one that got no discount of ours", async () => {
    await addBundle(deps, variants.slice(0, 2), { status: "published" });
    await recordConversions(deps, { shop: SHOP, orderGids: ["gid://shopify/Order/404"] });
    await recordConversions(deps, { shop: SHOP, orderGids: [await addOrder({ number: 1 })] });

    expect(await deps.db.conversion.count()).toBe(0);
  });

  it("credits no bundle with a discount that is not its own", async () => {
    await addBundle(deps, variants.slice(0, 2), { status: "published", discountRatio: 0.3 });
    await recordConversions(deps, {
      shop: SHOP,
      orderGids: [await addOrder({ number: 1, bundleDiscountMinor: 100 })],
    });

    expect(await deps.db.conversion.count()).toBe(0);
  });

  it("knows an order's discount for the bundle's own though the merchant changed it since", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2), { status: "published" });
    const orderGid = await addOrder({ number: 1, bundleDiscountMinor: 100 });
    const changes = { discountRatio: 0.2 };
    await editBundle(deps, { shop: SHOP, bundleId, changes, decidedBy: "staff", now: AT });
    await recordConversions(deps, { shop: SHOP, orderGids: [orderGid] });

    expect(await deps.db.conversion.findMany()).toMatchObject([{ bundleId, discountMinor: 200n }]);
  });

  it("credits the bundle also when another product stood in for a component, even if it no longer does", async () => {
    const bundleId = await addBundle(deps, [variants[0]!, variants[2]!], { status: "published" });
    const { productGid, variantGid, title } = variants[1]!;
    const standIns = [{ position: 1, variantGid, productGid, title, isShown: false }];
    await deps.db.bundle.update({ where: { id: bundleId }, data: { standIns } });
    const orderGid = await addOrder({ number: 1, bundleDiscountMinor: 100 });

    await recordConversions(deps, { shop: SHOP, orderGids: [orderGid] });

    expect(await deps.db.conversion.findMany()).toMatchObject([{ bundleId, sets: 1, discountMinor: 200n }]);
  });

  it("credits the bundle when a shopper chose another variant beside a product that stood in", async () => {
    const [chosen, standIn, anchor, missing] = variants as [
      StockedVariant,
      StockedVariant,
      StockedVariant,
      StockedVariant,
    ];
    const bundleId = await addBundle(deps, [{ ...anchor, productGid: chosen.productGid }, missing], {
      status: "published",
    });
    const standIns = [{ ...standIn, position: 1, isShown: true }];
    await deps.db.bundle.update({ where: { id: bundleId }, data: { standIns } });
    const orderGid = await addOrder({ number: 1, bundleDiscountMinor: 100 });

    await recordConversions(deps, { shop: SHOP, orderGids: [orderGid] });

    expect(await deps.db.conversion.findMany()).toMatchObject([{ bundleId, sets: 1, discountMinor: 200n }]);
  });

  it("is part of the order's own turn, so that no shop's orders queue up before another's", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2), { status: "published" });
    await deps.db.inboxEvent.create({
      data: {
        shop: SHOP,
        webhookId: "w",
        topic: "orders/create",
        triggeredAt: AT,
        payload: { kind: "order", order: redeemingOrder() },
      },
    });
    await applyShopInbox(deps, { shop: SHOP, now: () => AT });

    expect(await deps.db.conversion.findMany()).toMatchObject([{ bundleId, sets: 1, discountMinor: 200n }]);
  });

  it("leaves nothing of an order that is cancelled while two jobs read it", async () => {
    await addBundle(deps, variants.slice(0, 2), { status: "published" });
    const orderGid = await addOrder({ number: 1, bundleDiscountMinor: 100 });
    let jobs: Promise<void>[] = [];
    await inTransaction(deps.pool, async (saving) => {
      await saving.query("SELECT pg_advisory_xact_lock(hashtextextended($1 || $2, 0))", [SHOP, orderGid]);
      jobs = [1, 2].map(() => recordConversions(deps, { shop: SHOP, orderGids: [orderGid] }));
      await expect
        .poll(async () => {
          const waiting = await deps.pool.query(
            `SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database
             WHERE d.datname = current_database() AND locktype = 'advisory' AND NOT granted`,
          );
          return waiting.rowCount;
        })
        .toBe(2);
      await saving.query(`UPDATE "Order" SET "cancelledAt" = $1`, [AT]);
    });
    await Promise.all(jobs);

    expect(await deps.db.conversion.count()).toBe(0);
  });

  it("notes bundle, sets, revenue and discount once, however often it runs and however many at once", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2), { status: "published" });
    const orderGid = await addOrder({ number: 1, arm: "treated", visitorKey: "v", bundleDiscountMinor: 100 });
    await recordConversions(deps, { shop: SHOP, orderGids: [orderGid] });
    await Promise.all([1, 2, 3, 4].map(() => recordConversions(deps, { shop: SHOP, orderGids: [orderGid] })));

    expect(await deps.db.conversion.findMany()).toEqual([
      {
        shop: SHOP,
        orderGid,
        bundleId,
        arm: "treated",
        sets: 1,
        revenueMinor: 1_800n,
        discountMinor: 200n,
        convertedAt: AT,
      },
    ]);
  });

  it("takes the conversion back when the order is cancelled", async () => {
    await addBundle(deps, variants.slice(0, 2), { status: "published" });
    const orderGid = await addOrder({ number: 1, bundleDiscountMinor: 100 });
    await recordConversions(deps, { shop: SHOP, orderGids: [orderGid] });
    await deps.db.order.updateMany({ data: { cancelledAt: AT } });
    await recordConversions(deps, { shop: SHOP, orderGids: [orderGid] });

    expect(await deps.db.conversion.count()).toBe(0);
  });
});

describe("reading the results", () => {
  it("says of an empty shop that nobody was held out", async () => {
    const { uplift, bundles } = await readResults(deps, WINDOW);

    expect(uplift).toMatchObject({ isEnough: false, visitors: { treated: 0, holdout: 0 } });
    expect(bundles).toEqual([]);
  });

  it("takes nobody for a visitor by a cart, a checkout, an offer or an order alone", async () => {
    await addEvent("a", "cart_updated", { arm: "treated" });
    await addEvent("b", "checkout_completed", { arm: "holdout" });
    await addEvent("c", "offer_seen", { arm: "treated" });
    await addOrder({ number: 1, visitorKey: "b", arm: "holdout" });
    await addOrder({ number: 2, visitorKey: "d", arm: "treated" });

    const { arms } = await readResults(deps, WINDOW);

    expect(arms.treated).toMatchObject({ visitors: 0, orders: 0, revenueMinor: 0 });
    expect(arms.holdout).toMatchObject({ visitors: 0, orders: 0, revenueMinor: 0 });
  });

  it("counts each visitor once, buyers or not, and takes refunds, cancelled and test orders off", async () => {
    for (const visitor of ["t1", "t2", "t3"]) await addEvent(visitor, "page_viewed", { arm: "treated" });
    await addEvent("t1", "product_viewed", { arm: "treated" });
    for (const visitor of ["h1", "h2"]) await addEvent(visitor, "page_viewed", { arm: "holdout" });
    await addEvent("stranger", "page_viewed");
    await addOrder({ number: 1, visitorKey: "t1", arm: "treated", bundleDiscountMinor: 100 });
    await addOrder({ number: 2, visitorKey: "t1", arm: "treated" });
    await addOrder({ number: 3, visitorKey: "t2", arm: "treated", refundedQuantity: 1 });
    await addOrder({ number: 4, visitorKey: "t3", arm: "treated", fields: { cancelledAt: AT } });
    await addOrder({ number: 5, visitorKey: "t3", arm: "treated", fields: { isTest: true } });
    await addOrder({ number: 6, visitorKey: "h2", arm: "holdout" });

    const { arms } = await readResults(deps, WINDOW);

    expect(arms.treated).toMatchObject({
      visitors: 3,
      buyers: 2,
      orders: 3,
      revenueMinor: 3_800,
    });
    // The products cost half their price.
    expect(arms.treated.marginMinor).toBe(1_800);
    const changes = { usesShopifyCosts: false, assumedMarginRatio: 0.25 };
    await saveSettings(deps, { shop: SHOP, changes, now: AT });
    expect((await readResults(deps, WINDOW)).arms.treated.marginMinor).toBe(800);
    expect(arms.holdout).toMatchObject({ visitors: 2, buyers: 1, revenueMinor: 2_000 });
  });

  it("leaves out who looks at more pages a day than a person can, in either arm", async () => {
    for (const visitor of ["person", "program"]) await addEvent(visitor, "page_viewed", { arm: "treated" });
    await addEvent("h1", "page_viewed", { arm: "holdout" });
    await deps.pool.query(
      `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, arm, "occurredAt")
       SELECT $1, 'x' || n, 'program', 'page_viewed', 'treated', $2 FROM generate_series(1, 300) n`,
      [SHOP, AT.toISOString()],
    );

    expect((await readResults(deps, WINDOW)).uplift.visitors).toEqual({ treated: 1, holdout: 1 });
  });

  it("counts the components that are sold at full price, together and given back, in both arms", async () => {
    await addBundle(deps, variants.slice(0, 2), { status: "published" });
    for (const visitor of ["t1", "t2"]) await addEvent(visitor, "page_viewed", { arm: "treated" });
    for (const visitor of ["h1", "h2"]) await addEvent(visitor, "page_viewed", { arm: "holdout" });
    await addOrder({ number: 1, visitorKey: "t1", arm: "treated", bundleDiscountMinor: 100 });
    await addOrder({ number: 2, visitorKey: "h1", arm: "holdout" });
    await addOrder({ number: 3, visitorKey: "h2", arm: "holdout", refundedQuantity: 1 });

    const metrics = await readMetrics();

    // Both visitors of the holdout took two units at full price, of which one gave both back.
    expect(metrics.get("fullPriceUnits")).toMatchObject({ treated: 0, holdout: 1 });
    expect(metrics.get("attachRate")).toMatchObject({ treated: 1, holdout: 1 });
    expect(metrics.get("returnRate")).toMatchObject({ treated: 0, holdout: 0.5 });
    expect(metrics.get("units")).toMatchObject({ treated: 1, holdout: 1 });
    expect(metrics.get("orderValue")).toMatchObject({ treated: 1_800, holdout: 1_000 });
    expect(metrics.get("repeatRate")).toMatchObject({ treated: 0, holdout: 0 });
  });

  it("begins to measure on the day of the first approval, and a day's visitors stay with their day", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2), { status: "published" });
    const before = new Date(AT.getTime() - 3 * 86_400_000);
    const approvedAt = new Date(AT.getTime() - 2 * 86_400_000);
    await deps.db.decision.create({
      data: { shop: SHOP, bundleId, decidedBy: "staff", action: "approve", decidedAt: approvedAt },
    });
    await addEvent("early", "page_viewed", { arm: "treated", occurredAt: before });
    for (const visitor of ["t1", "t2"]) await addEvent(visitor, "page_viewed", { arm: "treated" });
    await addEvent("h1", "page_viewed", { arm: "holdout" });
    const first = (await readResults(deps, WINDOW)).uplift.visitors;
    // An event that arrives late makes its visitor one of an earlier day.
    await addEvent("h2", "page_viewed", { arm: "holdout", occurredAt: approvedAt });

    const { period, uplift } = await readResults(deps, WINDOW);

    expect(first).toEqual({ treated: 2, holdout: 1 });
    expect(uplift.visitors).toEqual({ treated: 2, holdout: 2 });
    expect(period).toMatchObject({ day: 4, ofDays: 90, startMs: Date.parse("2026-11-22T00:00:00Z") });
  });

  it("takes a share that the merchant changed for no broken draw", async () => {
    await deps.pool.query(
      `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, arm, "occurredAt")
       SELECT $1, 'e' || n, 'v' || n, 'page_viewed',
         CASE WHEN n % 100 < CASE WHEN n < 2000 THEN 30 ELSE 10 END THEN 'holdout' ELSE 'treated' END,
         $2::timestamp(3) - make_interval(days => CASE WHEN n < 2000 THEN 20 ELSE 2 END)
       FROM generate_series(0, 3999) n`,
      [SHOP, AT.toISOString()],
    );
    expect((await readResults(deps, WINDOW)).uplift.isDrawBroken).toBe(true);
    const settings = { holdoutRatio: 0.3 };
    await deps.db.shop.update({ where: { shop: SHOP }, data: { settings } });
    const now = new Date(AT.getTime() - 10 * 86_400_000);
    await saveSettings(deps, { shop: SHOP, changes: { holdoutRatio: 0.1 }, now });

    expect((await readResults(deps, WINDOW)).uplift.isDrawBroken).toBe(false);
  });

  it("says of a bundle what it changed among the visitors of its page, once there are enough", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2), { status: "published" });
    const [anchor] = variants;
    await deps.db.decision.createMany({
      data: [
        { action: "approve", to: "approved", hours: -5 },
        { action: "pause", to: "paused", hours: -4 },
        { action: "resume", to: "approved", hours: -3 },
        { action: "edit", hours: -2 },
      ].map(({ action, to, hours }) => ({
        ...{ shop: SHOP, bundleId, decidedBy: "staff", action, detail: to ? { to } : {} },
        decidedAt: new Date(AT.getTime() + hours * 3_600_000),
      })),
    });
    // Nobody could meet the offer before its approval and while it was paused.
    for (const hours of [-6, -3.5]) {
      const occurredAt = new Date(AT.getTime() + hours * 3_600_000);
      const { productGid } = anchor!;
      await addEvent(`v${hours}`, "product_viewed", { arm: "treated", productGid, occurredAt });
    }
    await deps.pool.query(
      `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, arm, "productGid", "occurredAt")
       SELECT $1, 'e' || n, 'v' || n, 'product_viewed', CASE WHEN n % 2 = 0 THEN 'holdout' ELSE 'treated' END,
         CASE WHEN n < 600 THEN $3 ELSE 'another' END, $2::timestamp(3) FROM generate_series(0, 999) n`,
      [SHOP, AT.toISOString(), anchor!.productGid],
    );
    await deps.pool.query(
      `INSERT INTO "Order" (shop, "orderGid", "placedAt", "sourceUpdatedAt", currency, "visitorKey", "totalMinor")
       SELECT $1, 'o' || n, $2::timestamp(3), $2::timestamp(3), 'USD', 'v' || n, 1000 FROM generate_series(0, 599) n
       WHERE n % 4 = 1 OR n % 8 = 0`,
      [SHOP, AT.toISOString()],
    );
    await deps.pool.query(
      `INSERT INTO "OrderLine" (shop, "orderGid", position, "variantGid", title, quantity, "unitPriceMinor")
       SELECT shop, "orderGid", 0, $1, 'Product', 1, 1000 FROM "Order"`,
      [anchor!.variantGid],
    );

    const { bundleEffects } = await readResults(deps, WINDOW);

    // Of 300 a side 150 and 75 bought, at a margin of 500.
    expect(bundleEffects).toMatchObject([{ id: bundleId, visitors: 600, measured: 125 }]);
    expect(bundleEffects[0]!.effect.low).toBeGreaterThan(0);
    expect(bundleEffects[0]!.effect.high).toBeLessThan(250);

    // Where the first product's page alone shows it, whoever came to another one's has not met it.
    await deps.pool.query(
      `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, arm, "productGid", "occurredAt")
       SELECT $1, 'f' || n, 'v' || n, 'product_viewed', CASE WHEN n % 2 = 0 THEN 'holdout' ELSE 'treated' END, $3,
         $2::timestamp(3) FROM generate_series(600, 699) n`,
      [SHOP, AT.toISOString(), variants[1]!.productGid],
    );
    expect((await readResults(deps, WINDOW)).bundleEffects).toMatchObject([{ visitors: 700 }]);
    await deps.db.bundle.update({ where: { id: bundleId }, data: { placement: "first" } });
    expect((await readResults(deps, WINDOW)).bundleEffects).toMatchObject([{ visitors: 600, measured: 125 }]);

    const changes = { usesShopifyCosts: false, assumedMarginRatio: 0.25 };
    await saveSettings(deps, { shop: SHOP, changes, now: AT });
    expect((await readResults(deps, WINDOW)).bundleEffects).toMatchObject([
      { visitors: 600, measured: 62.5 },
    ]);
  });

  /** In each arm a hundred visitors of an offered product, of whom ten buy, and a hundred others, of whom chance has its way. */
  async function fillReach(): Promise<string> {
    const bundleId = await addBundle(deps, variants.slice(0, 2), { status: "published" });
    const decidedAt = new Date(AT.getTime() - 3_600_000);
    await deps.db.decision.create({
      data: {
        shop: SHOP,
        bundleId,
        decidedBy: "staff",
        action: "approve",
        detail: { to: "approved" },
        decidedAt,
      },
    });
    await deps.pool.query(
      `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, arm, "productGid", "occurredAt")
       SELECT $1, 'e' || n, 'v' || n, 'product_viewed', CASE WHEN n % 2 = 0 THEN 'holdout' ELSE 'treated' END,
         CASE WHEN n < 200 THEN $3 ELSE 'another' END, $2::timestamp(3) FROM generate_series(0, 399) n`,
      [SHOP, AT.toISOString(), variants[0]!.productGid],
    );
    // Of those who came to no offer sixty of the treated buy and thirty of the others; of those who did, ten of each.
    for (let n = 0; n < 400; n++) {
      const buyers = n < 200 ? 20 : n % 2 === 0 ? 260 : 320;
      if (n < buyers) await addOrder({ number: n, visitorKey: `v${n}` });
    }
    return bundleId;
  }

  it("leaves out of the comparison who never came to an offer and whose luck it is alone", async () => {
    await fillReach();

    const { uplift, arms, reach } = await readResults(deps, WINDOW);

    expect([arms.treated.orders, arms.holdout.orders]).toEqual([70, 40]);
    expect(uplift.perVisitorMinor.value).toBeCloseTo(0, 9);
    expect(uplift.metrics.find(({ name }) => name === "orders")).toMatchObject({
      treated: 0.2,
      holdout: 0.2,
    });
    expect(uplift.reachedRatio).toBeCloseTo(0.25, 9);
    expect(reach).toEqual({ isKnown: true });
  });

  it("leaves out what was bought before the first look at an offer, not what came after", async () => {
    await fillReach();
    const before = new Date(AT.getTime() - 60_000);
    // Ten of the treated had bought by then, among them one of those who buy again.
    for (const n of [1, ...Array.from({ length: 9 }, (_, more) => 101 + 2 * more)]) {
      const orderGid = await addOrder({ number: 1_000 + n, visitorKey: `v${n}` });
      await deps.db.order.update({
        where: { shop_orderGid: { shop: SHOP, orderGid } },
        data: { placedAt: before },
      });
    }

    const { uplift } = await readResults(deps, WINDOW);

    const read = (name: string) => uplift.metrics.find((metric) => metric.name === name)!.difference.value;
    expect(read("orders")).toBeCloseTo(0, 9);
    // One of them was a buyer before.
    expect(read("buyers")).toBeCloseTo(-1 / 200, 9);
  });

  it("counts everybody where offers are met elsewhere than on the pages of their products", async () => {
    const bundleId = await fillReach();
    for (const visitor of ["v201", "v203"])
      await addEvent(visitor, "offer_seen", { bundleId, arm: "treated" });

    const { uplift, reach } = await readResults(deps, WINDOW);

    expect(reach).toEqual({ isKnown: false });
    expect(uplift.perVisitorMinor.value).toBeCloseTo((2_000 * 30) / 200, 6);
    expect(uplift.reachedRatio).toBe(1);
  });

  it("tells of each bundle how many saw, took and redeemed it", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2), { status: "published" });
    for (const visitor of ["a", "a", "b", "c"])
      await addEvent(visitor, "offer_seen", { bundleId, arm: "treated" });
    await addEvent("a", "offer_added", { bundleId, arm: "treated" });
    const orderGid = await addOrder({
      number: 1,
      visitorKey: "a",
      arm: "treated",
      bundleDiscountMinor: 100,
      fields: { refundedMinor: 900 },
    });
    await recordConversions(deps, { shop: SHOP, orderGids: [orderGid] });

    const { bundles, redeemed } = await readResults(deps, WINDOW);

    expect(bundles).toMatchObject([
      {
        bundleId,
        seenVisitors: 3,
        addedVisitors: 1,
        dismissedVisitors: 0,
        conversions: 1,
        sets: 1,
        revenueMinor: 900,
      },
    ]);
    expect(redeemed).toEqual({ conversions: 1, revenueMinor: 900, discountMinor: 200 });
  });

  it("adds up 60,000 events and 6,000 orders to the visitor and the cent", async () => {
    await deps.pool.query(
      `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, arm, "occurredAt")
       SELECT $1, 'e' || n, 'v' || (n % 12000), 'page_viewed',
         CASE WHEN n % 12000 % 10 = 0 THEN 'holdout' ELSE 'treated' END, $2
       FROM generate_series(1, 60000) n`,
      [SHOP, AT],
    );
    await deps.pool.query(
      `INSERT INTO "Order" (shop, "orderGid", "placedAt", "sourceUpdatedAt", currency, "visitorKey", arm, "totalMinor")
       SELECT $1, 'o' || n, $2, $2, 'USD', 'v' || n, CASE WHEN n % 10 = 0 THEN 'holdout' ELSE 'treated' END, 2000
       FROM generate_series(1, 6000) n`,
      [SHOP, AT],
    );
    await deps.pool.query(
      `INSERT INTO "OrderLine" (shop, "orderGid", position, "variantGid", title, quantity, "unitPriceMinor")
       SELECT $1, 'o' || n, line, $2, 'Product', 1, 1000 FROM generate_series(1, 6000) n, generate_series(0, 1) line`,
      [SHOP, variants[0]!.variantGid],
    );
    await deps.pool.query("ANALYZE");
    const { arms, uplift } = await readResults(deps, WINDOW);

    expect(arms.holdout).toMatchObject({ visitors: 1_200, orders: 600, revenueMinor: 1_200_000 });
    expect(uplift.perVisitorMinor.value).toBeCloseTo(0, 6);
  });
});

describe("the reasons of refunds", () => {
  it("are told of orders with a bundle beside the others, once an order, without cancelled ones", async () => {
    await addBundle(deps, variants.slice(0, 2), { status: "published" });
    const refunds: [number, string[]][] = [
      [1, ["unsaid", "size"]],
      [2, ["damaged"]],
      [3, ["size"]],
      [4, []],
    ];
    for (const [number, reasons] of refunds) {
      const fields = number === 3 ? { cancelledAt: AT } : {};
      const orderGid = await addOrder({ number, bundleDiscountMinor: number === 1 ? 100 : 0, fields });
      await recordConversions(deps, { shop: SHOP, orderGids: [orderGid] });
      await deps.db.refund.createMany({
        data: reasons.map((reason, place) => ({
          ...{ shop: SHOP, orderGid, refundGid: `r${number}-${place}`, refundedAt: AT },
          ...{ amountMinor: 500, lines: [], reason },
        })),
      });
    }
    const window = { shop: SHOP, from: new Date(WINDOW.fromMs), to: new Date(WINDOW.toMs) };

    const { withBundle, without } = await countRefundReasons(deps.pool, window);

    expect(withBundle).toMatchObject({ orders: 1, byReason: { size: 1, damaged: 0, unsaid: 0 } });
    expect(without).toMatchObject({ orders: 2, byReason: { size: 0, damaged: 1 } });
  });

  it("are those found by looking at every order, whatever was placed, cancelled, redeemed and refunded when", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2), { status: "published" });
    const random = seededRandom(1);
    const chance = (ratio: number) => random() < ratio;
    const reasons = ["unsaid", "size", "damaged"];
    const fromMs = WINDOW.fromMs;
    const orders = Array.from({ length: 300 }, (_, number) => ({
      orderGid: `gid://shopify/Order/${number}`,
      placedAt: new Date(fromMs + Math.floor((random() * 4 - 1) * 86_400_000)),
      isTest: chance(0.1),
      isCancelled: chance(0.1),
      hasBundle: chance(0.3),
      refunds: Array.from({ length: chance(0.4) ? 1 + Math.floor(3 * random()) : 0 }, (_, place) => ({
        afterMs: place * 1_000 + Math.floor(3 * random()) * 500,
        reason: reasons[Math.floor(3 * random())]!,
      })),
    }));
    const stamp = { shop: SHOP, sourceUpdatedAt: AT, currency: "USD" };
    await deps.db.order.createMany({
      data: orders.map(({ orderGid, placedAt, isTest, isCancelled }) => ({
        ...stamp,
        ...{ orderGid, placedAt, isTest, cancelledAt: isCancelled ? AT : null },
      })),
    });
    await deps.db.conversion.createMany({
      data: orders
        .filter(({ hasBundle }) => hasBundle)
        .map(({ orderGid, placedAt }) => ({
          ...{ shop: SHOP, orderGid, bundleId, convertedAt: placedAt },
          ...{ sets: 1, revenueMinor: 1, discountMinor: 1 },
        })),
    });
    await deps.db.refund.createMany({
      data: orders.flatMap(({ orderGid, placedAt, refunds }) =>
        refunds.map(({ afterMs, reason }, place) => ({
          ...{ shop: SHOP, orderGid, refundGid: `${orderGid} ${place}`, reason, amountMinor: 1, lines: [] },
          refundedAt: new Date(placedAt.getTime() + afterMs),
        })),
      ),
    });
    const counted = orders.filter(
      ({ placedAt, isTest, isCancelled }) =>
        !isTest && !isCancelled && +placedAt >= WINDOW.fromMs && +placedAt < WINDOW.toMs,
    );
    const reasonOf = ({ refunds }: (typeof orders)[number]) =>
      refunds.toSorted(
        (a, b) => Number(a.reason === "unsaid") - Number(b.reason === "unsaid") || a.afterMs - b.afterMs,
      )[0]?.reason;
    const count = (hasBundle: boolean) => {
      const own = counted.filter((order) => order.hasBundle === hasBundle);
      const withReason = (reason: string) => own.filter((order) => reasonOf(order) === reason).length;
      return {
        orders: own.length,
        byReason: Object.fromEntries(reasons.map((reason) => [reason, withReason(reason)])),
      };
    };
    const window = { shop: SHOP, from: new Date(WINDOW.fromMs), to: new Date(WINDOW.toMs) };

    const { withBundle, without } = await countRefundReasons(deps.pool, window);

    expect({ withBundle, without }).toMatchObject({ withBundle: count(true), without: count(false) });
  });
});

describe("planning how long to wait", () => {
  it("has no plan for a shop without visitors or without orders", async () => {
    expect(await readTimeToAnswer(deps, { shop: SHOP, now: AT })).toEqual({
      traffic: null,
      answers: [],
      shares: [],
    });
  });

  it("tells from the last weeks' traffic when an effect would be seen, and what another share would change", async () => {
    await deps.pool.query(
      `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, "occurredAt")
       SELECT $1, 'e' || n, 'v' || n, 'page_viewed', $2::timestamp(3) - make_interval(secs => 864 * (n + 1))
       FROM generate_series(0, 999) n`,
      [SHOP, AT.toISOString()],
    );
    await deps.pool.query(
      `INSERT INTO "Order" (shop, "orderGid", "placedAt", "sourceUpdatedAt", currency, "totalMinor")
       SELECT $1, 'o' || n, $2::timestamp(3) - make_interval(hours => n + 1), $2, 'USD', 5000
       FROM generate_series(0, 49) n`,
      [SHOP, AT.toISOString()],
    );

    const { traffic, answers, shares } = await readTimeToAnswer(deps, { shop: SHOP, now: AT });

    expect(traffic).toMatchObject({
      visitorsADay: 100,
      meanMinor: 250,
      holdoutRatio: 0.1,
      // Nobody knows yet who would come to an offer.
      reachedRatio: 1,
    });
    expect(traffic!.deviationMinor).toBeCloseTo(5_000 * Math.sqrt(0.05 * 0.95), 6);
    const chances = answers.map(({ chance }) => chance);
    expect(chances).toEqual(chances.toSorted((a, b) => a - b));
    const effects = shares.map(({ smallestEffect }) => smallestEffect!);
    expect(effects).toEqual(effects.toSorted((a, b) => b - a));
  });

  /** Eighty visitors, of whom half buy, and every fourth looked at the first variant's product a day before. */
  async function addBuyers(): Promise<void> {
    await deps.pool.query(
      `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, "productGid", "occurredAt")
       SELECT $1, kind || n, 'v' || n, kind, $3, $2::timestamp(3) - interval '2 days' FROM generate_series(0, 79) n,
         unnest(CASE WHEN n % 4 = 0 THEN ARRAY['page_viewed', 'product_viewed'] ELSE ARRAY['page_viewed'] END) kind`,
      [SHOP, AT.toISOString(), variants[0]!.productGid],
    );
    await deps.pool.query(
      `INSERT INTO "Order" (shop, "orderGid", "placedAt", "sourceUpdatedAt", currency, "totalMinor", "visitorKey")
       SELECT $1, 'o' || n, $2::timestamp(3) - interval '1 day', $2, 'USD', 5000, 'v' || n FROM generate_series(0, 39) n`,
      [SHOP, AT.toISOString()],
    );
  }

  it("counts on the orders alone whose visitors came to a product with a live offer, and so on less luck", async () => {
    await addBuyers();
    const before = await readTimeToAnswer(deps, { shop: SHOP, now: AT });
    const bundleId = await addBundle(deps, variants.slice(0, 2), { status: "proposed" });
    const whileProposed = await readTimeToAnswer(deps, { shop: SHOP, now: AT });
    await deps.db.bundle.update({ where: { id: bundleId }, data: { status: "published" } });

    const live = await readTimeToAnswer(deps, { shop: SHOP, now: AT });

    expect(whileProposed).toEqual(before);
    expect(live.traffic!.reachedRatio).toBe(0.25);
    live.shares.forEach(({ smallestEffect }, index) =>
      expect(smallestEffect!).toBeLessThan(before.shares[index]!.smallestEffect!),
    );
  });

  it("counts on all orders where shoppers see offers away from the products, as the comparison does", async () => {
    await addBuyers();
    await addBundle(deps, variants.slice(0, 2), { status: "published" });
    await deps.pool.query(
      `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, "occurredAt")
       VALUES ($1, 'seen', 'v1', 'offer_seen', $2::timestamp(3) - interval '1 day')`,
      [SHOP, AT.toISOString()],
    );

    const { traffic } = await readTimeToAnswer(deps, { shop: SHOP, now: AT });

    expect(traffic!.reachedRatio).toBe(1);
  });

  it("takes several orders of a visitor for one large one, which tells less", async () => {
    await addBuyers();
    const once = await readTimeToAnswer(deps, { shop: SHOP, now: AT });
    await deps.pool.query(
      `UPDATE "Order" SET "visitorKey" = 'v' || (right("orderGid", -1)::int / 2) WHERE shop = $1`,
      [SHOP],
    );

    const twice = await readTimeToAnswer(deps, { shop: SHOP, now: AT });

    // No visitor counts for more than the largest order.
    expect(twice.traffic!.meanMinor).toBe(once.traffic!.meanMinor / 2);
  });
});
