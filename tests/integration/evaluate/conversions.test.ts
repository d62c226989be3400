import { describe, expect, it } from "vitest";
import { sumOffers } from "#app/data/visits/exposures.server.ts";
import { saveOrders } from "#app/data/orders/orders.server.ts";
import { saveProposals } from "#app/data/bundles/proposals.server.ts";
import { inTransaction } from "#app/data/db.server.ts";
import type { OrderEvent, RefundEvent } from "#app/domain/collect/order-event.ts";
import { HOUR_MS } from "#app/domain/time.ts";
import type { BundleDecision } from "#app/domain/validate/decide.ts";
import { applyShopInbox } from "#app/services/collect/apply-shop-inbox.server.ts";
import { decideBundle } from "#app/services/validate/decide-bundle.server.ts";
import { editBundle } from "#app/services/validate/edit-bundle.server.ts";
import { recordConversions } from "#app/services/evaluate/record-conversions.server.ts";
import { addBundle, SHOP, type StockedVariant } from "#tests/factories/bundle-shop.ts";
import { addPlacedOrder, PLACED_AT as AT, type NewOrder } from "#tests/factories/placed-order.ts";
import { GIFT, PRICE, RANGE } from "#tests/factories/steered-shop.ts";
import { supportedProposal } from "#tests/factories/supported-proposal.ts";
import { openBundleShopEachTest } from "#tests/factories/bundle-shop-each-test.ts";

const opened = await openBundleShopEachTest();

const addOrder = (order: NewOrder) => addPlacedOrder(opened.deps, opened.variants, order);

