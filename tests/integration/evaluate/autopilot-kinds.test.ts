import { describe, expect, it } from "vitest";
import { undoDecision } from "#app/services/validate/undo-decision.server.ts";
import { editBundle } from "#app/services/validate/edit-bundle.server.ts";
import { steerShop } from "#app/services/evaluate/steer-shop.server.ts";
import { purchaseRuleOf, type OfferTerms } from "#app/domain/offer/offer.ts";
import { SHOP, type StockedVariant } from "#tests/factories/bundle-shop.ts";
import {
  BREAKS,
  GIFT,
  HIGH,
  LOW,
  NOW,
  PRICE,
  RANGE,
  at,
  stockOf,
  openSteeredShop,
} from "#tests/factories/steered-shop.ts";

const OF_THREE = { ...RANGE, units: 3 } as const;

const { opened, on, steer, read, publishKind, saveForecast, visit, countTrials } = await openSteeredShop();

describe("offers of every kind", () => {
  const pair = () => opened.variants.slice(0, 2);
  const limit = (settings: { maxDiscountRatio?: number }) =>
    opened.deps.db.shop.update({
      where: { shop: SHOP },
      data: { settings: { holdoutRatio: 0, ...settings } },
    });

  it.each([
    ["range", RANGE, 0.19],
    ["quantity breaks", BREAKS, 0.19],
    ["fixed price", PRICE, 0.19],
    ["gift", GIFT, 0.5],
  ] as const)("pause a %s that loses, with the reason", async (_, terms, discountRatio) => {
    const id = await publishKind(terms, discountRatio, pair());
    await limit({ maxDiscountRatio: 0.19 });
    await visit(id, pair(), { day: -45, visitors: 3_000, sets: 900, parts: 100, hasImpression: false });
    await visit(id, pair(), { day: -20, visitors: 3_000, sets: 900, parts: 100 });
    await opened.deps.db.orderLine.updateMany({
      where: { orderGid: { contains: "--20-" } },
      data: { discountMinor: discountRatio * 1_000, bundleDiscountMinor: discountRatio * 1_000 },
    });
    await on();

    expect((await steer()).actions).toMatchObject([
      { bundleId: id, action: "pause", heldFor: "loser", reason: { code: "paused.loser" } },
    ]);
    expect(await read(id)).toMatchObject({ status: "paused", terms });
  });

  it("never get another price for a gift, and stay unchanged if the gift is no longer in the shop", async () => {
    const id = await publishKind(GIFT, 0.5, pair());
    await visit(id, pair(), { day: -60, visitors: 1_000, sets: 5, parts: 20, hasImpression: false });
    await on();
    expect((await steer()).actions).toEqual([]);

    await opened.deps.db.product.updateMany({
      where: { productGid: pair()[1]!.productGid },
      data: { deletedAt: NOW },
    });
    expect((await steer(at(1))).actions).toEqual([]);
  });

  it("stay unchanged as a range with too few products left, and are steered with one product less", async () => {
    const id = await publishKind(RANGE, 0.19, opened.variants.slice(0, 3));
    await on();
    const remove = ({ productGid }: StockedVariant) =>
      opened.deps.db.product.updateMany({ where: { productGid }, data: { deletedAt: NOW } });
    await remove(opened.variants[2]!);
    expect((await steer()).actions).toMatchObject([{ bundleId: id, action: "price" }]);

    await remove(opened.variants[1]!);
    expect((await steer(at(1))).actions).toEqual([]);
  });

  it.each([
    ["range", RANGE],
    ["quantity breaks", BREAKS],
    ["fixed price", PRICE],
  ] as const)(
    "get another price within the limits for a %s, and the merchant can undo it",
    async (_, terms) => {
      const id = await publishKind(terms, 0.19, pair());
      await limit({ maxDiscountRatio: 0.12 });
      await on();

      expect((await steer()).actions).toMatchObject([{ bundleId: id, action: "price" }]);
      const steered = await read(id);
      expect(steered).toMatchObject({ status: "published", terms: { kind: terms.kind } });
      expect(steered.terms).not.toEqual(terms);
      expect(steered.discountRatio).toBeLessThanOrEqual(0.12);
      expect(steered.decisions.at(-1)).toMatchObject({
        decidedBy: "autopilot",
        detail: { before: { discountRatio: 0.19, terms }, changes: { terms: steered.terms } },
      });

      const undo = (now: Date) =>
        undoDecision(opened.deps, { shop: SHOP, bundleId: id, decidedBy: "staff", now });
      expect(await undo(at(0.5))).toEqual({ ok: true, value: null });
      expect(await read(id)).toMatchObject({ status: "published", terms, discountRatio: 0.19 });
      expect(await undo(at(0.6))).toEqual({ ok: false, reason: "nothing_to_undo" });
      // A price that a person set is theirs until the autopilot starts again.
      expect((await steer(at(1))).actions).toEqual([]);
    },
  );

  it("keep a person's changes to lower tiers, and changes made while the autopilot reads", async () => {
    const id = await publishKind(BREAKS, 0.19, pair());
    await limit({ maxDiscountRatio: 0.12 });
    await on();
    const { db } = opened.deps;
    const byOther = { ...BREAKS, tiers: [HIGH] };
    const lateDb = new Proxy(db, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (name !== "$transaction") return value;
        return async (...work: unknown[]) => {
          await db.bundle.update({ where: { id }, data: { terms: byOther } });
          return Reflect.apply(value as typeof db.$transaction, target, work) as unknown;
        };
      },
    });
    expect((await steerShop({ ...opened.deps, db: lateDb }, { shop: SHOP, now: NOW })).actions).toEqual([]);
    expect((await read(id)).terms).toEqual(byOther);

    await db.bundle.update({ where: { id }, data: { terms: BREAKS } });
    const changes = { terms: { ...BREAKS, tiers: [{ ...LOW, units: 3 }, HIGH] } };
    await editBundle(opened.deps, { shop: SHOP, bundleId: id, changes, decidedBy: "staff", now: at(0.5) });
    expect((await steer(at(1))).actions).toEqual([]);
  });

  it("count returns from refunds, not units that an edit removed before shipping", async () => {
    const id = await publishKind(PRICE, 0.1, pair());
    await visit(id, pair(), { day: -3, visitors: 40, sets: 8, parts: 4 });
    const orderGid = `${id}--3-treated-1`;
    await opened.deps.db.orderLine.updateMany({
      where: { orderGid, position: 1 },
      data: { refundedQuantity: 1 },
    });
    const count = () => countTrials(id, purchaseRuleOf(PRICE));
    expect(await count()).toMatchObject([{ sets: 7, parts: 5, unitsSold: 19, unitsReturned: 0 }]);

    await opened.deps.db.refund.create({
      data: { shop: SHOP, orderGid, refundGid: "r", refundedAt: NOW, amountMinor: 1_000, lines: [] },
    });
    expect(await count()).toMatchObject([{ sets: 8, parts: 4, unitsSold: 20, unitsReturned: 1 }]);
  });

  it("count one purchase by the rule of their kind", async () => {
    const [a, b, c] = opened.variants as [StockedVariant, StockedVariant, StockedVariant];
    const id = await publishKind(RANGE, 0.1, [a, b, c]);
    await visit(id, [a, b], { day: -3, visitors: 40, sets: 8, parts: 4 });
    const count = async (terms: OfferTerms) => countTrials(id, purchaseRuleOf(terms));
    const breaks = (scope: "variant" | "product" | "pool", units: number): OfferTerms => ({
      ...BREAKS,
      scope,
      tiers: [{ ...LOW, units }],
    });

    // Any two of three designs, at 10.00 each.
    expect(await count(RANGE)).toMatchObject([{ sets: 8, parts: 4, setMarginMinor: 8 * 800 }]);
    expect(await count(OF_THREE)).toMatchObject([{ sets: 0, parts: 12 }]);
    expect(await count(breaks("variant", 2))).toMatchObject([{ sets: 0, parts: 12 }]);
    expect(await count(breaks("product", 2))).toMatchObject([{ sets: 0, parts: 12 }]);
    // Now three units of the first product: twelve orders of one and a half purchases each, and two units of one
    // design.
    await opened.deps.db.orderLine.updateMany({
      where: { variantGid: a.variantGid },
      data: { quantity: 3, discountMinor: 300, bundleDiscountMinor: 200 },
    });
    expect(await count(breaks("product", 2))).toMatchObject([
      {
        sets: 12 * 1.5,
        setsSquared: 12 * 1.5 ** 2,
        parts: 0,
        givenMinor: 12 * 200,
        setMarginMinor: 8 * 1_600 + 4 * 1_200,
      },
    ]);
    expect(await count(breaks("pool", 2))).toMatchObject([{ sets: 8 * 2 + 4 * 1.5, parts: 0 }]);
    expect(await count(RANGE)).toMatchObject([{ sets: 8 * 2, parts: 4 }]);
    // A reseller's order counts as at most four purchases, and its money in the same proportion.
    await opened.deps.db.orderLine.updateMany({
      where: { variantGid: a.variantGid },
      data: { quantity: 100, bundleDiscountMinor: 5_000 },
    });
    expect(await count(breaks("product", 2))).toMatchObject([
      { sets: 12 * 4, givenMinor: expect.closeTo((12 * 5_000 * 4) / 50, 6) as number },
    ]);
    // Shoppers spend 20.00 on the first two products and get the third, which has no page of its own.
    await opened.deps.db.bundleComponent.updateMany({
      where: { bundleId: id, position: 2 },
      data: { isGift: true },
    });
    const spending = { ...GIFT, spendMinor: 2_000 };
    expect(await count(spending)).toMatchObject([{ sets: 0, parts: 12 }]);
    await opened.deps.db.orderLine.updateMany({
      where: { variantGid: b.variantGid },
      data: { variantGid: c.variantGid },
    });
    expect(await count(spending)).toMatchObject([{ sets: 8, parts: 4 }]);
  });

  it("count a gift as given and never as bought, and accept no other variant as the gift", async () => {
    const [a, b] = opened.variants as [StockedVariant, StockedVariant];
    const terms = { ...GIFT, spendMinor: 1_000 };
    const id = await publishKind(terms, 0.5, [a, b, b]);
    await visit(id, [a, b], { day: -3, visitors: 40, sets: 8, parts: 4 });
    const count = (spendMinor: number) => countTrials(id, purchaseRuleOf({ ...terms, spendMinor }));
    // At the checkout the 10.00 of the gift do not count as spent either.
    expect(await count(1_000)).toMatchObject([{ sets: 8, parts: 4, unitsSold: 20 }]);
    expect(await count(1_500)).toMatchObject([{ sets: 0, parts: 12, unitsSold: 20 }]);

    const variantGid = "gid://shopify/ProductVariant/999";
    const { productGid } = b;
    await opened.deps.db.variant.create({
      data: { shop: SHOP, productGid, variantGid, title: "Other", priceMinor: 1_000 },
    });
    await opened.deps.db.orderLine.updateMany({ where: { variantGid: b.variantGid }, data: { variantGid } });
    expect(await count(1_000)).toMatchObject([{ sets: 0, parts: 12, unitsSold: 20 }]);
    await opened.deps.db.bundleComponent.deleteMany({ where: { bundleId: id, position: 1 } });
    expect(await count(1_000)).toMatchObject([{ sets: 0, parts: 12, unitsSold: 12 }]);
  });

  it("are paused for stock as a pool only when the whole pool runs out", async () => {
    const id = await publishKind(RANGE, 0.1, opened.variants.slice(0, 3));
    await limit({ maxDiscountRatio: 0.1 });
    await saveForecast(opened.variants.slice(0, 3));
    const stock = async (units: readonly number[]) => {
      for (const [at, inventoryQuantity] of units.entries())
        await opened.deps.db.variant.update({
          where: stockOf(opened.variants[at]!),
          data: { inventoryQuantity },
        });
    };
    await stock([0, 60, 60]);
    await on();
    expect((await steer()).actions.filter(({ action }) => action === "pause")).toEqual([]);

    await stock([0, 6, 6]);
    expect((await steer(at(1))).actions).toMatchObject([
      { bundleId: id, action: "pause", heldFor: "stock", reason: { values: { days: 4 } } },
    ]);
  });
});
