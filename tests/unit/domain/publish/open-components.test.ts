import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fillPools, openComponents, type SiblingVariant } from "#app/domain/publish/open-components.ts";
import { isUnavailable, type ApprovedBundle } from "#app/domain/publish/storefront-offer.ts";

const rules = { marginFloorRatio: 0.15, assumedMarginRatio: 0.5 };

function variant(product: number, at: number, changes: Partial<SiblingVariant> = {}): SiblingVariant {
  return {
    variantGid: `gid://shopify/ProductVariant/${product}0${at}`,
    productGid: `gid://shopify/Product/${product}`,
    priceMinor: 1_000,
    costMinor: 400,
    stockUnits: 5,
    ...changes,
  };
}

/** A bundle of the first variants of these products. */
function bundleOf(products: readonly number[], changes: Partial<ApprovedBundle> = {}): ApprovedBundle {
  return {
    id: `00000000-0000-4000-8000-${products.join("").padStart(12, "0")}`,
    title: "A bundle",
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
    components: products.map((product) => ({
      variantGid: variant(product, 1).variantGid,
      productGid: variant(product, 1).productGid,
      title: `Product ${product}`,
      quantity: 1,
      isActive: true,
      stockUnits: 5,
      openStock: null,
      isGift: false,
    })),
    ...changes,
  };
}

const shirt = [variant(1, 1), variant(1, 2), variant(1, 3)];
const belt = [variant(2, 1)];
const isOpen = (bundle: ApprovedBundle) => bundle.components.map(({ openStock }) => openStock !== null);
const open = (bundle: ApprovedBundle, variants: readonly SiblingVariant[]) =>
  isOpen(openComponents([bundle], variants, rules)[0]!);

describe("letting shoppers choose the variant", () => {
  const pair = bundleOf([1, 2]);

  it.each([
    ["the merchant says no", { ...pair, letsShopperChoose: false }, [...shirt, ...belt]],
    ["the catalogue lacks a component", pair, shirt],
    ["one variant costs half as much again", pair, [...shirt, variant(1, 4, { priceMinor: 1_500 }), ...belt]],
    ["one variant is free", pair, [...shirt, variant(1, 4, { priceMinor: 0 }), ...belt]],
    [
      "one variant's cost is beyond the margin floor",
      pair,
      [...shirt, variant(1, 4, { costMinor: 1_500 }), ...belt],
    ],
    [
      "the picker could not list them",
      pair,
      [...Array.from({ length: 51 }, (_, at) => variant(1, at)), ...belt],
    ],
    ["the bundle holds the product twice", bundleOf([1, 1]), shirt],
  ])("is not done where %s", (_, bundle, variants) => {
    expect(open(bundle, variants)).toEqual([false, false]);
  });

  it("is done of the products that come in several, and of no other", () => {
    expect(open(pair, [...shirt, ...belt])).toEqual([true, false]);
  });

  it("is not done between two bundles of the same products, which the merchant told apart by approving both", () => {
    const other = bundleOf([2, 1], { id: "00000000-0000-4000-8000-000000000099" });

    expect(openComponents([pair, other], [...shirt, ...belt], rules).map(isOpen)).toEqual([
      [false, false],
      [false, false],
    ]);
  });

  it("opens from the anchor on for as long as the worst choice of all keeps the floor", () => {
    // 1,000 less a tenth, less the floor's share, leaves 765: each pair's approved variants have 365 to spare a unit.
    const dear = [
      variant(1, 1),
      variant(1, 2, { costMinor: 1_000 }),
      variant(2, 1),
      variant(2, 2, { costMinor: 1_000 }),
    ];

    expect(open(pair, dear)).toEqual([true, false]);
  });

  it("opens below the floor only what leaves no less than the merchant approved", () => {
    const below = bundleOf([1, 2], { discountRatio: 0.6 });

    expect(open(below, [...shirt, ...belt])).toEqual([true, false]);
    expect(open(below, [...shirt, variant(1, 4, { costMinor: 401 }), ...belt])).toEqual([false, false]);
  });

  it("keeps a component for sale while any of its variants is", () => {
    const soldOut = shirt.map((one) => ({ ...one, stockUnits: 0 }));
    const stockOf = (variants: readonly SiblingVariant[]) =>
      isUnavailable(openComponents([pair], [...variants, ...belt], rules)[0]!.components[0]!);

    expect(stockOf(soldOut)).toBe(true);
    expect(stockOf([...soldOut.slice(1), { ...soldOut[0]!, stockUnits: 1 }])).toBe(false);
    expect(stockOf([...soldOut.slice(1), { ...soldOut[0]!, stockUnits: null }])).toBe(false);
  });

  const anyVariants = fc
    .array(
      fc.record({
        product: fc.integer({ min: 1, max: 3 }),
        priceMinor: fc.integer({ min: 900, max: 1_100 }),
        costMinor: fc.option(fc.integer({ min: 100, max: 1_200 }), { nil: null }),
      }),
      { minLength: 3, maxLength: 12 },
    )
    .map((drawn) => [
      ...[1, 2, 3].map((product) => variant(product, 1)),
      ...drawn.map(({ product, ...changes }, at) => variant(product, at + 2, changes)),
    ]);

  it("never lets any choice of variants leave less than the floor", () => {
    fc.assert(
      fc.property(
        anyVariants,
        fc.integer({ min: 1, max: 40 }),
        fc.infiniteStream(fc.nat()),
        (variants, percent, picks) => {
          const discountRatio = percent / 100;
          const [bundle] = openComponents([bundleOf([1, 2, 3], { discountRatio })], variants, rules);
          const chosen = bundle!.components.map(({ productGid, openStock }) => {
            const siblings = variants.filter((one) => one.productGid === productGid);
            return siblings[openStock ? picks.next().value! % siblings.length : 0]!;
          });
          const marginOf = (set: readonly SiblingVariant[]) => {
            const paid = set.reduce((sum, { priceMinor }) => sum + priceMinor, 0) * (1 - discountRatio);
            const cost = set.reduce(
              (sum, { priceMinor, costMinor }) => sum + (costMinor ?? priceMinor / 2),
              0,
            );
            return (paid - cost) / paid;
          };
          expect(marginOf(chosen)).toBeGreaterThanOrEqual(rules.marginFloorRatio - 1e-9);
        },
      ),
    );
  });
});

