import { describe, expect, it } from "vitest";
import type { ApprovedBundle } from "#app/domain/publish/storefront-offer.ts";
import { putStandIns, type StandInCandidate } from "#app/domain/publish/stand-ins.ts";

const rules = { marginFloorRatio: 0.15, assumedMarginRatio: 0.5 };

function product(number: number, changes: Partial<StandInCandidate> = {}): StandInCandidate {
  return {
    variantGid: `gid://shopify/ProductVariant/${number}`,
    productGid: `gid://shopify/Product/${number}`,
    title: `Product ${number}`,
    productType: "Conditioner",
    priceMinor: 1_000,
    costMinor: 400,
    stockUnits: 50,
    ...changes,
  };
}

const shampoo = product(1, { title: "Lavender shampoo", productType: "Shampoo" });
const missing = product(2, { title: "Lavender care conditioner", stockUnits: 0 });
const near = product(3, { title: "Rose care conditioner" });

function bundleOf(products: readonly StandInCandidate[], title = "Lavender care set"): ApprovedBundle {
  return {
    id: "00000000-0000-4000-8000-000000000001",
    title,
    titles: {},
    terms: { kind: "set", reward: { type: "percent", basisPoints: 1_000 } },
    timesPerOrder: null,
    discountRatio: 0.1,
    startsAtMs: null,
    endsAtMs: null,
    expectedExtraMarginMinor: 1,
    letsShopperChoose: true,
    placement: "everywhere",
    countries: [],
    currency: "EUR",
    components: products.map(({ variantGid, productGid, title: name, stockUnits }) => ({
      variantGid,
      productGid,
      title: name,
      quantity: 1,
      isActive: true,
      stockUnits,
      openStock: null,
      isGift: false,
    })),
  };
}

const put = (candidates: readonly StandInCandidate[], bundle = bundleOf([shampoo, missing])) =>
  putStandIns([bundle], [missing, ...candidates], rules);

describe("putStandIns", () => {
  it.each([
    ["is of another category", { productType: "Soap" }],
    ["shares no word", { title: "Garden hose" }],
    ["costs twice as much", { priceMinor: 2_000 }],
    ["has less than five sets in stock", { stockUnits: 4 }],
    ["would fall below the margin floor", { costMinor: 800 }],
    ["is in the bundle already", { productGid: shampoo.productGid }],
    ["is itself the missing product", { variantGid: missing.variantGid }],
  ])("leaves the gap when the only candidate %s", (_, changes) => {
    const bundle = bundleOf([shampoo, missing]);

    expect(put([{ ...near, ...changes }], bundle)).toEqual({ bundles: [bundle], standIns: [] });
  });

  it.each<[string, (ApprovedBundle["terms"] & { kind: "set" })["reward"], number, number]>([
    // 1,500 less the floor's share is 1,275; the shampoo costs 400.
    ["a price", { type: "price", priceMinor: 1_500 }, 875, 876],
    // 1,200 + 1,000 − 500 less the floor's share is 1,445.
    ["an amount off", { type: "amount", amountMinor: 500 }, 1_045, 1_046],
  ])("keeps the margin floor of the whole set at %s", (_, reward, dearest, tooDear) => {
    const bundle: ApprovedBundle = {
      ...bundleOf([shampoo, missing]),
      terms: { kind: "set", reward },
      discountRatio: 0.25,
    };
    const countAt = (costMinor: number, variants: readonly StandInCandidate[]) =>
      putStandIns([bundle], [missing, { ...near, priceMinor: 1_200, costMinor }], rules, variants).standIns
        .length;

    expect(countAt(dearest, [shampoo, missing])).toBe(1);
    expect(countAt(tooDear, [shampoo, missing])).toBe(0);
    // The cost of the rest of the set is unknown.
    expect(countAt(1, [])).toBe(0);
  });

  it("replaces neither the anchor nor two products at once", () => {
    const anchorGone = bundleOf([missing, shampoo]);
    const bothGone = bundleOf([shampoo, missing, { ...near, stockUnits: 0 }]);

    expect(put([near], anchorGone).standIns).toEqual([]);
    expect(put([near], bothGone).standIns).toEqual([]);
  });

  it("takes the nearest candidate, and always the same one of two equal ones", () => {
    const twin = product(4, { title: "Rose care conditioner" });
    const farther = product(5, { title: "Conditioner" });

    for (const candidates of [
      [near, twin, farther],
      [farther, twin, near],
    ]) {
      expect(put(candidates).standIns).toEqual([
        {
          bundleId: bundleOf([]).id,
          position: 1,
          variantGid: near.variantGid,
          productGid: near.productGid,
          title: near.title,
        },
      ]);
    }
  });

  it("takes only the same kind of thing, with the same colour if possible", () => {
    const tins = { ...missing, title: "Set of 3 red cake tins" };
    const bundle = bundleOf([shampoo, tins]);
    const notebooks = { ...near, title: "Set of 3 red notebooks" };
    const blue = product(4, { title: "Cake tins blue" });
    const red = product(5, { title: "Cake tins red" });
    const titlesOf = (candidates: readonly StandInCandidate[]) =>
      putStandIns([bundle], [tins, ...candidates], rules).standIns.map(({ title }) => title);

    expect(titlesOf([notebooks])).toEqual([]);
    expect(titlesOf([notebooks, blue])).toEqual([blue.title]);
    expect(titlesOf([notebooks, blue, red])).toEqual([red.title]);
  });

  it("uses the merchant's assumed margin for an unknown cost", () => {
    expect(put([{ ...near, costMinor: null }]).standIns).toHaveLength(1);
    const tight = { ...rules, assumedMarginRatio: 0.2 };
    const bundle = bundleOf([shampoo, missing]);
    expect(putStandIns([bundle], [missing, { ...near, costMinor: null }], tight).standIns).toEqual([]);
  });

  it.each([
    ["Lavender shampoo + Lavender care conditioner", "Lavender shampoo + Rose care conditioner"],
    ["Save on Lavender care conditioner", "Save on Rose care conditioner"],
    ["Two for the bath", "Two for the bath"],
  ])("changes the title %j to %j", (title, expected) => {
    expect(put([near], bundleOf([shampoo, missing], title)).bundles[0]!.title).toBe(expected);
  });

  it("replaces a shortened name in the title", () => {
    const shouted = { ...missing, title: "SET OF 2 LAVENDER CARE CONDITIONER" };
    const bundle = bundleOf([shampoo, shouted], "Lavender shampoo with lavender care conditioner");
    const { bundles } = putStandIns([bundle], [shouted, { ...near, title: "ROSE CARE CONDITIONER" }], rules);
    expect(bundles[0]!.title).toBe("Lavender shampoo with rose care conditioner");
  });

  it("changes nothing while everything is in stock", () => {
    const bundle = bundleOf([shampoo, near]);

    expect(put([product(6)], bundle)).toEqual({ bundles: [bundle], standIns: [] });
  });
});
