import { describe, expect, it } from "vitest";
import { countOfferTrials } from "#app/data/bundles/offer-trials.server.ts";
import { measureIncludedTax, readSettings } from "#app/data/shops/shops.server.ts";
import { expectAt } from "#app/domain/publish/expect-now.ts";
import { purchaseRuleOf, toOfferTerms } from "#app/domain/offer/offer.ts";
import { createShopFormat } from "#app/locales/shop-format.server.ts";
import { openWords } from "#app/locales/words.server.ts";
import { describeMargins, describeSteps } from "#app/pages/bundle/describe-terms.server.ts";
import { describeGain } from "#app/pages/describe-suggestion.server.ts";
import { readRunBaskets } from "#app/services/prepare/prepare-run.server.ts";
import { saveSettings } from "#app/services/settings/save-settings.server.ts";
import { readBundlePage } from "#app/pages/bundle/read-bundle-page.server.ts";
import { editBundle } from "#app/services/validate/edit-bundle.server.ts";
import { readOfferOutlook } from "#app/services/evaluate/read-offer-evidence.server.ts";
import { addBundle, SHOP } from "#tests/factories/bundle-shop.ts";
import { openBundleShopEachTest } from "#tests/factories/bundle-shop-each-test.ts";
import { addPlacedOrder, PLACED_AT as NOW } from "#tests/factories/placed-order.ts";

const opened = await openBundleShopEachTest();

/** Adds an order of two units at 10.00, each with this much tax included. */
async function addTaxed(number: number, includedTaxMinor: number | null, fields = {}) {
  const orderGid = await addPlacedOrder(opened.deps, opened.variants, { number, fields });
  await opened.deps.db.orderLine.updateMany({ where: { orderGid }, data: { includedTaxMinor } });
}

const readTax = async () => (await readSettings(opened.deps.db, SHOP)).includedTaxRatio;
const holdTax = (includedTaxRatio: number) =>
  saveSettings(opened.deps, { shop: SHOP, changes: { includedTaxRatio }, now: NOW });

describe("the tax that prices hold", () => {
  it("comes from the counted orders of the last months, and stays if none of them states it", async () => {
    await measureIncludedTax(opened.deps.db, SHOP, NOW);
    expect(await readTax()).toBe(0);
    await addTaxed(1, 160);
    await addTaxed(2, 0);
    await addTaxed(3, null);
    await addTaxed(4, 500, { isTest: true });
    await addTaxed(5, 500, { cancelledAt: NOW });
    await addTaxed(6, 500, { placedAt: new Date("2026-06-01T00:00:00Z") });
    await addTaxed(7, 500, { currency: "JPY" });
    await measureIncludedTax(opened.deps.db, SHOP, NOW);
    // 3.20 on a net amount of 36.80.
    expect(await readTax()).toBe(0.087);
    await saveSettings(opened.deps, { shop: SHOP, changes: { maxProposals: 7 }, now: NOW });
    await opened.deps.db.order.deleteMany({});
    await measureIncludedTax(opened.deps.db, SHOP, NOW);
    expect(await readTax()).toBe(0.087);
  });
});

describe("a margin", () => {
  it("is below the floor if the tax in the price makes it so, and the merchant is warned", async () => {
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2));
    const warn = async (discountRatio: number) => {
      const where = { shop: SHOP, bundleId, decidedBy: "1", now: NOW };
      const edited = await editBundle(opened.deps, { ...where, changes: { discountRatio } });
      return edited.ok ? edited.value.warnings.map(({ code }) => code) : null;
    };
    // 14.00 for goods of 10.00 leaves 4.00. Without a tax of 20 % it is 11.67, which leaves only 1.67.
    expect(await warn(0.3)).toEqual(["overLimit"]);
    await holdTax(0.2);
    expect(await warn(0.3)).toEqual(["overLimit", "belowFloor"]);
    expect(await warn(0.29)).toEqual(["overLimit"]);
  });

  it("is shown as the money that the merchant keeps", async () => {
    const settings = { ...(await readSettings(opened.deps.db, SHOP)), includedTaxRatio: 0.2 };
    const words = openWords("en");
    const format = createShopFormat({ currency: "USD", timeZone: "UTC" }, words.locale);
    const components = opened.variants.slice(0, 2).map(({ variantGid, productGid }) => ({
      variantGid,
      productGid,
      quantity: 1,
      isGift: false,
      priceMinor: 1_200,
      variant: { costMinor: 500 },
    }));
    const terms = { kind: "set", reward: { type: "percent", basisPoints: 2_500 } } as const;
    const [step] = describeSteps(components, { terms, currency: "USD", settings, format, words });
    // 18.00 contain 3.00 of tax.
    expect(step!.leaves).toContain("Sold for $18.00 (about $15.00 before tax), it leaves you $5.00");
    expect(step!.leaves).toContain("Without the offer it would be $10.00");
    const margins = describeMargins(components, { terms, currency: "USD", settings, format, words });
    expect(margins.find(({ isCurrent }) => isCurrent)).toMatchObject({
      price: "$18.00",
      profit: "$5.00",
      parts: { goods: 10, profit: 5, tax: 3, discount: 6 },
    });
  });

  it("is calculated without tax by a run", async () => {
    await holdTax(0.2);
    const run = await opened.deps.db.run.create({ data: { shop: SHOP, cutoffAt: NOW } });
    const { baskets } = await readRunBaskets(opened.deps, { ...run, status: "running" });
    expect(baskets.items.map(({ costMinor }) => costMinor)).toEqual([600, 600, 600, 600]);
  });

  it("is calculated without tax by the autopilot", async () => {
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2));
    const visitor = {
      shop: SHOP,
      visitorKey: "v",
      arm: "holdout",
      productGid: opened.variants[0]!.productGid,
    };
    await opened.deps.db.browseEvent.create({
      data: { ...visitor, eventId: "1", kind: "product_viewed", occurredAt: NOW },
    });
    const placedAt = new Date(NOW.getTime() + 60_000);
    await addPlacedOrder(opened.deps, opened.variants, { number: 1, visitorKey: "v", fields: { placedAt } });
    const to = new Date(NOW.getTime() + 3_600_000);
    const terms = toOfferTerms({ terms: null, discountRatio: 0.1 });
    const times = [{ fromMs: NOW.getTime(), toMs: to.getTime(), discountRatio: null }];
    const count = async (costs: { usesShopifyCosts: boolean; includedTaxRatio: number }) => {
      const offers = [{ key: bundleId, bundleId, times, purchase: purchaseRuleOf(terms) }];
      const window = { shop: SHOP, from: NOW, to, offers, assumedMarginRatio: 0.3 };
      const [day] = await countOfferTrials(opened.deps.pool, { ...window, ...costs });
      return day?.setMarginMinor;
    };
    expect(await count({ usesShopifyCosts: true, includedTaxRatio: 0 })).toBe(1_000);
    expect(await count({ usesShopifyCosts: true, includedTaxRatio: 0.2 })).toBe(800);
    expect(await count({ usesShopifyCosts: false, includedTaxRatio: 0.2 })).toBe(600);
  });
});