describe("letting shoppers choose the variant of a set at a price or an amount off", () => {
  type Reward = (ApprovedBundle["terms"] & { kind: "set" })["reward"];
  const at = (reward: Reward, products: readonly number[]) =>
    bundleOf(products, { terms: { kind: "set", reward }, discountRatio: 0.25 });
  const pairAt = (reward: Reward, other: Partial<SiblingVariant>) =>
    open(at(reward, [1, 2]), [variant(1, 1), variant(1, 2, other), variant(2, 1)])[0];

  it("opens none with which the price paid leaves less than the floor", () => {
    const price: Reward = { type: "price", priceMinor: 1_500 };
    // 1,500 less the floor's share is 1,275, of which the other product costs 400.
    expect(pairAt(price, { priceMinor: 1_200, costMinor: 875 })).toBe(true);
    expect(pairAt(price, { priceMinor: 1_200, costMinor: 876 })).toBe(false);
  });

  it("opens none with which the amount leaves less than the floor", () => {
    const amount: Reward = { type: "amount", amountMinor: 500 };
    // 900 + 1,000 − 500 less the floor's share is 1,190.
    expect(pairAt(amount, { priceMinor: 900, costMinor: 790 })).toBe(true);
    expect(pairAt(amount, { priceMinor: 900, costMinor: 791 })).toBe(false);
  });

  it("opens below the floor only what leaves no less than the merchant approved", () => {
    const price: Reward = { type: "price", priceMinor: 600 };
    expect(pairAt(price, { priceMinor: 1_200, costMinor: 400 })).toBe(true);
    expect(pairAt(price, { priceMinor: 1_200, costMinor: 401 })).toBe(false);
  });
});

describe("a pool", () => {
  const range: ApprovedBundle["terms"] = {
    kind: "range",
    units: 2,
    allowsRepeats: false,
    reward: { type: "percent", basisPoints: 1_000 },
  };
  const soldOut = { stockUnits: 0 };
  /** A pool of these variants with what the shop has of them. */
  const poolOf = (named: readonly SiblingVariant[], terms = range): ApprovedBundle => ({
    ...bundleOf([]),
    terms,
    components: named.map(({ variantGid, productGid, stockUnits }) => ({
      ...bundleOf([1]).components[0]!,
      variantGid,
      productGid,
      stockUnits,
    })),
  });
  const fill = (bundle: ApprovedBundle, variants: readonly SiblingVariant[], isActive = true) =>
    fillPools(
      [bundle],
      variants.map((one) => ({ ...one, isActive })),
    )[0]!;
  const small = variant(1, 1, soldOut);

  it("keeps a product of which another variant can be bought, and names that one", () => {
    const filled = fill(poolOf([small, variant(2, 1)]), [small, variant(1, 2), variant(1, 3), variant(2, 1)]);

    expect(filled.components.map(({ variantGid }) => variantGid)).toEqual([
      variant(1, 2).variantGid,
      variant(2, 1).variantGid,
    ]);
    expect(filled.components.some(isUnavailable)).toBe(false);
  });

  it("lacks a product of which only a much dearer kind can be bought", () => {
    const large = variant(1, 2, { priceMinor: 3_000 });
    expect(fill(poolOf([small]), [small, large]).components.every(isUnavailable)).toBe(true);
  });

  it("keeps a product whose named variant was deleted", () => {
    const gone = poolOf([variant(1, 9)]);
    const lost = { ...gone, components: gone.components.map((one) => ({ ...one, isActive: false })) };

    expect(fill(lost, shirt).components).toMatchObject([
      { variantGid: variant(1, 1).variantGid, isActive: true },
    ]);
  });

  it("lacks a product of which nothing can be bought, or that is not for sale", () => {
    const all = [small, variant(1, 2, soldOut)];
    expect(fill(poolOf([small]), all).components.every(isUnavailable)).toBe(true);
    expect(fill(poolOf([small]), shirt, false).components.every(isUnavailable)).toBe(true);
  });

  it("names no variant twice", () => {
    const { components } = fill(poolOf([small, variant(1, 2)]), [small, variant(1, 2)]);
    expect(components.map(isUnavailable)).toEqual([true, false]);
    const two = fill(poolOf([small, variant(1, 2, soldOut)]), [small, variant(1, 2, soldOut), variant(1, 3)]);
    expect(two.components.map(isUnavailable)).toEqual([false, true]);
  });

  it("is no set, whose parts stay what was approved", () => {
    const set = { ...bundleOf([1, 2]), components: poolOf([small, variant(2, 1)]).components };
    expect(fill(set, [small, variant(1, 2)])).toEqual(set);
  });
});
