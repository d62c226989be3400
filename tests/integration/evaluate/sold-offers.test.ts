import { describe, expect, it } from "vitest";
import { sumSold } from "#app/data/visits/exposures.server.ts";
import { readResults } from "#app/services/evaluate/read-results.server.ts";
import { recordConversions } from "#app/services/evaluate/record-conversions.server.ts";
import { editBundle } from "#app/services/validate/edit-bundle.server.ts";
import { openBundleShopEachTest } from "#tests/factories/bundle-shop-each-test.ts";
import { addBundle, SHOP, type StockedVariant } from "#tests/factories/bundle-shop.ts";
import {
  addPlacedOrder,
  addVisit,
  PLACED_AT as AT,
  type NewOrder,
  type VisitFields,
} from "#tests/factories/placed-order.ts";

const WINDOW = { shop: SHOP, fromMs: AT.getTime() - 86_400_000, toMs: AT.getTime() + 86_400_000 };

const opened = await openBundleShopEachTest();

const addOrder = (order: NewOrder) => addPlacedOrder(opened.deps, opened.variants, order);
const addEvent = (visitorKey: string, kind: string, fields: VisitFields = {}) =>
  addVisit(opened.deps, { visitorKey, kind, ...fields });

describe("the sales of each offer", () => {
  it("include the visitors who saw it and added it, and the orders that redeemed it", async () => {
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), {
      status: "published",
      approvedAt: AT,
    });
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
    await recordConversions(opened.deps, { shop: SHOP, orderGids: [orderGid] });

    const { bundles, sold } = await readResults(opened.deps, WINDOW);

    expect(bundles).toMatchObject([
      {
        bundleId,
        exposedVisitors: 3,
        addedVisitors: 1,
        dismissedVisitors: 0,
        orders: 1,
        revenueMinor: 900,
      },
    ]);
    expect(sold).toEqual({ orders: 1, revenueMinor: 900, discountMinor: 200 });
  });

  it("at full price are complete orders of visitors who saw the offer before", async () => {
    const [first, second, third] = opened.variants as [StockedVariant, StockedVariant, StockedVariant];
    const bundleId = await addBundle(opened.deps, [first, second], { status: "published", discountRatio: 0 });
    const unsold = await addBundle(opened.deps, [first, third], { status: "published", discountRatio: 0 });
    const see = (visitor: string, hours: number, id = bundleId) =>
      addEvent(visitor, "offer_seen", {
        bundleId: id,
        arm: "treated",
        occurredAt: new Date(AT.getTime() + hours * 3_600_000),
      });
    await see("a", -29 * 24);
    await see("a", -1, unsold);
    await see("before", -31 * 24);
    await see("after", 1);
    await see("cancelled", -1);
    for (const [at, visitorKey] of ["a", "before", "after", "nobody"].entries())
      await addOrder({ number: at, visitorKey, fields: { refundedMinor: 500 } });
    await addOrder({ number: 9, visitorKey: "cancelled", fields: { cancelledAt: AT } });

    const { bundles, sold } = await readResults(opened.deps, WINDOW);

    const nothing = { orders: 0, revenueMinor: 0, discountMinor: 0 };
    const taken = { orders: 1, revenueMinor: 1_500, discountMinor: 0 };
    expect(bundles.find((one) => one.bundleId === bundleId)).toMatchObject(taken);
    expect(bundles.find((one) => one.bundleId === unsold)).toMatchObject(nothing);
    expect(sold).toEqual(taken);
  });

  it("at full price count what an edit left of the order, and keep refunded units as sold", async () => {
    const set = opened.variants.slice(0, 2);
    const bundleId = await addBundle(opened.deps, set, { status: "published", discountRatio: 0 });
    await addEvent("a", "offer_seen", { bundleId, arm: "treated" });
    const orderGid = await addOrder({ number: 1, visitorKey: "a" });
    const second = { where: { orderGid, position: 1 } };
    const readSold = async () => (await readResults(opened.deps, WINDOW)).sold;
    await opened.deps.db.orderLine.updateMany({ ...second, data: { refundedQuantity: 1 } });
    expect(await readSold()).toMatchObject({ orders: 0, revenueMinor: 0 });

    await opened.deps.db.orderLine.updateMany({ ...second, data: { quantity: 3, refundedQuantity: 2 } });
    expect(await readSold()).toMatchObject({ orders: 1, revenueMinor: 2_000 });

    await opened.deps.db.orderLine.updateMany({ ...second, data: { quantity: 1, refundedQuantity: 1 } });
    const refund = { shop: SHOP, orderGid, refundGid: "r", refundedAt: AT, amountMinor: 1_000 };
    await opened.deps.db.refund.create({ data: { ...refund, lines: [] } });
    expect(await readSold()).toMatchObject({ orders: 1, revenueMinor: 1_000 });
  });

  it("at full price count for a range the orders with enough of its products", async () => {
    const bundleId = await addBundle(opened.deps, opened.variants, { status: "published", discountRatio: 0 });
    const reach = async (units: number, allowsRepeats: boolean) => {
      const terms = { kind: "range", units, allowsRepeats, reward: { type: "none" } };
      await opened.deps.db.bundle.update({ where: { id: bundleId }, data: { terms } });
      return (await readResults(opened.deps, WINDOW)).sold;
    };
    await addEvent("a", "offer_seen", { bundleId, arm: "treated" });
    const orderGid = await addOrder({ number: 1, visitorKey: "a" });
    await opened.deps.db.orderLine.updateMany({ where: { orderGid, position: 0 }, data: { quantity: 2 } });

    expect(await reach(2, false)).toEqual({ orders: 1, revenueMinor: 3_000, discountMinor: 0 });
    expect(await reach(3, true)).toMatchObject({ orders: 1 });
    expect(await reach(3, false)).toMatchObject({ orders: 0 });
  });

  it("at full price include a stand-in for a product out of stock", async () => {
    const [first, second, third] = opened.variants as [StockedVariant, StockedVariant, StockedVariant];
    const bundleId = await addBundle(opened.deps, [first, third], { status: "published", discountRatio: 0 });
    await addEvent("a", "offer_seen", { bundleId, arm: "treated" });
    await addOrder({ number: 1, visitorKey: "a" });
    const standIns = [{ position: 1, ...second }];
    await opened.deps.db.bundle.update({ where: { id: bundleId }, data: { standIns } });

    const { sold } = await readResults(opened.deps, WINDOW);

    expect(sold).toEqual({ orders: 1, revenueMinor: 2_000, discountMinor: 0 });
  });

  it("at full price are divided between the offers that share a product in one order", async () => {
    const held = opened.variants.slice(0, 2);
    const bundleIds = [
      await addBundle(opened.deps, held, { status: "published", discountRatio: 0 }),
      await addBundle(opened.deps, held, { status: "published", discountRatio: 0, componentKey: "again" }),
    ];
    for (const bundleId of bundleIds) await addEvent("a", "offer_seen", { bundleId, arm: "treated" });
    await addOrder({ number: 1, visitorKey: "a" });

    const { bundles, sold } = await readResults(opened.deps, WINDOW);

    expect(bundles.map(({ orders, revenueMinor }) => [orders, revenueMinor])).toEqual([
      [1, 1_000],
      [1, 1_000],
    ]);
    expect(sold).toEqual({ orders: 1, revenueMinor: 2_000, discountMinor: 0 });
  });

  it("at full price are kept when a discount comes, and not credited to the discount", async () => {
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), {
      status: "published",
      discountRatio: 0,
    });
    const addSale = async (number: number, hours: number) => {
      const at = new Date(AT.getTime() + hours * 3_600_000);
      await addEvent(`v${number}`, "offer_seen", { bundleId, arm: "treated", occurredAt: at });
      await addOrder({ number, visitorKey: `v${number}`, fields: { placedAt: at } });
    };
    await addSale(1, -2);
    const changes = { discountRatio: 0.2 };
    await editBundle(opened.deps, { shop: SHOP, bundleId, changes, decidedBy: "staff", now: AT });
    await addSale(2, 2);

    const { sold } = await readResults(opened.deps, WINDOW);

    expect(sold).toEqual({ orders: 1, revenueMinor: 2_000, discountMinor: 0 });
  });

  it("at full price are kept when a run proposes the ended offer again at a discount", async () => {
    const at = (hours: number) => new Date(AT.getTime() + hours * 3_600_000);
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), {
      status: "published",
      discountRatio: 0,
      approvedAt: at(-12),
    });
    await addEvent("a", "offer_seen", { bundleId, arm: "treated", occurredAt: at(-6) });
    await addOrder({ number: 1, visitorKey: "a", fields: { placedAt: at(-6) } });
    const ended = { shop: SHOP, bundleId, decidedBy: "system", action: "retire", decidedAt: at(-3) };
    await opened.deps.db.decision.create({ data: ended });
    await opened.deps.db.bundle.update({ where: { id: bundleId }, data: { discountRatio: 0.2 } });
    const readSold = async () => (await readResults(opened.deps, WINDOW)).sold;
    const sold = { orders: 1, revenueMinor: 2_000, discountMinor: 0 };

    expect(await readSold()).toEqual(sold);
    const detail = { from: "proposed", to: "approved", discountRatio: 0.2 };
    await opened.deps.db.decision.create({
      data: { ...ended, action: "approve", detail, decidedAt: at(-1) },
    });
    expect(await readSold()).toEqual(sold);
  });

  it("count an order once that holds an offer at its discount and, after a switch, at full price", async () => {
    const held = opened.variants.slice(0, 2);
    const bundleId = await addBundle(opened.deps, held, { status: "published", discountRatio: 0 });
    await addEvent("a", "offer_seen", { bundleId, arm: "treated" });
    const orderGid = await addOrder({ number: 1, visitorKey: "a" });
    const discounted = { orderGid, sets: 1, revenueMinor: 1_800n, discountMinor: 200n, convertedAt: AT };
    await opened.deps.db.conversion.create({ data: { shop: SHOP, bundleId, ...discounted } });
    const taken = { orders: 1, revenueMinor: 3_800 };

    expect((await readResults(opened.deps, WINDOW)).bundles).toMatchObject([{ bundleId, ...taken }]);
    const window = { shop: SHOP, from: new Date(WINDOW.fromMs), to: new Date(WINDOW.toMs) };
    const sold = await sumSold(opened.deps.pool, { ...window, bundleIds: [bundleId] });
    expect(sold.get(bundleId)).toMatchObject(taken);
  });

  it("at full price count for a range each variant that a shopper can choose", async () => {
    const { productGid } = opened.variants[0]!;
    await opened.deps.db.variant.updateMany({ data: { productGid } });
    const [first, , third] = opened.variants.map((variant) => ({ ...variant, productGid }));
    const named = [first!, third!];
    const bundleId = await addBundle(opened.deps, named, { status: "published", discountRatio: 0 });
    const terms = { kind: "range", units: 2, allowsRepeats: false, reward: { type: "none" } };
    await opened.deps.db.bundle.update({ where: { id: bundleId }, data: { terms } });
    await addEvent("a", "offer_seen", { bundleId, arm: "treated" });
    await addOrder({ number: 1, visitorKey: "a" });

    const { sold } = await readResults(opened.deps, WINDOW);

    expect(sold).toEqual({ orders: 1, revenueMinor: 2_000, discountMinor: 0 });
  });
});
