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

describe("variants that shoppers choose among", () => {
  it.each([
    ["a product has but one", [variantOf("Hat", "Default Title")]],
    ["one costs half as much again", [...sizes, variantOf("Shirt", "Crate", { priceMinor: 1_500 })]],
    ["one has no price", [...sizes, variantOf("Shirt", "XL", { priceMinor: null })]],
    ["one is free", [...sizes, variantOf("Shirt", "Sample", { priceMinor: 0 })]],
    ["they are more than a picker lists", Array.from({ length: 51 }, (_, at) => variantOf("Shirt", `${at}`))],
  ])("stay items of their own where %s", (_, variants) => {
    const { products, choices } = join(variants);
    expect(products.map(({ key, title }) => ({ key, title }))).toEqual(
      variants.map(({ key, title }) => ({ key, title })),
    );
    expect(choices.size).toBe(0);
  });

  it("are one item of the product's title, with the stock of all, under the key of what sold most", () => {
    const { products } = join([...sizes, variantOf("Hat", "Default Title")], { "Shirt-M": 5, "Shirt-L": 2 });
    expect(products).toMatchObject([
      { key: "Shirt-M", title: "Shirt", stockUnits: 9 },
      { key: "Hat-Default Title", stockUnits: 3 },
    ]);
  });

  it("stand under the key that a bundle holds, whatever sold most since", () => {
    expect(join(sizes, { "Shirt-M": 5 }, ["Shirt-S"]).products[0]!.key).toBe("Shirt-S");
  });

  it("have no limit of stock where one of them has none, and no oversold one takes from the others", () => {
    const [small, ...others] = sizes;
    expect(join([{ ...small!, stockUnits: null }, ...others]).products[0]!.stockUnits).toBeNull();
    expect(join([{ ...small!, stockUnits: -4 }, ...others]).products[0]!.stockUnits).toBe(6);
  });

  it("are on sale while one of them is", () => {
    const isActive = (...states: boolean[]) =>
      join(states.map((state, at) => variantOf("Shirt", `${at}`, { isActive: state }))).products[0]!.isActive;
    expect(isActive(false, true, false)).toBe(true);
    expect(isActive(false, false)).toBe(false);
  });

  it("share what their product sells: every part above 0, the sum 1, more for what sold more", () => {
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

describe("the lines of joined variants", () => {
  it("name the item, at the price that the one that stands for all would have had", () => {
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

describe("what each variant sold", () => {
  it("is the units of the orders that stand, a reseller's no more than the most that a shopper takes", () => {
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