describe("the stated gain of an offer", () => {
  const SET = { kind: "set", reward: { type: "percent", basisPoints: 2_000 } } as const;

  it("is calculated without tax for an offer made by hand", async () => {
    for (let number = 1; number <= 12; number++) await addTaxed(number, null);
    const components = opened.variants.slice(0, 2).map(({ variantGid, productGid }) => ({
      variantGid,
      productGid,
      quantity: 1,
      isGift: false,
      priceMinor: 1_000,
    }));
    const read = async (includedTaxRatio: number) => {
      const changes = { includedTaxRatio, usesShopifyCosts: false };
      await saveSettings(opened.deps, { shop: SHOP, changes, now: NOW });
      const later = new Date(NOW.getTime() + 86_400_000);
      const { expected, evidence } = await readOfferOutlook(opened.deps, {
        shop: SHOP,
        terms: SET,
        components,
        now: later,
      });
      return { ...expected!, stated: evidence.at(-1)!.value };
    };
    const [plain, taxed] = [await read(0), await read(0.25)];
    expect(taxed.ordersWithOffer).toEqual(plain.ordersWithOffer);
    for (const money of ["extraMarginMinor", "extraRevenueMinor"] as const)
      for (const end of ["value", "low", "high"] as const)
        expect(taxed[money][end]).toBeCloseTo(0.8 * plain[money][end], 6);
    expect(taxed.stated).toBe(taxed.extraMarginMinor.value);
  });

  it("is the same at another discount as in a shop with net prices", async () => {
    const known = await readSettings(opened.deps.db, SHOP);
    const words = openWords("en");
    const format = createShopFormat({ currency: "USD", timeZone: "UTC" }, words.locale);
    const exactly = (value: number) => ({ value, low: value, high: value });
    const values = { discountRatio: 0.1, extraAbout: 4, anywayAbout: 50, days: 28, extraMinor: 140_000 };
    const assumed = { noticedRatio: 0.4, awarenessRatio: 0.03, responseRatio: 0.02 };
    const ends = { lowMinor: 130_000, highMinor: 150_000, days: 28 };
    const bundle = {
      currency: "USD",
      components: opened.variants.slice(0, 2).map(({ variantGid }) => ({ variantGid, quantity: 1 })),
      expected: {
        ordersAnyway: exactly(50),
        ordersWithOffer: exactly(90),
        extraMarginMinor: exactly(140_000),
        extraRevenueMinor: exactly(340_000),
      },
      evidence: [
        { kind: "margin", value: 140_000, code: "margin", values },
        { kind: "caution", value: 130_000, code: "caution", values: { ...assumed, ...ends } },
      ],
    } as unknown as Parameters<typeof describeGain>[0] & Parameters<typeof expectAt>[0];
    const repriced = (priceMinor: number, includedTaxRatio: number) => {
      const components = opened.variants.slice(0, 2).map(({ variantGid, productGid }) => ({
        variantGid,
        productGid,
        quantity: 1,
        isGift: false,
        priceMinor,
        variant: { costMinor: 5_000 },
      }));
      const settings = { ...known, includedTaxRatio };
      const expected = expectAt(bundle, { terms: SET, components, currency: "USD", settings });
      return describeGain({ ...bundle, expected }, format, words);
    };
    expect(repriced(12_500, 0.25)).toEqual(repriced(10_000, 0));
    expect(repriced(12_500, 0.25)).not.toEqual(repriced(12_500, 0));
  });

  it("is shown next to prices with and without tax, and costs without tax", async () => {
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2));
    const changes = { includedTaxRatio: 0.25, usesShopifyCosts: false };
    await saveSettings(opened.deps, { shop: SHOP, changes, now: NOW });
    const where = { shop: SHOP, bundleId, viewer: "42", words: openWords("en"), now: NOW };
    const page = (await readBundlePage(opened.deps, where))!;
    expect(page.isTaxed).toBe(true);
    // The assumed margin is half of the price.
    expect(page.components[0]).toMatchObject({
      price: "$10.00 (about $8.00 before tax)",
      cost: "$4.00 (assumed)",
    });
  });
});
