import { describe, expect, it } from "vitest";
import type { RefundEvent } from "#app/domain/collect/order-event.ts";
import { openWords } from "#app/locales/words.server.ts";
import { createSlowAnswers } from "#app/services/deps.server.ts";
import { readResultsPage } from "#app/pages/results/read-results-page.server.ts";
import { leaveOutDays } from "#app/services/evaluate/leave-out-days.server.ts";
import { readDraw } from "#app/services/evaluate/read-measuring-period.server.ts";
import { numberOf } from "#app/domain/evaluate/proof/cohort-day.ts";
import { readResults } from "#app/services/evaluate/read-results.server.ts";
import { readUplift } from "#app/services/evaluate/read-uplift.server.ts";
import { takeDaysBack } from "#app/services/evaluate/take-days-back.server.ts";
import { saveSettings } from "#app/services/settings/save-settings.server.ts";
import { addBundle, SHOP, type StockedVariant } from "#tests/factories/bundle-shop.ts";
import {
  addPlacedOrder,
  addVisit,
  PLACED_AT as AT,
  type NewOrder,
  type VisitFields,
} from "#tests/factories/placed-order.ts";
import { openBundleShopEachTest } from "#tests/factories/bundle-shop-each-test.ts";

const WINDOW = { shop: SHOP, fromMs: AT.getTime() - 86_400_000, toMs: AT.getTime() + 86_400_000 };

const WINDOW_END = new Date(WINDOW.toMs);

const opened = await openBundleShopEachTest();

const addOrder = (order: NewOrder) => addPlacedOrder(opened.deps, opened.variants, order);

const addEvent = (visitorKey: string, kind: string, fields: VisitFields = {}) =>
  addVisit(opened.deps, { visitorKey, kind, ...fields });

const addRefund = (orderGid: string, refunded: Pick<RefundEvent, "amountMinor" | "lines">) =>
  opened.deps.db.refund.create({
    data: { shop: SHOP, orderGid, refundGid: orderGid, refundedAt: AT, ...refunded },
  });

const holdOutHalf = () =>
  opened.deps.db.shop.update({ where: { shop: SHOP }, data: { settings: { holdoutRatio: 0.5 } } });

/** The metrics of both arms by name. */
async function readMetrics() {
  const { uplift } = await readResults(opened.deps, WINDOW);
  return new Map(uplift.metrics.map((metric) => [metric.name, metric]));
}

/** An arm's revenue less the cost of goods. */
async function readMarginMinor(arm: "treated" | "holdout") {
  const { days } = await readUplift(opened.deps, { shop: SHOP, nowMs: WINDOW.toMs });
  return days.reduce((sum, day) => sum + day[arm].sums[numberOf("marginMinor")]!, 0);
}

const TIER = { units: 3, reward: { type: "percent", basisPoints: 1_000 } };
const GIFT_BY_SPENDING = { kind: "gift", spendMinor: 1_000, giftBasisPoints: 10_000 };

