import { describe, expect, it } from "vitest";
import { mergeSkuCase, openSkuSpelling } from "#jobs/cli/merge-sku-case.ts";
import { orderLine } from "#tests/factories/order-lines.ts";

const lines = ["85123a", "85123A", "85123A", "22423"].map((itemKey) => orderLine({ itemKey }));
const keysOf = (merged: Iterable<{ itemKey: string }>) => Array.from(merged, ({ itemKey }) => itemKey);

describe("SKUs that differ in case only", () => {
  it("stay apart where the product list has both", () => {
    const spell = openSkuSpelling(lines, ["85123a", "85123A"]);
    expect(keysOf(mergeSkuCase(lines, spell))).toEqual(["85123a", "85123A", "85123A", "22423"]);
  });

  it("are spelt as in the product list where it has one", () => {
    const spell = openSkuSpelling(lines, ["85123a"]);
    expect(keysOf(mergeSkuCase(lines, spell))).toEqual(["85123a", "85123a", "85123a", "22423"]);
  });

  it("are spelt as most lines spell them where no list says", () => {
    expect(keysOf(mergeSkuCase(lines))).toEqual(["85123A", "85123A", "85123A", "22423"]);
  });

  it("come back as they are when nobody knows them", () => {
    expect(openSkuSpelling(lines)("gone")).toBe("gone");
  });
});
