import { describe, expect, it } from "vitest";
import { countShopDays } from "#app/data/bundles/offer-trials.server.ts";
import type { ShownOffer } from "#app/domain/propose/quantity/pool-outcomes.ts";
import type { BundleDecision } from "#app/domain/validate/decide.ts";
import { readOfferOutcomes } from "#app/services/evaluate/read-offer-outcomes.server.ts";
import { editBundle } from "#app/services/validate/edit-bundle.server.ts";
import { decideBundle } from "#app/services/validate/decide-bundle.server.ts";
import type { Reward } from "#app/domain/offer/offer.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { addBundle, SHOP, type StockedVariant } from "#tests/factories/bundle-shop.ts";
import { BREAKS, GIFT, NOW, PRICE, RANGE, at, openSteeredShop } from "#tests/factories/steered-shop.ts";

const { opened, publish, publishKind, visit } = await openSteeredShop();

describe("the outcomes that the next proposals learn from", () => {
  const outcomes = () =>
    readOfferOutcomes(opened.deps, {
      shop: SHOP,
      now: NOW,
      settings: ShopSettings.parse({}),
      indexOf: new Map(opened.variants.map(({ variantGid }, item) => [variantGid, item])),
    });
  const visitBothArms = async (id: string, components: StockedVariant[]) => {
    await visit(id, components, { day: -10, visitors: 40, sets: 8, parts: 4 });
    await visit(id, components, { day: -10, visitors: 10, sets: 1, parts: 2, arm: "holdout" });
  };

  /** Adds these fields to the expectation recorded at the approval; null removes the expectation. */
  const promise = async (bundleId: string, more: object | null) => {
    for (const { id, detail } of await opened.deps.db.decision.findMany({
      where: { bundleId, action: "approve" },
    })) {
      const { expected, ...rest } = detail as { expected: object };
      const data = { detail: { ...rest, expected: more === null ? {} : { ...expected, ...more } } };
      await opened.deps.db.decision.update({ where: { id }, data });
    }
  };

  it("are empty before an offer was on the storefront", async () => {
    await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "proposed" });
    expect(await outcomes()).toEqual([]);
  });

  it("are the purchases of visitors with the offer and of the holdout, with less weight for older days", async () => {
    const components = opened.variants.slice(0, 2);
    await visitBothArms(await publish(components, 30), components);
    const [outcome, ...others] = await outcomes();
    expect(others).toEqual([]);
    expect(outcome!.items).toEqual([0, 1]);
    const [without, offered] = [null, 0.1].map((ratio) =>
      outcome!.trials.find(({ discountRatio }) => discountRatio === ratio),
    );
    expect(offered!.sets / offered!.visitors).toBeCloseTo(0.2);
    expect(without!.sets / without!.visitors).toBeCloseTo(0.1);
    expect(offered!.visitors).toBeLessThan(40);
  });

  it("keep the orders expected without the offer at its approval, whatever later runs state", async () => {
    const components = opened.variants.slice(0, 2);
    const id = await publish(components, 30);
    await visitBothArms(id, components);
    const { ordersAnyway } = (await outcomes())[0]!;
    expect(ordersAnyway).toBeGreaterThan(0);
    const rest = { value: 9, low: 0, high: 20 };
    const expected = {
      ordersAnyway: rest,
      ordersWithOffer: rest,
      extraMarginMinor: rest,
      extraRevenueMinor: rest,
    };
    await opened.deps.db.bundle.update({ where: { id }, data: { expected } });
    expect((await outcomes())[0]!.ordersAnyway).toBe(ordersAnyway);

    // Both decisions record the current expectation, and both lead to an approved offer.
    const decide = (decision: BundleDecision, day: number) =>
      decideBundle(opened.deps, { shop: SHOP, bundleId: id, decision, decidedBy: "staff", now: at(day) });
    expect(await decide("pause", -2)).toMatchObject({ ok: true });
    expect(await decide("resume", -1.5)).toMatchObject({ ok: true, value: { status: "approved" } });
    expect((await outcomes())[0]!.ordersAnyway).toBe(ordersAnyway);
    expect(await decide("pause", -1)).toMatchObject({ ok: true });
    expect(await decide("undo", -0.5)).toMatchObject({ ok: true, value: { status: "approved" } });
    expect((await outcomes())[0]!.ordersAnyway).toBe(ordersAnyway);
  });

  it("have no expectation for an offer that was approved without one", async () => {
    const components = opened.variants.slice(0, 2);
    const id = await publish(components, 30);
    await visitBothArms(id, components);
    await promise(id, null);
    expect((await outcomes())[0]!.ordersAnyway).toBeNull();
  });

  it("leave out visitors from the time of a former currency, whose orders no longer count", async () => {
    const components = opened.variants.slice(0, 2);
    const id = await publish(components, 30);
    await visitBothArms(id, components);
    await opened.deps.db.order.updateMany({ data: { currency: "EUR" } });
    // A file in another currency says nothing about the shop's own.
    await opened.deps.db.order.create({
      data: {
        shop: SHOP,
        orderGid: "file",
        placedAt: at(-1),
        sourceUpdatedAt: at(-1),
        currency: "EUR",
        source: "import",
      },
    });
    expect(await outcomes()).toEqual([]);

    await visit(id, components, { day: -5, visitors: 20, sets: 4, parts: 0 });
    const [{ trials }] = (await outcomes()) as [ShownOffer];
    expect(trials).toHaveLength(1);
    expect(trials[0]!.sets / trials[0]!.visitors).toBeCloseTo(0.2);
  });

  it("scale an expectation in a former currency by the share of orders that still count", async () => {
    const components = opened.variants.slice(0, 2);
    const id = await publish(components, 30);
    await visit(id, components, { day: -5.2, visitors: 40, sets: 12, parts: 0 });
    await opened.deps.db.order.updateMany({ data: { currency: "EUR" } });
    await visit(id, components, { day: -5.1, visitors: 20, sets: 4, parts: 0 });
    const window = { shop: SHOP, from: at(-10), to: NOW };
    expect(await countShopDays(opened.deps.pool, window)).toEqual([{ ageDays: 5, orders: 16, known: 4 }]);
  });

  it("distinguish shown at full price from not shown", async () => {
    const components = opened.variants.slice(0, 2);
    await visitBothArms(await publish(components, 30, 0), components);
    const [outcome] = await outcomes();
    expect(outcome!.trials.map(({ discountRatio }) => discountRatio).toSorted()).toEqual([0, null]);
  });

  it("are those of each pair of three products at full price, with each pair's expectation", async () => {
    const three = opened.variants.slice(0, 3);
    const id = await publish(three, 30, 0.2);
    await visitBothArms(id, three);
    const edit = async (reward: Reward, day: number) => {
      const changes = { terms: { kind: "set", reward } } as const;
      const edited = await editBundle(opened.deps, {
        shop: SHOP,
        bundleId: id,
        changes,
        decidedBy: "staff",
        now: at(day),
      });
      expect(edited).toMatchObject({ ok: true });
    };
    await edit({ type: "none" }, -8);
    await visit(id, three, { day: -5, visitors: 40, sets: 8, parts: 4 });
    await promise(id, { pairsAnyway: [30, 20, 10] });

    const learned = await outcomes();
    expect(learned.map(({ items }) => items)).toEqual([
      [0, 1],
      [0, 2],
    ]);
    expect(learned.map(({ trials }) => trials.map(({ discountRatio }) => discountRatio).toSorted())).toEqual([
      [0, null],
      [0, null],
    ]);
    const boughtOf = (pair: number) =>
      learned[pair]!.trials.find(({ discountRatio }) => discountRatio === 0)!;
    expect(boughtOf(0).sets / boughtOf(0).visitors).toBeCloseTo(0.2);
    expect(boughtOf(1).sets).toBe(0);
    expect(learned[0]!.ordersAnyway! / learned[1]!.ordersAnyway!).toBeCloseTo(1.5);

    await edit({ type: "percent", basisPoints: 2_000 }, -1);
    const [whole, ...others] = await outcomes();
    expect(others).toEqual([]);
    expect(whole!.items).toEqual([0, 1, 2]);
    expect(whole!.trials.map(({ discountRatio }) => discountRatio).toSorted()).toEqual([0.2, null]);
  });

  it.each([
    ["price of the whole", PRICE, [0, 1]],
    ["gift", GIFT, [0, 1]],
    ["gift by spending", { ...GIFT, spendMinor: 1_000 }, [0]],
    ["range", RANGE, [0, 1]],
    ["quantity breaks", BREAKS, [0, 1]],
  ] as const)("describe a %s by its share of the price", async (_, terms, items) => {
    const components = opened.variants.slice(0, 2);
    const id = await publishKind(terms, 0.19, components);
    await visitBothArms(id, components);
    const [outcome] = await outcomes();
    expect(outcome).toMatchObject({ terms, items });
    expect(outcome!.trials.map(({ discountRatio }) => discountRatio).toSorted()).toEqual([0.19, null]);
    for (const { sets } of outcome!.trials) expect(sets).toBeGreaterThan(0);
  });

  it("describe a range of three at full price as a whole", async () => {
    const three = opened.variants.slice(0, 3);
    await visitBothArms(await publishKind({ ...RANGE, reward: { type: "none" } }, 0, three), three);
    const ranges = await outcomes();
    expect(ranges.map(({ items }) => items)).toEqual([[0, 1, 2]]);
    expect(ranges[0]!.trials.map(({ discountRatio }) => discountRatio).toSorted()).toEqual([0, null]);
  });

  it("include retired offers, because the good ones alone would promise too much", async () => {
    const components = opened.variants.slice(0, 2);
    const id = await publish(components, 30);
    await visitBothArms(id, components);
    await opened.deps.db.bundle.update({ where: { id }, data: { status: "retired" } });
    expect(await outcomes()).toHaveLength(1);
  });

  it("leave out an offer with a product that the catalogue no longer has", async () => {
    const components = opened.variants.slice(0, 2);
    await visitBothArms(await publish(components, 30), components);
    const known = new Map([[components[0]!.variantGid, 0]]);
    const settings = ShopSettings.parse({});
    expect(await readOfferOutcomes(opened.deps, { shop: SHOP, now: NOW, settings, indexOf: known })).toEqual(
      [],
    );
  });
});