describe("reading the results", () => {
  it("shows no visitors in an empty shop", async () => {
    const { uplift, bundles } = await readResults(opened.deps, WINDOW);

    expect(uplift).toMatchObject({ isEnough: false, visitors: { treated: 0, holdout: 0 } });
    expect(bundles).toEqual([]);
  });

  it("counts nobody as a visitor for a cart, a checkout, an impression or an order alone", async () => {
    await addEvent("a", "cart_updated", { arm: "treated" });
    await addEvent("b", "checkout_completed", { arm: "holdout" });
    await addEvent("c", "offer_seen", { arm: "treated" });
    await addOrder({ number: 1, visitorKey: "b", arm: "holdout" });
    await addOrder({ number: 2, visitorKey: "d", arm: "treated" });

    const { arms } = await readResults(opened.deps, WINDOW);

    expect(arms.treated).toMatchObject({ visitors: 0, orders: 0, revenueMinor: 0 });
    expect(arms.holdout).toMatchObject({ visitors: 0, orders: 0, revenueMinor: 0 });
  });

  it("counts each visitor once, and subtracts refunds, cancelled and test orders", async () => {
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

    const { arms } = await readResults(opened.deps, WINDOW);

    expect(arms.treated).toMatchObject({
      visitors: 3,
      buyers: 2,
      orders: 3,
      revenueMinor: 3_800,
    });
    // The products cost half their price.
    expect(await readMarginMinor("treated")).toBe(1_800);
    const changes = { usesShopifyCosts: false, assumedMarginRatio: 0.25 };
    await saveSettings(opened.deps, { shop: SHOP, changes, now: AT });
    expect(await readMarginMinor("treated")).toBe(800);
    expect(arms.holdout).toMatchObject({ visitors: 2, buyers: 1, revenueMinor: 2_000 });
  });

  it("subtracts a refund without a line from revenue and margin, and nothing twice", async () => {
    for (const visitor of ["t1", "t2", "t3"]) await addEvent(visitor, "page_viewed", { arm: "treated" });
    for (const visitor of ["h1", "h2"]) await addEvent(visitor, "page_viewed", { arm: "holdout" });
    const add = async (number: number, visitorKey: string, refundedMinor: number, refundedQuantity = 0) => {
      const arm = visitorKey.startsWith("t") ? "treated" : "holdout";
      const orderGid = await addOrder({
        number,
        visitorKey,
        arm,
        refundedQuantity,
        fields: { refundedMinor },
      });
      await addRefund(orderGid, { amountMinor: refundedMinor, lines: [] });
    };
    await add(1, "t1", 300);
    // Both units came back, and the shopper got back what they had cost.
    await add(2, "t2", 2_000, 1);
    // More than the order's value, for example with the return shipping.
    await add(3, "t3", 2_500);
    await add(4, "h1", 0);
    await add(5, "h2", 1_300);
    await opened.deps.db.orderLine.updateMany({
      where: { orderGid: "gid://shopify/Order/5", position: 1 },
      data: { refundedQuantity: 1 },
    });

    const { arms } = await readResults(opened.deps, WINDOW);

    // Products cost half their price; both of t3's are lost.
    expect(arms.treated).toMatchObject({ buyers: 3, revenueMinor: 1_700 });
    expect(await readMarginMinor("treated")).toBe(700 - 1_000);
    // One unit back for 10.00, and another 3.00.
    expect(arms.holdout).toMatchObject({ buyers: 2, revenueMinor: 2_700 });
    expect(await readMarginMinor("holdout")).toBe(1_000 + 700 - 500);
  });

  it("calculates revenue and margin without included tax, after refunds", async () => {
    for (const visitor of ["t1", "t2", "t3"]) await addEvent(visitor, "page_viewed", { arm: "treated" });
    await addEvent("h1", "page_viewed", { arm: "holdout" });
    await addOrder({ number: 1, visitorKey: "t1", arm: "treated" });
    await addOrder({ number: 2, visitorKey: "t2", arm: "treated", refundedQuantity: 1 });
    await addOrder({ number: 3, visitorKey: "t3", arm: "treated", fields: { refundedMinor: 400 } });
    await addOrder({ number: 4, visitorKey: "h1", arm: "holdout" });
    await opened.deps.db.orderLine.updateMany({
      where: { orderGid: { in: [1, 2, 3].map((number) => `gid://shopify/Order/${number}`) } },
      data: { includedTaxMinor: 200 },
    });

    const { arms } = await readResults(opened.deps, WINDOW);

    // 16.00 of each 20.00 are net; a fifth of the third order was refunded. The products cost 5.00 each.
    expect(arms.treated.revenueMinor).toBe(1_600 + 1_280);
    expect(await readMarginMinor("treated")).toBe(600 + 280);
    expect(arms.holdout.revenueMinor).toBe(2_000);
    expect(await readMarginMinor("holdout")).toBe(1_000);
    await saveSettings(opened.deps, { shop: SHOP, changes: { usesShopifyCosts: false }, now: AT });
    expect(await readMarginMinor("treated")).toBe(800 + 480);
  });

  it("leaves out visitors with more page views a day than a person makes, in both arms", async () => {
    for (const visitor of ["person", "program"]) await addEvent(visitor, "page_viewed", { arm: "treated" });
    await addEvent("h1", "page_viewed", { arm: "holdout" });
    await opened.deps.pool.query(
      `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, arm, "occurredAt")
       SELECT $1, 'x' || n, 'program', 'page_viewed', 'treated', $2 FROM generate_series(1, 300) n`,
      [SHOP, AT.toISOString()],
    );

    expect((await readResults(opened.deps, WINDOW)).uplift.visitors).toEqual({ treated: 1, holdout: 1 });
  });

  it("leaves out visitors and orders while a Rollout withheld the discount, and says so", async () => {
    const [startedAt, endedAt] = [-2, -1].map((hours) => new Date(AT.getTime() + hours * 3_600_000));
    const rollout = { shop: SHOP, rolloutGid: "gid://shopify/Rollout/1", name: "Autumn" };
    await opened.deps.db.stretch.createMany({
      data: [
        { ...rollout, kind: "discount_withheld", startedAt: startedAt!, endedAt: endedAt! },
        { ...rollout, kind: "theme_tried", startedAt: startedAt! },
      ],
    });
    const during = new Date(startedAt!.getTime() + 60_000);
    const before = new Date(startedAt!.getTime() - 2 * 3_600_000);
    await addEvent("t1", "page_viewed", { arm: "treated", occurredAt: before });
    await addEvent("t2", "page_viewed", { arm: "treated", occurredAt: during });
    await addEvent("h1", "page_viewed", { arm: "holdout" });
    await addOrder({ number: 1, visitorKey: "t1", arm: "treated", fields: { placedAt: during } });
    await addOrder({ number: 2, visitorKey: "t1", arm: "treated" });
    await addOrder({ number: 3, visitorKey: "t2", arm: "treated" });

    const { arms, stretches, leftOutVisitors } = await readResults(opened.deps, WINDOW);

    expect(arms.treated).toMatchObject({ visitors: 1, orders: 1 });
    expect(arms.holdout).toMatchObject({ visitors: 1, orders: 0 });
    expect(leftOutVisitors).toBe(0);
    expect(stretches.map(({ kind, leftOutVisitors: left }) => [kind, left]).toSorted()).toEqual([
      ["discount_withheld", 1],
      ["theme_tried", 0],
    ]);
  });

  it("leaves out days chosen beforehand, and shows the result without days chosen late", async () => {
    const words = openWords("en");
    const leaveOut = (now: Date, reason = "outage", lastDay = "2026-11-24") => {
      const typed = { firstDay: "2026-11-24", lastDay, reason };
      return leaveOutDays(opened.deps, { shop: SHOP, typed, now, words });
    };
    const before = new Date(AT.getTime() - 86_400_000);
    await addEvent("t1", "page_viewed", { arm: "treated" });
    await addEvent("h1", "page_viewed", { arm: "holdout", occurredAt: new Date(before.getTime() + 1) });
    expect(await leaveOut(AT, "a whim")).toMatchObject({ ok: false });
    await leaveOut(AT);

    const late = await readResults(opened.deps, WINDOW);

    expect(late.uplift.visitors).toEqual({ treated: 1, holdout: 1 });
    expect(late.withoutLateDays?.visitors).toEqual({ treated: 0, holdout: 1 });
    expect(late.leftOutDays).toMatchObject([{ reason: "outage", leftOutVisitors: 0 }]);

    await leaveOut(before, "sold_out", "2026-11-25");
    const { uplift, leftOutDays } = await readResults(opened.deps, WINDOW);
    expect(uplift.visitors).toEqual({ treated: 0, holdout: 1 });
    expect(leftOutDays.map(({ reason, leftOutVisitors }) => [reason, leftOutVisitors])).toEqual([
      ["sold_out", 1],
      ["outage", 0],
    ]);
  });

  it("records days once, also from two tabs at once, and again after an undo", async () => {
    const { db } = opened.deps;
    const words = openWords("en");
    const leaveOut = () => {
      const typed = { firstDay: "2026-11-24", lastDay: "2026-11-24", reason: "outage" };
      return leaveOutDays(opened.deps, { shop: SHOP, typed, now: AT, words });
    };
    const outcomes = await Promise.all([leaveOut(), leaveOut()]);
    expect(outcomes.filter(({ ok }) => !ok)).toEqual([
      { ok: false, message: "These days are already left out." },
    ]);
    const { id } = await db.leftOutDays.findFirstOrThrow();
    await takeDaysBack(opened.deps, { shop: SHOP, id, now: AT, words });
    expect(await leaveOut()).toMatchObject({ ok: true });
    expect(await db.leftOutDays.count()).toBe(1);
  });

  /** The page of a shop with too few visitors and orders to compare. */
  const readThinPage = async () => {
    for (const visitor of ["t1", "t2", "t3"]) await addEvent(visitor, "page_viewed", { arm: "treated" });
    await addEvent("h1", "page_viewed", { arm: "holdout" });
    await addOrder({ number: 1, visitorKey: "t1", arm: "treated" });
    await addOrder({ number: 2, visitorKey: "h1", arm: "holdout" });
    return readResultsPage(opened.deps, {
      shop: SHOP,
      days: 28,
      now: WINDOW_END,
      words: openWords("en"),
    });
  };

  it("says how long the answer takes only where the pace of the shop tells it", async () => {
    expect((await readThinPage()).answer).toMatchObject({
      text: "Not known yet: too few orders so far.",
      more: [expect.stringContaining("At the pace of the last four weeks")],
    });
  });

  it("writes the share of buyers the same in both tables of the page", async () => {
    const page = await readThinPage();
    const { treated } = page.metrics.find(({ name }) => name === "buyers")!;
    expect([page.arms[0]!.buyers, treated]).toEqual(["33.33%", "33.33%"]);
  });

  it("removes days from the record until they begin, and late ones at any time", async () => {
    const words = openWords("en");
    const begin = Date.parse("2026-11-24T00:00:00Z");
    const [before, after] = [new Date(begin - 1_000), new Date(begin + 1_000)];
    const takeBack = async (notedAt: Date, now: Date, { isUndoable = true, shop = SHOP } = {}) => {
      await opened.deps.db.leftOutDays.deleteMany();
      const typed = { firstDay: "2026-11-24", lastDay: "2026-11-24", reason: "outage" };
      await leaveOutDays(opened.deps, { shop: SHOP, typed, now: notedAt, words });
      const { id } = await opened.deps.db.leftOutDays.findFirstOrThrow();
      const page = await readResultsPage(opened.deps, { shop: SHOP, days: 28, now, words });
      expect(page.leaveOut.days).toMatchObject([{ id, isUndoable }]);
      const { ok } = await takeDaysBack(opened.deps, { shop, id, now, words });
      return [ok, await opened.deps.db.leftOutDays.count()];
    };

    expect(await takeBack(before, before)).toEqual([true, 0]);
    expect(await takeBack(before, after, { isUndoable: false })).toEqual([false, 1]);
    expect(await takeBack(after, after)).toEqual([true, 0]);
    expect(await takeBack(before, before, { shop: "other-shop.myshopify.com" })).toEqual([false, 1]);
  });

  it.each([
    ["breaks", { kind: "breaks", scope: "variant", tiers: [TIER] }],
    ["gift by spending", GIFT_BY_SPENDING],
  ])("reports how often products are bought together only for sets, not for a %s", async (_, terms) => {
    const [first, second, third] = opened.variants as [StockedVariant, StockedVariant, StockedVariant];
    const id = await addBundle(opened.deps, [second], { status: "published" });
    await opened.deps.db.bundle.update({ where: { id }, data: { terms } });
    for (const [number, arm] of ["treated", "holdout"].entries()) {
      await addEvent(arm, "page_viewed", { arm });
      await addEvent(`other ${arm}`, "page_viewed", { arm });
      await addOrder({ number, visitorKey: arm, arm });
    }

    expect([...(await readMetrics()).keys()]).toContain("orderValue");
    expect([...(await readMetrics()).keys()]).not.toContain("attachRate");
    await addBundle(opened.deps, [first, third], { status: "published" });
    expect((await readMetrics()).get("attachRate")).toMatchObject({ treated: 0, holdout: 0 });
  });

  it("counts components sold at full price, bought together and returned, in both arms", async () => {
    await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "published" });
    for (const visitor of ["t1", "t2"]) await addEvent(visitor, "page_viewed", { arm: "treated" });
    for (const visitor of ["h1", "h2"]) await addEvent(visitor, "page_viewed", { arm: "holdout" });
    await addOrder({ number: 1, visitorKey: "t1", arm: "treated", bundleDiscountMinor: 100 });
    await addOrder({ number: 2, visitorKey: "h1", arm: "holdout" });
    const refunded = await addOrder({ number: 3, visitorKey: "h2", arm: "holdout", refundedQuantity: 1 });
    await addRefund(refunded, { amountMinor: 2_000, lines: [] });

    const metrics = await readMetrics();

    // Both holdout visitors bought two units at full price, and one of them returned both.
    expect(metrics.get("fullPriceUnits")).toMatchObject({ treated: 0, holdout: 1 });
    expect(metrics.get("attachRate")).toMatchObject({ treated: 1, holdout: 1 });
    expect(metrics.get("returnRate")).toMatchObject({ treated: 0, holdout: 0.5 });
    expect(metrics.get("units")).toMatchObject({ treated: 1, holdout: 1 });
    expect(metrics.get("orderValue")).toMatchObject({ treated: 1_800, holdout: 1_000 });
    expect(metrics.get("repeatRate")).toMatchObject({ treated: 0, holdout: 0 });
  });

  it("counts products as bought together only in the quantities of the bundle", async () => {
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "published" });
    await opened.deps.db.bundleComponent.updateMany({
      where: { bundleId, position: 1 },
      data: { quantity: 2 },
    });
    for (const [number, arm] of ["treated", "holdout"].entries()) {
      await addEvent(arm, "page_viewed", { arm });
      await addEvent(`other ${arm}`, "page_viewed", { arm });
      await addOrder({ number, visitorKey: arm, arm });
    }
    await opened.deps.db.orderLine.updateMany({
      where: { orderGid: "gid://shopify/Order/1", position: 1 },
      data: { quantity: 2 },
    });

    expect((await readMetrics()).get("attachRate")).toMatchObject({ treated: 0, holdout: 1 });
    // An edit takes one of the two off, then everything of the bundle.
    const edit = (position: number, refundedQuantity: number) =>
      opened.deps.db.orderLine.updateMany({
        where: { orderGid: "gid://shopify/Order/1", position },
        data: { refundedQuantity },
      });
    await edit(1, 1);
    expect((await readMetrics()).get("attachRate")).toMatchObject({ treated: 0, holdout: 0 });
    await edit(1, 2);
    await edit(0, 1);
    expect([...(await readMetrics()).keys()]).not.toContain("attachRate");
  });

  it.each<[string, number, { lineGid: string; quantity: number }[], number]>([
    ["one return that a refund names", 500, [{ lineGid: "second", quantity: 1 }], 1 / 3],
    ["two returns for a refunded sum, of whatever it was", 500, [], 0.5],
    ["no return where a refund names another line", 500, [{ lineGid: "other", quantity: 1 }], 0],
    ["no return beside a refund of nothing, as Shopify notes an edit", 0, [], 0],
  ])("of two units off an order counts %s", async (_, amountMinor, lines, returnRate) => {
    for (const [number, arm] of ["treated", "holdout"].entries()) {
      await addEvent(arm, "page_viewed", { arm });
      await addEvent(`other ${arm}`, "page_viewed", { arm });
      await addOrder({ number, visitorKey: arm, arm });
    }
    const orderGid = "gid://shopify/Order/1";
    await opened.deps.db.orderLine.updateMany({
      where: { position: 1 },
      data: { lineGid: "second", quantity: 3, refundedQuantity: 2 },
    });
    await addRefund(orderGid, { amountMinor, lines });

    // Without a refund, an edit removed both.
    expect((await readMetrics()).get("returnRate")).toMatchObject({
      treated: 0,
      holdout: returnRate,
    });
  });

  it("ignores a bundle that was withdrawn and never on the storefront", async () => {
    await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "retired" });
    for (const [number, arm] of ["treated", "holdout"].entries()) {
      await addEvent(arm, "page_viewed", { arm });
      await addEvent(`other ${arm}`, "page_viewed", { arm });
      await addOrder({ number, visitorKey: arm, arm });
    }

    const metrics = await readMetrics();

    expect(metrics.get("fullPriceUnits")).toMatchObject({ treated: 0, holdout: 0 });
    expect([...metrics.keys()]).not.toContain("attachRate");
  });

  it("counts each variant of the bought product for a gift by spending, but only the gift's own variant", async () => {
    const [bought, gift] = opened.variants as [StockedVariant, StockedVariant];
    const id = await addBundle(opened.deps, [bought, gift], { status: "published" });
    const { db } = opened.deps;
    const data = { letsShopperChoose: false, terms: GIFT_BY_SPENDING };
    await db.bundle.update({ where: { id }, data });
    await db.bundleComponent.updateMany({ where: { bundleId: id, position: 1 }, data: { isGift: true } });
    for (const [number, arm] of ["treated", "holdout"].entries()) {
      await addEvent(arm, "page_viewed", { arm });
      await addEvent(`other ${arm}`, "page_viewed", { arm });
      await addOrder({ number, visitorKey: arm, arm });
    }
    const count = async () => 2 * (await readMetrics()).get("fullPriceUnits")!.treated;
    expect(await count()).toBe(2);
    for (const [{ productGid, variantGid }, units] of [
      [bought, 2],
      [gift, 1],
    ] as const) {
      const other = {
        shop: SHOP,
        productGid,
        variantGid: `${variantGid}9`,
        title: "Other",
        priceMinor: 1_000,
      };
      await db.variant.create({ data: other });
      await db.orderLine.updateMany({ where: { variantGid }, data: { variantGid: other.variantGid } });
      await db.bundle.update({ where: { id }, data: { letsShopperChoose: units === 1 } });
      expect(await count()).toBe(units);
    }
  });

  it("shows a sale at once, even if the answer is slow and cached", async () => {
    let nowMs = 0;
    const deps = { ...opened.deps, slowAnswers: createSlowAnswers(() => (nowMs += 1_000)) };
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "published" });
    await addEvent("t1", "offer_seen", { arm: "treated", bundleId });
    const sumUp = async () =>
      (await readResults(deps, WINDOW)).bundles.map((bundle) => [bundle.exposedVisitors, bundle.orders]);

    expect(await sumUp()).toEqual([[1, 0]]);
    await addEvent("t2", "offer_seen", { arm: "treated", bundleId });
    expect(await sumUp()).toEqual([[1, 0]]);
    const sale = { orderGid: "o1", sets: 1, revenueMinor: 900n, discountMinor: 100n, convertedAt: AT };
    await opened.deps.db.conversion.create({ data: { shop: SHOP, bundleId, ...sale } });
    expect(await sumUp()).toEqual([[2, 1]]);
  });

  it("starts on the day of the first approval, and keeps a day's visitors on that day", async () => {
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "published" });
    const before = new Date(AT.getTime() - 3 * 86_400_000);
    const approvedAt = new Date(AT.getTime() - 2 * 86_400_000);
    await opened.deps.db.decision.create({
      data: { shop: SHOP, bundleId, decidedBy: "staff", action: "approve", decidedAt: approvedAt },
    });
    await addEvent("early", "page_viewed", { arm: "treated", occurredAt: before });
    for (const visitor of ["t1", "t2"]) await addEvent(visitor, "page_viewed", { arm: "treated" });
    await addEvent("h1", "page_viewed", { arm: "holdout" });
    const first = (await readResults(opened.deps, WINDOW)).uplift.visitors;
    // An event that arrives late makes its visitor one of an earlier day.
    await addEvent("h2", "page_viewed", { arm: "holdout", occurredAt: approvedAt });

    const { period, uplift } = await readResults(opened.deps, WINDOW);

    expect(first).toEqual({ treated: 2, holdout: 1 });
    expect(uplift.visitors).toEqual({ treated: 2, holdout: 2 });
    expect(period).toMatchObject({ day: 4, ofDays: 90, startMs: Date.parse("2026-11-22T00:00:00Z") });
  });

  it("checks the draw of the arms the same way in the results and for the autopilot", async () => {
    // One in fifty holdout visitors, and one in ten of the others, reaches the offer.
    await fillReach();
    await opened.deps.pool.query(
      `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, arm, "productGid", "occurredAt")
       SELECT $1, 'd' || n, 'd' || n, 'product_viewed', CASE WHEN n % 10 < 1 THEN 'holdout' ELSE 'treated' END,
         CASE WHEN n % 50 = 0 OR n % 10 = 5 THEN $3 ELSE 'another' END,
         $2::timestamp(3) + make_interval(hours => 1 + n % 3) FROM generate_series(0, 1999) n`,
      [SHOP, AT.toISOString(), opened.variants[0]!.productGid],
    );

    const { uplift } = await readResults(opened.deps, WINDOW);

    expect(uplift.sampleRatioPValue).toBeLessThan(0.5);
    expect(await readDraw(opened.deps, { shop: SHOP, nowMs: WINDOW.toMs })).toBe(uplift.sampleRatioPValue);
  });

  it("does not take a changed holdout share as a broken draw", async () => {
    await opened.deps.pool.query(
      `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, arm, "occurredAt")
       SELECT $1, 'e' || n, 'v' || n, 'page_viewed',
         CASE WHEN n % 100 < CASE WHEN n < 2000 THEN 30 ELSE 10 END THEN 'holdout' ELSE 'treated' END,
         $2::timestamp(3) - make_interval(days => CASE WHEN n < 2000 THEN 20 ELSE 2 END)
       FROM generate_series(0, 3999) n`,
      [SHOP, AT.toISOString()],
    );
    expect((await readResults(opened.deps, WINDOW)).uplift.isDrawBroken).toBe(true);
    const settings = { holdoutRatio: 0.3 };
    await opened.deps.db.shop.update({ where: { shop: SHOP }, data: { settings } });
    const now = new Date(AT.getTime() - 10 * 86_400_000);
    await saveSettings(opened.deps, { shop: SHOP, changes: { holdoutRatio: 0.1 }, now });

    expect((await readResults(opened.deps, WINDOW)).uplift.isDrawBroken).toBe(false);
  });

  it("states a bundle's effect among the visitors of its page, once there are enough", async () => {
    await holdOutHalf();
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "published" });
    const [anchor] = opened.variants;
    await opened.deps.db.decision.createMany({
      data: [
        { action: "approve", to: "approved", hours: -5 },
        { action: "pause", to: "paused", hours: -4 },
        { action: "resume", to: "approved", hours: -3 },
        { action: "edit", hours: -2 },
      ].map(({ action, to, hours }) => ({
        shop: SHOP,
        bundleId,
        decidedBy: "staff",
        action,
        detail: to ? { to } : {},
        decidedAt: new Date(AT.getTime() + hours * 3_600_000),
      })),
    });
    // Nobody could be exposed to the offer before its approval and during the pause.
    for (const hours of [-6, -3.5]) {
      const occurredAt = new Date(AT.getTime() + hours * 3_600_000);
      const { productGid } = anchor!;
      await addEvent(`v${hours}`, "product_viewed", { arm: "treated", productGid, occurredAt });
    }
    await opened.deps.pool.query(
      `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, arm, "productGid", "occurredAt")
       SELECT $1, 'e' || n, 'v' || n, 'product_viewed', CASE WHEN n % 2 = 0 THEN 'holdout' ELSE 'treated' END,
         CASE WHEN n < 600 THEN $3 ELSE 'another' END, $2::timestamp(3) FROM generate_series(0, 999) n`,
      [SHOP, AT.toISOString(), anchor!.productGid],
    );
    await opened.deps.pool.query(
      `INSERT INTO "Order" (shop, "orderGid", "placedAt", "sourceUpdatedAt", currency, "visitorKey", "totalMinor")
       SELECT $1, 'o' || n, $2::timestamp(3), $2::timestamp(3), 'USD', 'v' || n, 1000 FROM generate_series(0, 599) n
       WHERE n % 4 = 1 OR n % 8 = 0`,
      [SHOP, AT.toISOString()],
    );
    await opened.deps.pool.query(
      `INSERT INTO "OrderLine" (shop, "orderGid", position, "variantGid", title, quantity, "unitPriceMinor")
       SELECT shop, "orderGid", 0, $1, 'Product', 1, 1000 FROM "Order"`,
      [anchor!.variantGid],
    );

    const { bundleEffects } = await readResults(opened.deps, WINDOW);

    // 150 and 75 of 300 per arm bought, at a margin of 500.
    expect(bundleEffects).toMatchObject([{ id: bundleId, visitors: 600, effect: { value: 125 } }]);
    expect(bundleEffects[0]!.effect.low).toBeGreaterThan(0);
    expect(bundleEffects[0]!.effect.high).toBeLessThan(250);

    // If only the first product's page shows the offer, visitors of another component were not exposed.
    await opened.deps.pool.query(
      `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, arm, "productGid", "occurredAt")
       SELECT $1, 'f' || n, 'v' || n, 'product_viewed', CASE WHEN n % 2 = 0 THEN 'holdout' ELSE 'treated' END, $3,
         $2::timestamp(3) FROM generate_series(600, 699) n`,
      [SHOP, AT.toISOString(), opened.variants[1]!.productGid],
    );
    expect((await readResults(opened.deps, WINDOW)).bundleEffects).toMatchObject([{ visitors: 700 }]);
    await opened.deps.db.bundle.update({ where: { id: bundleId }, data: { placement: "first" } });
    expect((await readResults(opened.deps, WINDOW)).bundleEffects).toMatchObject([
      { visitors: 600, effect: { value: 125 } },
    ]);

    const changes = { usesShopifyCosts: false, assumedMarginRatio: 0.25 };
    await saveSettings(opened.deps, { shop: SHOP, changes, now: AT });
    expect((await readResults(opened.deps, WINDOW)).bundleEffects).toMatchObject([
      { visitors: 600, effect: { value: 62.5 } },
    ]);

    const gift = { shop: SHOP, bundleId, position: 9, isGift: true, priceMinor: 1_000, quantity: 1 };
    await opened.deps.db.bundleComponent.create({
      data: { ...gift, variantGid: anchor!.variantGid, productGid: anchor!.productGid, title: "Product" },
    });
    expect((await readResults(opened.deps, WINDOW)).bundleEffects).toMatchObject([
      { visitors: 600, effect: { value: 62.5 } },
    ]);
  });

  it.each(["approved", "rejected", "proposed", "retired"])(
    "states the same for an offer that is %s and off the storefront",
    async (status) => {
      const bundleId = await fillReach();
      await addEvent("v1", "offer_seen", { bundleId, arm: "treated" });
      const before = await readResults(opened.deps, WINDOW);
      expect(before.reach).toEqual({ isKnown: true });

      // Publishing keeps a sold-out offer as approved; a proposal waits for another season.
      const isEnded = status !== "approved";
      const decision = { shop: SHOP, bundleId, decidedBy: "system", action: "retire", decidedAt: WINDOW_END };
      if (isEnded) await opened.deps.db.decision.create({ data: decision });
      const startsAt = isEnded ? new Date(WINDOW_END.getTime() + 86_400_000) : null;
      await opened.deps.db.bundle.update({ where: { id: bundleId }, data: { status, startsAt } });

      const { uplift, reach } = await readResults(opened.deps, WINDOW);
      expect({ uplift, reach }).toEqual({ uplift: before.uplift, reach: before.reach });
    },
  );

  it.each<[string, string, object | null]>([
    ["is over", "retired", { action: "retire" }],
    ["is rejected", "rejected", { action: "reject", detail: { from: "published", to: "rejected" } }],
    ["is sold out, where somebody redeemed it", "approved", null],
  ])(
    "says the same of an offer that nobody is known to have seen, once it %s",
    async (_, status, decision) => {
      const bundleId = await fillReach();
      const { orderGid } = await opened.deps.db.order.findFirstOrThrow({ where: { visitorKey: "v1" } });
      const redeemed = { sets: 1, revenueMinor: 1_800, discountMinor: 200, convertedAt: AT };
      if (!decision)
        await opened.deps.db.conversion.create({ data: { shop: SHOP, orderGid, bundleId, ...redeemed } });
      const before = await readResults(opened.deps, WINDOW);
      expect(before.reach).toEqual({ isKnown: true });

      const logged = { shop: SHOP, bundleId, decidedBy: "system", action: "", decidedAt: WINDOW_END };
      if (decision) await opened.deps.db.decision.create({ data: { ...logged, ...decision } });
      await opened.deps.db.bundle.update({ where: { id: bundleId }, data: { status } });

      const { uplift, reach } = await readResults(opened.deps, WINDOW);
      expect({ uplift, reach }).toEqual({ uplift: before.uplift, reach: before.reach });
    },
  );

  it("counts nobody who came after a bundle's approval and before its first day", async () => {
    const bundleId = await fillReach();
    const startsAt = new Date(AT.getTime() + 60_000);
    await opened.deps.db.bundle.update({ where: { id: bundleId }, data: { startsAt } });
    for (const [visitor, arm] of [
      ["t", "treated"],
      ["h", "holdout"],
    ] as const)
      await addEvent(visitor, "product_viewed", {
        arm,
        productGid: opened.variants[0]!.productGid,
        occurredAt: new Date(startsAt.getTime() + 60_000),
      });

    const { uplift } = await readResults(opened.deps, WINDOW);

    // None of the orders comes after an offer.
    expect(uplift.exposableRatio).toBe(0);
    expect(uplift.perVisitorMinor.value).toBe(0);
  });

  it("counts an order in the same second as the page view with the offer", async () => {
    await fillReach();
    const occurredAt = new Date(AT.getTime() + 900);
    await opened.deps.db.browseEvent.updateMany({ data: { occurredAt } });

    const { uplift } = await readResults(opened.deps, WINDOW);

    // Ten of the forty orders without offers, as with earlier page views.
    expect(uplift.exposableRatio).toBeCloseTo(0.25, 9);
  });

  /**
   * Adds a hundred visitors of an offered product per arm, of whom ten buy, and a hundred others per arm, whose
   * purchases are chance.
   */
  async function fillReach(): Promise<string> {
    await holdOutHalf();
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "published" });
    const decidedAt = new Date(AT.getTime() - 3_600_000);
    await opened.deps.db.decision.create({
      data: {
        shop: SHOP,
        bundleId,
        decidedBy: "staff",
        action: "approve",
        detail: { to: "approved" },
        decidedAt,
      },
    });
    await opened.deps.pool.query(
      `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, arm, "productGid", "occurredAt")
       SELECT $1, 'e' || n, 'v' || n, 'product_viewed', CASE WHEN n % 2 = 0 THEN 'holdout' ELSE 'treated' END,
         CASE WHEN n < 200 THEN $3 ELSE 'another' END, $2::timestamp(3) FROM generate_series(0, 399) n`,
      [SHOP, AT.toISOString(), opened.variants[0]!.productGid],
    );
    // Sixty treated and thirty holdout visitors without an offer buy, and ten of each with one.
    for (let n = 0; n < 400; n++) {
      const buyers = n < 200 ? 20 : n % 2 === 0 ? 260 : 320;
      if (n < buyers) await addOrder({ number: n, visitorKey: `v${n}` });
    }
    return bundleId;
  }

  it("leaves visitors who never reached an offer out of the comparison", async () => {
    await fillReach();

    const { uplift, arms, reach } = await readResults(opened.deps, WINDOW);

    expect([arms.treated.orders, arms.holdout.orders]).toEqual([70, 40]);
    expect(uplift.perVisitorMinor.value).toBeCloseTo(0, 9);
    expect(uplift.metrics.find(({ name }) => name === "orders")).toMatchObject({
      treated: 0.2,
      holdout: 0.2,
    });
    expect(uplift.exposableRatio).toBeCloseTo(0.25, 9);
    expect(reach).toEqual({ isKnown: true });
  });

  it("leaves out purchases before the first view of an offer, but not those after it", async () => {
    await fillReach();
    const before = new Date(AT.getTime() - 60_000);
    // Ten of the treated had bought before, among them one who buys again.
    for (const n of [1, ...Array.from({ length: 9 }, (_, more) => 101 + 2 * more)]) {
      const orderGid = await addOrder({ number: 1_000 + n, visitorKey: `v${n}` });
      await opened.deps.db.order.update({
        where: { shop_orderGid: { shop: SHOP, orderGid } },
        data: { placedAt: before },
      });
    }

    const { uplift } = await readResults(opened.deps, WINDOW);

    const read = (name: string) => uplift.metrics.find((metric) => metric.name === name)!.difference.value;
    expect(read("orders")).toBeCloseTo(0, 9);
    // One of them was a buyer before.
    expect(read("buyers")).toBeCloseTo(-1 / 200, 9);
  });

  it("counts everybody if offers are seen elsewhere than on their products' pages", async () => {
    const bundleId = await fillReach();
    for (const visitor of ["v201", "v203"])
      await addEvent(visitor, "offer_seen", { bundleId, arm: "treated" });

    const { uplift, reach } = await readResults(opened.deps, WINDOW);

    expect(reach).toEqual({ isKnown: false });
    expect(uplift.perVisitorMinor.value).toBeCloseTo((2_000 * 30) / 200, 6);
    expect(uplift.exposableRatio).toBe(1);
  });

  it.each([
    ["holdout", "treated"],
    ["treated", "holdout"],
  ] as const)("counts a visitor seen in %s and later in %s in the first arm", async (first, later) => {
    const occurredAt = new Date(AT.getTime() - 3_600_000);
    await addEvent("both", "page_viewed", { arm: first, occurredAt });
    await addEvent("both", "page_viewed", { arm: later });

    const { visitors } = (await readResults(opened.deps, WINDOW)).uplift;

    expect(visitors).toEqual({ treated: 0, holdout: 0, [first]: 1 });
  });

  it("adds up 60,000 events and 6,000 orders exactly", async () => {
    await opened.deps.pool.query(
      `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, arm, "occurredAt")
       SELECT $1, 'e' || n, 'v' || (n % 12000), 'page_viewed',
         CASE WHEN n % 12000 % 10 = 0 THEN 'holdout' ELSE 'treated' END, $2
       FROM generate_series(1, 60000) n`,
      [SHOP, AT],
    );
    await opened.deps.pool.query(
      `INSERT INTO "Order" (shop, "orderGid", "placedAt", "sourceUpdatedAt", currency, "visitorKey", arm, "totalMinor")
       SELECT $1, 'o' || n, $2, $2, 'USD', 'v' || n, CASE WHEN n % 10 = 0 THEN 'holdout' ELSE 'treated' END, 2000
       FROM generate_series(1, 6000) n`,
      [SHOP, AT],
    );
    await opened.deps.pool.query(
      `INSERT INTO "OrderLine" (shop, "orderGid", position, "variantGid", title, quantity, "unitPriceMinor")
       SELECT $1, 'o' || n, line, $2, 'Product', 1, 1000 FROM generate_series(1, 6000) n, generate_series(0, 1) line`,
      [SHOP, opened.variants[0]!.variantGid],
    );
    await opened.deps.pool.query("ANALYZE");
    const { arms, uplift } = await readResults(opened.deps, WINDOW);

    expect(arms.holdout).toMatchObject({ visitors: 1_200, orders: 600, revenueMinor: 1_200_000 });
    expect(uplift.perVisitorMinor.value).toBeCloseTo(0, 6);
  });
});
