import { describe, expect, it } from "vitest";
import { countRefundReasons } from "#app/data/orders/refund-reasons.server.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { recordConversions } from "#app/services/evaluate/record-conversions.server.ts";
import { addBundle, SHOP } from "#tests/factories/bundle-shop.ts";
import { addPlacedOrder, PLACED_AT as AT, type NewOrder } from "#tests/factories/placed-order.ts";
import { openBundleShopEachTest } from "#tests/factories/bundle-shop-each-test.ts";

const WINDOW = { shop: SHOP, fromMs: AT.getTime() - 86_400_000, toMs: AT.getTime() + 86_400_000 };

const opened = await openBundleShopEachTest();

const addOrder = (order: NewOrder) => addPlacedOrder(opened.deps, opened.variants, order);

describe("the reasons of refunds", () => {
  it("are counted once per order, with and without a bundle, and without cancelled orders", async () => {
    await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "published", approvedAt: AT });
    const refunds: [number, string[]][] = [
      [1, ["unsaid", "size"]],
      [2, ["damaged"]],
      [3, ["size"]],
      [4, []],
    ];
    for (const [number, reasons] of refunds) {
      const fields = number === 3 ? { cancelledAt: AT } : {};
      const orderGid = await addOrder({ number, bundleDiscountMinor: number === 1 ? 100 : 0, fields });
      await recordConversions(opened.deps, { shop: SHOP, orderGids: [orderGid] });
      await opened.deps.db.refund.createMany({
        data: reasons.map((reason, place) => ({
          shop: SHOP,
          orderGid,
          refundGid: `r${number}-${place}`,
          refundedAt: AT,
          amountMinor: 500,
          lines: [],
          reason,
        })),
      });
    }
    const window = { shop: SHOP, from: new Date(WINDOW.fromMs), to: new Date(WINDOW.toMs) };

    const { withBundle, without } = await countRefundReasons(opened.deps.pool, window);

    expect(withBundle).toMatchObject({ orders: 1, byReason: { size: 1, damaged: 0, unsaid: 0 } });
    expect(without).toMatchObject({ orders: 2, byReason: { size: 0, damaged: 1 } });
  });

  it("match a count over every order, for random orders, cancellations, conversions and refunds", async () => {
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), {
      status: "published",
      approvedAt: AT,
    });
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
    await opened.deps.db.order.createMany({
      data: orders.map(({ orderGid, placedAt, isTest, isCancelled }) => ({
        ...stamp,
        orderGid,
        placedAt,
        isTest,
        cancelledAt: isCancelled ? AT : null,
      })),
    });
    await opened.deps.db.conversion.createMany({
      data: orders
        .filter(({ hasBundle }) => hasBundle)
        .map(({ orderGid, placedAt }) => ({
          shop: SHOP,
          orderGid,
          bundleId,
          convertedAt: placedAt,
          sets: 1,
          revenueMinor: 1,
          discountMinor: 1,
        })),
    });
    await opened.deps.db.refund.createMany({
      data: orders.flatMap(({ orderGid, placedAt, refunds }) =>
        refunds.map(({ afterMs, reason }, place) => ({
          shop: SHOP,
          orderGid,
          refundGid: `${orderGid} ${place}`,
          reason,
          amountMinor: 1,
          lines: [],
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

    const { withBundle, without } = await countRefundReasons(opened.deps.pool, window);

    expect({ withBundle, without }).toMatchObject({ withBundle: count(true), without: count(false) });
  });
});
