import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attributeDiscounts, type DiscountedLine } from "#app/domain/evaluate/attribute-discounts.ts";

function line(variantGid: string, changes: Partial<DiscountedLine> = {}): DiscountedLine {
  const bundleDiscountMinor = changes.bundleDiscountMinor ?? 100;
  return {
    variantGid,
    quantity: 1,
    unitPriceMinor: 1_000,
    discountMinor: bundleDiscountMinor,
    bundleDiscountMinor,
    ...changes,
  };
}

function bundle(bundleId: string, variants: string[], discountRatio = 0.1) {
  return { bundleId, discountRatio, components: variants.map((variantGid) => ({ variantGid, quantity: 1 })) };
}

describe("attributing an order's bundle discounts", () => {
  it("credits no bundle of which a component carries no discount of ours", () => {
    expect(attributeDiscounts([line("a")], [bundle("ab", ["a", "b"])])).toEqual([]);
  });

  it("credits no bundle of which the order holds too few units", () => {
    const pair = {
      ...bundle("aab", ["a", "b"]),
      components: [
        { variantGid: "a", quantity: 2 },
        { variantGid: "b", quantity: 1 },
      ],
    };
    expect(attributeDiscounts([line("a"), line("b")], [pair])).toEqual([]);
  });

  it("counts sets, what was paid and what was given", () => {
    const lines = [
      line("a", { quantity: 2, bundleDiscountMinor: 200 }),
      line("b", { quantity: 2, bundleDiscountMinor: 200 }),
    ];
    expect(attributeDiscounts(lines, [bundle("ab", ["a", "b"])])).toEqual([
      { bundleId: "ab", sets: 2, revenueMinor: 3_600, discountMinor: 400 },
    ]);
  });

  it("takes lines of one variant together", () => {
    const lines = [line("a"), line("a"), line("b", { quantity: 2, bundleDiscountMinor: 200 })];
    expect(attributeDiscounts(lines, [bundle("ab", ["a", "b"])])).toMatchObject([
      { sets: 2, discountMinor: 400 },
    ]);
  });

  it("credits, of two bundles with the same products in part, the one whose discount was given", () => {
    const lines = [line("a", { bundleDiscountMinor: 150 }), line("b", { bundleDiscountMinor: 150 })];
    const redeemed = attributeDiscounts(lines, [
      bundle("ten", ["a", "b"], 0.1),
      bundle("fifteen", ["a", "b"], 0.15),
    ]);
    expect(redeemed).toMatchObject([{ bundleId: "fifteen" }]);
  });

  it("credits a set of three rather than two of its pairs", () => {
    const lines = [line("a"), line("b"), line("c")];
    const redeemed = attributeDiscounts(lines, [bundle("ab", ["a", "b"]), bundle("abc", ["a", "b", "c"])]);
    expect(redeemed.map(({ bundleId }) => bundleId)).toEqual(["abc"]);
  });

  it("never credits more than was given, nor one line twice", () => {
    const variants = ["a", "b", "c", "d", "e"];
    const anyLines = fc.uniqueArray(
      fc.record({
        variant: fc.constantFrom(...variants),
        quantity: fc.integer({ min: 1, max: 4 }),
        given: fc.integer({ min: 1, max: 400 }),
      }),
      { selector: ({ variant }) => variant },
    );
    const anyBundles = fc.array(
      fc.uniqueArray(fc.constantFrom(...variants), { minLength: 2, maxLength: 4 }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(anyLines, anyBundles, (drawn, sets) => {
        const lines = drawn.map(({ variant, quantity, given }) =>
          line(variant, { quantity, bundleDiscountMinor: given }),
        );
        const bundles = sets.map((members, index) => bundle(String(index), members));
        const redeemed = attributeDiscounts(lines, bundles);
        const given = lines.reduce((sum, { bundleDiscountMinor }) => sum + bundleDiscountMinor, 0);
        expect(redeemed.reduce((sum, { discountMinor }) => sum + discountMinor, 0)).toBeLessThanOrEqual(
          given,
        );
        const used = redeemed.flatMap(({ bundleId }) => sets[Number(bundleId)]!);
        expect(new Set(used).size).toBe(used.length);
      }),
    );
  });
});
