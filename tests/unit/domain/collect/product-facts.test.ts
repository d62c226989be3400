import { describe, expect, it } from "vitest";
import { openSkuMatcher } from "#app/domain/collect/product-facts.ts";

/** Index of the variant that is found for a SKU among variants with these SKUs. */
function find(skus: readonly string[], sku: string): number | undefined {
  const variants = skus.map((own, number) => ({ sku: own, variantGid: `${number}`, productGid: "p" }));
  const found = openSkuMatcher(variants)(sku);
  return found && Number(found.variantGid);
}

describe("openSkuMatcher", () => {
  it.each([
    ["nobody has it", ["B"], "A"],
    ["two variants share it", ["A", "A"], "A"],
    ["several differ from it in case", ["aB", "Ab"], "ab"],
    ["several of one spelling differ from it in case", ["AB", "AB"], "ab"],
    ["variants go without", ["", ""], ""],
  ])("finds no variant when %s", (_, skus, sku) => {
    expect(find(skus, sku)).toBeUndefined();
  });

  it("finds the variant that differs only in case", () => {
    expect(find(["B", "85123A"], "85123a")).toBe(1);
  });

  it("finds the exact spelling when two variants differ only in case", () => {
    const skus = ["85123A", "85123a"];
    expect(skus.map((sku) => find(skus, sku))).toEqual([0, 1]);
  });
});
