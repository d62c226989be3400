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

/** A bundle of the first variant of each product. */
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

describe("openComponents", () => {
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
  ])("opens nothing when %s", (_, bundle, variants) => {
    expect(open(bundle, variants)).toEqual([false, false]);
  });

  it("opens only the products with several variants", () => {
    expect(open(pair, [...shirt, ...belt])).toEqual([true, false]);
  });

  it("opens nothing between two bundles of the same products, because the merchant approved both", () => {
    const other = bundleOf([2, 1], { id: "00000000-0000-4000-8000-000000000099" });

    expect(openComponents([pair, other], [...shirt, ...belt], rules).map(isOpen)).toEqual([
      [false, false],
      [false, false],
    ]);
  });

  it("opens components in their order as long as the worst choice keeps the margin floor", () => {
    // 1,000 less 10 %, less the floor's share, leaves 765. Each approved variant costs 400, which leaves
    // 365 to spare.
    const dear = [
      variant(1, 1),
      variant(1, 2, { costMinor: 1_000 }),
      variant(2, 1),
      variant(2, 2, { costMinor: 1_000 }),
    ];

    expect(open(pair, dear)).toEqual([true, false]);
  });

  it("below the floor, opens only variants that leave at least the approved margin", () => {
    const below = bundleOf([1, 2], { discountRatio: 0.6 });

    expect(open(below, [...shirt, ...belt])).toEqual([true, false]);
    expect(open(below, [...shirt, variant(1, 4, { costMinor: 401 }), ...belt])).toEqual([false, false]);
  });

  it("keeps a component available while any of its variants is", () => {
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

  it("keeps the margin floor for every choice of variants", () => {
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

describe("openComponents for a set with a price or an amount off", () => {
  type Reward = (ApprovedBundle["terms"] & { kind: "set" })["reward"];
  const at = (reward: Reward, products: readonly number[]) =>
    bundleOf(products, { terms: { kind: "set", reward }, discountRatio: 0.25 });
  const pairAt = (reward: Reward, other: Partial<SiblingVariant>) =>
    open(at(reward, [1, 2]), [variant(1, 1), variant(1, 2, other), variant(2, 1)])[0];

  it("opens no variant that breaks the margin floor at the price", () => {
    const price: Reward = { type: "price", priceMinor: 1_500 };
    // 1,500 less the floor's share is 1,275; the other product costs 400.
    expect(pairAt(price, { priceMinor: 1_200, costMinor: 875 })).toBe(true);
    expect(pairAt(price, { priceMinor: 1_200, costMinor: 876 })).toBe(false);
  });

  it("opens no variant that breaks the margin floor with the amount off", () => {
    const amount: Reward = { type: "amount", amountMinor: 500 };
    // 900 + 1,000 − 500 less the floor's share is 1,190.
    expect(pairAt(amount, { priceMinor: 900, costMinor: 790 })).toBe(true);
    expect(pairAt(amount, { priceMinor: 900, costMinor: 791 })).toBe(false);
  });

  it("below the floor, opens only variants that leave at least the approved margin", () => {
    const price: Reward = { type: "price", priceMinor: 600 };
    expect(pairAt(price, { priceMinor: 1_200, costMinor: 400 })).toBe(true);
    expect(pairAt(price, { priceMinor: 1_200, costMinor: 401 })).toBe(false);
  });
});

describe("fillPools", () => {
  const range: ApprovedBundle["terms"] = {
    kind: "range",
    units: 2,
    allowsRepeats: false,
    reward: { type: "percent", basisPoints: 1_000 },
  };
  const soldOut = { stockUnits: 0 };
  /** A pool of these variants with their stock. */
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

  it("keeps a product with another available variant and names that variant", () => {
    const filled = fill(poolOf([small, variant(2, 1)]), [small, variant(1, 2), variant(1, 3), variant(2, 1)]);

    expect(filled.components.map(({ variantGid }) => variantGid)).toEqual([
      variant(1, 2).variantGid,
      variant(2, 1).variantGid,
    ]);
    expect(filled.components.some(isUnavailable)).toBe(false);
  });

  it("makes a product unavailable when only a much more expensive variant is left", () => {
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

  it("makes a product unavailable without stock or when it is not for sale", () => {
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

  it("leaves the components of a set as approved", () => {
    const set = { ...bundleOf([1, 2]), components: poolOf([small, variant(2, 1)]).components };
    expect(fill(set, [small, variant(1, 2)])).toEqual(set);
  });
});