/** An order's webhook as the inbox stores it: one unit each of the first two opened.variants, with 10 % off. */
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
    lines: opened.variants.slice(0, 2).map(({ variantGid, productGid, title }, number) => ({
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

type Decide = (decision: BundleDecision) => ReturnType<typeof decideBundle>;

/** Retires the bundle; then a run supports the first two variants again, at 5 % off. */
async function proposeAnew(bundleId: string): Promise<void> {
  const { db } = opened.deps;
  await db.bundle.update({ where: { id: bundleId }, data: { status: "retired" } });
  const { id: runId } = await db.run.create({ data: { shop: SHOP, cutoffAt: AT, message: "" } });
  const proposal = supportedProposal(opened.variants.slice(0, 2));
  const tally = await db.$transaction((tx) => saveProposals(tx, { shop: SHOP, runId }, [proposal], AT));
  expect(tally).toMatchObject({ added: 0, renewed: 1 });
}

describe("recording the offers that an order redeemed", () => {
  it("ignores an unknown order and one without a discount of ours", async () => {
    await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "published", approvedAt: AT });
    await recordConversions(opened.deps, { shop: SHOP, orderGids: ["gid://shopify/Order/404"] });
    await recordConversions(opened.deps, { shop: SHOP, orderGids: [await addOrder({ number: 1 })] });

    expect(await opened.deps.db.conversion.count()).toBe(0);
  });

  it("credits no bundle with a discount other than its own", async () => {
    await addBundle(opened.deps, opened.variants.slice(0, 2), {
      status: "published",
      discountRatio: 0.3,
      approvedAt: AT,
    });
    await recordConversions(opened.deps, {
      shop: SHOP,
      orderGids: [await addOrder({ number: 1, bundleDiscountMinor: 100 })],
    });

    expect(await opened.deps.db.conversion.count()).toBe(0);
  });

  it("credits no bundle that was never approved", async () => {
    await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "rejected" });
    const orderGid = await addOrder({ number: 1, bundleDiscountMinor: 100 });
    await recordConversions(opened.deps, { shop: SHOP, orderGids: [orderGid] });

    expect(await opened.deps.db.conversion.count()).toBe(0);
  });

  it("recognises an order's discount even if the merchant has changed it since", async () => {
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), {
      status: "published",
      approvedAt: AT,
    });
    const orderGid = await addOrder({ number: 1, bundleDiscountMinor: 100 });
    const changes = { discountRatio: 0.2 };
    await editBundle(opened.deps, { shop: SHOP, bundleId, changes, decidedBy: "staff", now: AT });
    await recordConversions(opened.deps, { shop: SHOP, orderGids: [orderGid] });

    expect(await opened.deps.db.conversion.findMany()).toMatchObject([{ bundleId, discountMinor: 200n }]);
  });

  it("credits one set of two if a limit allowed one, also after the limit was removed", async () => {
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), {
      status: "published",
      approvedAt: AT,
    });
    await opened.deps.db.bundle.update({ where: { id: bundleId }, data: { timesPerOrder: 1 } });
    const order = redeemingOrder();
    const event = { ...order, lines: order.lines.map((line) => ({ ...line, quantity: 2 })) };
    await inTransaction(opened.deps.pool, (client) => saveOrders(client, SHOP, [{ event, reportedAt: AT }]));
    const record = () => recordConversions(opened.deps, { shop: SHOP, orderGids: [order.orderGid] });
    await record();
    const noted = await opened.deps.db.conversion.findMany();
    expect(noted).toMatchObject([{ bundleId, sets: 1, discountMinor: 200n, revenueMinor: 1_800n }]);

    const lifted = { shop: SHOP, bundleId, changes: { timesPerOrder: null }, decidedBy: "staff", now: AT };
    expect(await editBundle(opened.deps, lifted)).toMatchObject({ ok: true });
    await record();
    expect(await opened.deps.db.conversion.findMany()).toEqual(noted);
  });

  it("credits two sets at a tenth off by the terms of that time, not one set at today's fifth off", async () => {
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), {
      status: "published",
      approvedAt: new Date(AT.getTime() - HOUR_MS),
    });
    const tell = async (number: number, placedAt: Date, ours: number) => {
      const order = redeemingOrder();
      const orderGid = `gid://shopify/Order/${number}`;
      const lines = order.lines.map((line) => ({
        ...line,
        lineGid: `${line.lineGid}${number}`,
        quantity: 2,
        discountMinor: ours,
        bundleDiscountMinor: ours,
      }));
      const event = { ...order, orderGid, placedAt: placedAt.toISOString(), lines };
      await inTransaction(opened.deps.pool, (client) =>
        saveOrders(client, SHOP, [{ event, reportedAt: AT }]),
      );
      return orderGid;
    };
    const edit = (changes: Record<string, unknown>, hours: number) => {
      const now = new Date(AT.getTime() + hours * HOUR_MS);
      return editBundle(opened.deps, {
        shop: SHOP,
        bundleId,
        changes,
        decidedBy: "staff",
        now,
      });
    };
    expect(await edit({ discountRatio: 0.2 }, 1)).toMatchObject({ ok: true });
    expect(await edit({ timesPerOrder: 1 }, 2)).toMatchObject({ ok: true });
    const orderGids = [
      await tell(1, AT, 200),
      await tell(2, new Date(AT.getTime() + 1.5 * HOUR_MS), 400),
      await tell(3, new Date(AT.getTime() + 3 * HOUR_MS), 200),
    ];

    await recordConversions(opened.deps, { shop: SHOP, orderGids });

    const noted = await opened.deps.db.conversion.findMany({ orderBy: { orderGid: "asc" } });
    expect(noted.map(({ sets, discountMinor, revenueMinor }) => [sets, discountMinor, revenueMinor])).toEqual(
      [
        [2, 400n, 3_600n],
        [2, 800n, 3_200n],
        [1, 400n, 1_600n],
      ],
    );
  });

  it("credits one choice of a range if a limit allowed one, after the limit was removed", async () => {
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), {
      status: "published",
      approvedAt: AT,
    });
    const terms = { ...RANGE, reward: { type: "percent", basisPoints: 1_000 } };
    await opened.deps.db.bundle.update({ where: { id: bundleId }, data: { terms, timesPerOrder: 1 } });
    const order = redeemingOrder();
    const event = { ...order, lines: order.lines.map((line) => ({ ...line, quantity: 2 })) };
    await inTransaction(opened.deps.pool, (client) => saveOrders(client, SHOP, [{ event, reportedAt: AT }]));
    const lifted = { shop: SHOP, bundleId, changes: { timesPerOrder: null }, decidedBy: "staff", now: AT };
    expect(await editBundle(opened.deps, lifted)).toMatchObject({ ok: true });

    await recordConversions(opened.deps, { shop: SHOP, orderGids: [order.orderGid] });

    expect(await opened.deps.db.conversion.findMany()).toMatchObject([
      { bundleId, sets: 1, discountMinor: 200n, revenueMinor: 1_800n },
    ]);
  });

  it("credits a set at a fixed price with a more expensive stand-in", async () => {
    const bundleId = await addBundle(opened.deps, [opened.variants[0]!, opened.variants[2]!], {
      status: "published",
      discountRatio: 0.19,
      approvedAt: AT,
    });
    const { productGid, variantGid, title } = opened.variants[1]!;
    const standIns = [{ position: 1, variantGid, productGid, title, isShown: true }];
    await opened.deps.db.bundle.update({ where: { id: bundleId }, data: { terms: PRICE, standIns } });
    const orderGid = await addOrder({ number: 1, bundleDiscountMinor: 290 });
    // 16.20 for products of 22.00.
    await opened.deps.db.orderLine.updateMany({
      where: { orderGid, position: 1 },
      data: { unitPriceMinor: 1_200 },
    });

    await recordConversions(opened.deps, { shop: SHOP, orderGids: [orderGid] });

    expect(await opened.deps.db.conversion.findMany()).toMatchObject([
      { bundleId, sets: 1, discountMinor: 580n, revenueMinor: 1_620n },
    ]);
  });

  it("credits a gift of the same product in another variant, even if shoppers can choose", async () => {
    const [bought, gift] = opened.variants as [StockedVariant, StockedVariant];
    const { productGid } = bought;
    const bundleId = await addBundle(opened.deps, [bought, { ...gift, productGid }], {
      status: "published",
      approvedAt: AT,
    });
    const data = { terms: GIFT, letsShopperChoose: true };
    await opened.deps.db.bundle.update({ where: { id: bundleId }, data });
    const isSecond = { position: 1 };
    await opened.deps.db.bundleComponent.updateMany({
      where: { bundleId, ...isSecond },
      data: { isGift: true },
    });
    const orderGid = await addOrder({ number: 1 });
    await opened.deps.db.orderLine.updateMany({
      where: { orderGid, ...isSecond },
      data: { productGid, discountMinor: 1_000, bundleDiscountMinor: 1_000 },
    });
    // A free line holds no tax of its own; its discount has the tax rate of the paid line.
    await opened.deps.db.orderLine.updateMany({
      where: { orderGid, position: 0 },
      data: { includedTaxMinor: 160 },
    });

    await recordConversions(opened.deps, { shop: SHOP, orderGids: [orderGid] });

    expect(await opened.deps.db.conversion.findMany()).toMatchObject([
      { bundleId, sets: 1, discountMinor: 840n, revenueMinor: 840n },
    ]);
  });

  it.each<[string, (what: { bundleId: string; decide: Decide }) => Promise<unknown>]>([
    ["the approval was taken back", ({ decide }) => decide("undo")],
    ["it was rejected", ({ decide }) => decide("reject")],
    ["it was retired and proposed anew at another price", ({ bundleId }) => proposeAnew(bundleId)],
    [
      "it was retired, proposed anew at another price and approved at that",
      async ({ bundleId, decide }) => {
        await proposeAnew(bundleId);
        await decide("approve");
      },
    ],
    [
      "a set takes more units by now",
      ({ bundleId }) =>
        editBundle(opened.deps, {
          shop: SHOP,
          bundleId,
          changes: { quantities: [2, 1] },
          decidedBy: "staff",
          now: AT,
        }),
    ],
  ])("records the same when the order is reported again after %s", async (_, change) => {
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "proposed" });
    let minutes = 0;
    const decide: Decide = (decision) => {
      const now = new Date(AT.getTime() + (minutes += 1) * 60_000);
      return decideBundle(opened.deps, { shop: SHOP, bundleId, decision, decidedBy: "staff", now });
    };
    await decide("approve");
    const orderGid = await addOrder({ number: 1, bundleDiscountMinor: 100 });
    await recordConversions(opened.deps, { shop: SHOP, orderGids: [orderGid] });
    const noted = await opened.deps.db.conversion.findMany();

    expect(await change({ bundleId, decide })).not.toMatchObject({ ok: false });
    await recordConversions(opened.deps, { shop: SHOP, orderGids: [orderGid] });

    expect(noted).toMatchObject([{ bundleId, sets: 1, discountMinor: 200n }]);
    expect(await opened.deps.db.conversion.findMany()).toEqual(noted);
  });

  it.each([
    ["first", [0, 1]],
    ["last", [1, 0]],
  ])("records the same if the message from before a product's deletion comes %s", async (_, order) => {
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), {
      status: "published",
      approvedAt: AT,
    });
    const before = redeemingOrder();
    const [anchor, deleted] = before.lines;
    const after = {
      ...before,
      updatedAt: new Date(AT.getTime() + 60_000).toISOString(),
      lines: [anchor!, { ...deleted!, variantGid: null, productGid: null }],
    };
    for (const at of order) {
      const event = [before, after][at]!;
      await inTransaction(opened.deps.pool, (client) =>
        saveOrders(client, SHOP, [{ event, reportedAt: new Date(event.updatedAt) }]),
      );
      await recordConversions(opened.deps, { shop: SHOP, orderGids: [event.orderGid] });
    }

    expect(await opened.deps.db.conversion.findMany()).toMatchObject([
      { bundleId, sets: 1, discountMinor: 200n },
    ]);
  });

  it("credits a bundle with a stand-in that is no longer used", async () => {
    const bundleId = await addBundle(opened.deps, [opened.variants[0]!, opened.variants[2]!], {
      status: "published",
      approvedAt: AT,
    });
    const { productGid, variantGid, title } = opened.variants[1]!;
    const standIns = [{ position: 1, variantGid, productGid, title, isShown: false }];
    await opened.deps.db.bundle.update({ where: { id: bundleId }, data: { standIns } });
    const orderGid = await addOrder({ number: 1, bundleDiscountMinor: 100 });

    await recordConversions(opened.deps, { shop: SHOP, orderGids: [orderGid] });

    expect(await opened.deps.db.conversion.findMany()).toMatchObject([
      { bundleId, sets: 1, discountMinor: 200n },
    ]);
  });

  it("credits a bundle with another variant and a stand-in in one order", async () => {
    const [chosen, standIn, anchor, missing] = opened.variants as [
      StockedVariant,
      StockedVariant,
      StockedVariant,
      StockedVariant,
    ];
    const bundleId = await addBundle(opened.deps, [{ ...anchor, productGid: chosen.productGid }, missing], {
      status: "published",
      approvedAt: AT,
    });
    const standIns = [{ ...standIn, position: 1, isShown: true }];
    await opened.deps.db.bundle.update({ where: { id: bundleId }, data: { standIns } });
    const orderGid = await addOrder({ number: 1, bundleDiscountMinor: 100 });

    await recordConversions(opened.deps, { shop: SHOP, orderGids: [orderGid] });

    expect(await opened.deps.db.conversion.findMany()).toMatchObject([
      { bundleId, sets: 1, discountMinor: 200n },
    ]);
  });

  it("credits a bundle once for an order with its approved and other variants", async () => {
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), {
      status: "published",
      approvedAt: AT,
    });
    await opened.deps.db.bundle.update({ where: { id: bundleId }, data: { letsShopperChoose: true } });
    const order = redeemingOrder();
    const dearer = order.lines.map((line, number) => ({
      ...line,
      lineGid: `gid://shopify/LineItem/${7 + number}`,
      variantGid: `gid://shopify/ProductVariant/${700 + number}`,
      unitPriceMinor: 1_500,
      discountMinor: 150,
      bundleDiscountMinor: 150,
    }));
    const event = { ...order, lines: [...order.lines, ...dearer] };
    await inTransaction(opened.deps.pool, (client) => saveOrders(client, SHOP, [{ event, reportedAt: AT }]));

    await recordConversions(opened.deps, { shop: SHOP, orderGids: [order.orderGid] });

    expect(await opened.deps.db.conversion.findMany()).toMatchObject([
      { bundleId, sets: 2, discountMinor: 500n, revenueMinor: 4_500n },
    ]);
  });

  it("runs in the order's own inbox turn", async () => {
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), {
      status: "published",
      approvedAt: AT,
    });
    await opened.deps.db.inboxEvent.create({
      data: {
        shop: SHOP,
        webhookId: "w",
        topic: "orders/create",
        triggeredAt: AT,
        payload: { kind: "order", order: redeemingOrder() },
      },
    });
    await applyShopInbox(opened.deps, { shop: SHOP, now: () => AT });

    expect(await opened.deps.db.conversion.findMany()).toMatchObject([
      { bundleId, sets: 1, discountMinor: 200n },
    ]);
  });

  it("leaves nothing of an order that is cancelled while two jobs read it", async () => {
    await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "published", approvedAt: AT });
    const orderGid = await addOrder({ number: 1, bundleDiscountMinor: 100 });
    let jobs: Promise<void>[] = [];
    await inTransaction(opened.deps.pool, async (saving) => {
      await saving.query("SELECT pg_advisory_xact_lock(hashtextextended($1 || $2, 0))", [SHOP, orderGid]);
      jobs = [1, 2].map(() => recordConversions(opened.deps, { shop: SHOP, orderGids: [orderGid] }));
      await expect
        .poll(async () => {
          const waiting = await opened.deps.pool.query(
            `SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database
             WHERE d.datname = current_database() AND locktype = 'advisory' AND NOT granted`,
          );
          return waiting.rowCount;
        })
        .toBe(2);
      await saving.query(`UPDATE "Order" SET "cancelledAt" = $1`, [AT]);
    });
    await Promise.all(jobs);

    expect(await opened.deps.db.conversion.count()).toBe(0);
  });

  it("records bundle, sets, revenue and discount once, however often and concurrently it runs", async () => {
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), {
      status: "published",
      approvedAt: AT,
    });
    const orderGid = await addOrder({ number: 1, arm: "treated", visitorKey: "v", bundleDiscountMinor: 100 });
    await recordConversions(opened.deps, { shop: SHOP, orderGids: [orderGid] });
    await Promise.all(
      [1, 2, 3, 4].map(() => recordConversions(opened.deps, { shop: SHOP, orderGids: [orderGid] })),
    );

    expect(await opened.deps.db.conversion.findMany()).toMatchObject([
      {
        shop: SHOP,
        orderGid,
        bundleId,
        sets: 1,
        revenueMinor: 1_800n,
        discountMinor: 200n,
        convertedAt: AT,
      },
    ]);
  });

  it("removes the conversion when a component is edited out of the order, but not when it is refunded", async () => {
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), {
      status: "published",
      approvedAt: AT,
    });
    const [anchor, other] = redeemingOrder().lines;
    const edited = { ...redeemingOrder(), lines: [anchor!, { ...other!, removedQuantity: 1 }] };
    const { lineGid } = other!;
    const refund: RefundEvent = {
      refundGid: "gid://shopify/Refund/1",
      orderGid: edited.orderGid,
      refundedAt: AT.toISOString(),
      amountMinor: 900,
      lines: [{ lineGid: lineGid!, quantity: 1 }],
      reason: "unsaid",
    };
    const tell = async (event: OrderEvent) => {
      await inTransaction(opened.deps.pool, (client) =>
        saveOrders(client, SHOP, [{ event, reportedAt: new Date(event.updatedAt) }]),
      );
      await recordConversions(opened.deps, { shop: SHOP, orderGids: [event.orderGid] });
      return opened.deps.db.conversion.findMany();
    };

    expect(await tell(redeemingOrder())).toMatchObject([{ bundleId, sets: 1 }]);
    expect(await tell(edited)).toEqual([]);
    expect(await tell({ ...edited, refunds: [refund] })).toMatchObject([{ sets: 1, revenueMinor: 900n }]);
    const window = { shop: SHOP, from: AT, to: new Date(AT.getTime() + 1) };
    expect((await sumOffers(opened.deps.pool, window)).bundles).toMatchObject([
      { bundleId, revenueMinor: 900 },
    ]);
  });

  it("removes the conversion when the order is cancelled", async () => {
    await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "published", approvedAt: AT });
    const orderGid = await addOrder({ number: 1, bundleDiscountMinor: 100 });
    await recordConversions(opened.deps, { shop: SHOP, orderGids: [orderGid] });
    await opened.deps.db.order.updateMany({ data: { cancelledAt: AT } });
    await recordConversions(opened.deps, { shop: SHOP, orderGids: [orderGid] });

    expect(await opened.deps.db.conversion.count()).toBe(0);
  });
});
