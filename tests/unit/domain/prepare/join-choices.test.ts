import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OrderLineRecord } from "#app/domain/collect/order-lines.ts";
import type { ListedVariant } from "#app/domain/collect/product-facts.ts";
import { joinChoices, joinLines, sumUnits } from "#app/domain/prepare/join-choices.ts";

function variantOf(product: string, name: string, changes: Partial<ListedVariant> = {}): ListedVariant {
  return {
    key: `${product}-${name}`,
    title: `${product} - ${name}`,
    category: "Clothes",
    priceMinor: 1_000,
    costMinor: 400,
    stockUnits: 3,
    isActive: true,
    productKey: product,
    productTitle: product,
    ...changes,
  };
}

const sizes = ["S", "M", "L"].map((name) => variantOf("Shirt", name));
const join = (
  variants: readonly ListedVariant[],
  units: Record<string, number> = {},
  bundled: string[] = [],
) => joinChoices(variants, new Map(Object.entries(units)), new Set(bundled));

const line = (changes: Partial<OrderLineRecord>): OrderLineRecord => ({
  orderId: "1",
  placedAtMs: 0,
  itemKey: "Shirt-S",
  title: "Shirt",
  quantity: 1,
  unitPriceMinor: 900,
  customerKey: null,
  ...changes,
});

describe("joinChoices", () => {
  it.each([
    ["a product has but one", [variantOf("Hat", "Default Title")]],
    ["one costs half as much again", [...sizes, variantOf("Shirt", "Crate", { priceMinor: 1_500 })]],
    ["one has no price", [...sizes, variantOf("Shirt", "XL", { priceMinor: null })]],
    ["one is free", [...sizes, variantOf("Shirt", "Sample", { priceMinor: 0 })]],
    ["they are more than a picker lists", Array.from({ length: 51 }, (_, at) => variantOf("Shirt", `${at}`))],
  ])("keeps variants as separate items when %s", (_, variants) => {
    const { products, choices } = join(variants);
    expect(products.map(({ key, title }) => ({ key, title }))).toEqual(
      variants.map(({ key, title }) => ({ key, title })),
    );
    expect(choices.size).toBe(0);
  });

  it("makes one item with the product's title, the total stock and the best seller's key", () => {
    const { products } = join([...sizes, variantOf("Hat", "Default Title")], { "Shirt-M": 5, "Shirt-L": 2 });
    expect(products).toMatchObject([
      { key: "Shirt-M", title: "Shirt", stockUnits: 9 },
      { key: "Hat-Default Title", stockUnits: 3 },
    ]);
  });

  it("keeps the key that a bundle uses, whatever sold most since", () => {
    expect(join(sizes, { "Shirt-M": 5 }, ["Shirt-S"]).products[0]!.key).toBe("Shirt-S");
  });

  it("has no stock limit when one variant has none, and an oversold variant does not reduce the others", () => {
    const [small, ...others] = sizes;
    expect(join([{ ...small!, stockUnits: null }, ...others]).products[0]!.stockUnits).toBeNull();
    expect(join([{ ...small!, stockUnits: -4 }, ...others]).products[0]!.stockUnits).toBe(6);
  });

  it("is for sale while one of the variants is", () => {
    const isActive = (...states: boolean[]) =>
      join(states.map((state, at) => variantOf("Shirt", `${at}`, { isActive: state }))).products[0]!.isActive;
    expect(isActive(false, true, false)).toBe(true);
    expect(isActive(false, false)).toBe(false);
  });

  it("splits the product's sales into positive shares that sum to 1, more for the better seller", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 2, maxLength: 50 }), (units) => {
        const variants = units.map((_, at) => variantOf("Shirt", `${at}`));
        const unitsOf = Object.fromEntries(variants.map(({ key }, at) => [key, units[at]!]));
        const { choices } = join(variants, unitsOf);
        const shares = variants.map(({ key }) => choices.get(key)!.share);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
        shares.forEach((share, at) => {
          expect(share).toBeGreaterThan(0);
          if (units[at]! > units[0]!) expect(share).toBeGreaterThan(shares[0]!);
        });
      }),
    );
  });
});

describe("joinLines", () => {
  it("names the item, with the price scaled to the variant that stands for it", () => {
    const dear = variantOf("Shirt", "XXL", { priceMinor: 1_200 });
    const { choices } = join([...sizes, dear], { "Shirt-M": 5 });
    const lines = [
      line({ itemKey: "Shirt-XXL", unitPriceMinor: 600 }),
      line({}),
      line({ itemKey: "Unlisted", unitPriceMinor: 77 }),
    ];
    expect([...joinLines(lines, choices)]).toMatchObject([
      { itemKey: "Shirt-M", unitPriceMinor: 500 },
      { itemKey: "Shirt-M", unitPriceMinor: 900 },
      { itemKey: "Unlisted", unitPriceMinor: 77 },
    ]);
  });
});

describe("sumUnits", () => {
  it("adds up the valid orders, and caps a reseller's units", () => {
    const units = sumUnits([
      line({ quantity: 2 }),
      line({ quantity: 3, exclusion: "cancelled" }),
      line({ quantity: 5_000, itemKey: "Shirt-M" }),
    ]);
    expect([...units]).toEqual([
      ["Shirt-S", 2],
      ["Shirt-M", 24],
    ]);
  });
});
