import { describe, expect, it } from "vitest";
import { openSkuMatcher } from "#app/domain/collect/product-facts.ts";

/** The number of the variant that a SKU finds among variants with these SKUs. */
function find(skus: readonly string[], sku: string): number | undefined {
  const variants = skus.map((own, number) => ({ sku: own, variantGid: `${number}`, productGid: "p" }));
  const found = openSkuMatcher(variants)(sku);
  return found && Number(found.variantGid);
}

describe("the variant that a log means by a SKU", () => {
  it.each([
    ["nobody has it", ["B"], "A"],
    ["two variants share it", ["A", "A"], "A"],
    ["several differ from it in case", ["aB", "Ab"], "ab"],
    ["several of one spelling differ from it in case", ["AB", "AB"], "ab"],
    ["variants go without", ["", ""], ""],
  ])("is none where %s", (_, skus, sku) => {
    expect(find(skus, sku)).toBeUndefined();
  });

  it("is the one that differs in case only", () => {
    expect(find(["B", "85123A"], "85123a")).toBe(1);
  });

  it("is the one spelt so where the shop tells two apart by case", () => {
    const skus = ["85123A", "85123a"];
    expect(skus.map((sku) => find(skus, sku))).toEqual([0, 1]);
  });
});
