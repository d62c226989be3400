import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attributeDiscounts } from "#app/domain/evaluate/attribute-discounts.ts";
import type { DiscountedLine } from "#app/domain/evaluate/redeem-offers.ts";

function line(variantGid: string, changes: Partial<DiscountedLine> = {}): DiscountedLine {
  const bundleDiscountMinor = changes.bundleDiscountMinor ?? 100;
  return {
    variantGid,
    productGid: null,
    quantity: 1,
    removedQuantity: 0,
    refundedQuantity: changes.removedQuantity ?? 0,
    unitPriceMinor: 1_000,
    discountMinor: bundleDiscountMinor,
    bundleDiscountMinor,
    includedTaxMinor: null,
    ...changes,
  };
}

function bundle(bundleId: string, variants: string[], discountRatio = 0.1) {
  return {
    bundleId,
    discountRatios: [discountRatio],
    components: variants.map((variantGid) => ({ variantGid, quantity: 1 })),
  };
}

describe("attributeDiscounts", () => {
  it("credits no bundle with a component that has no discount of ours", () => {
    expect(attributeDiscounts([line("a")], [bundle("ab", ["a", "b"])])).toEqual([]);
  });

  it("credits no bundle when the order has too few units", () => {
    const pair = {
      ...bundle("aab", ["a", "b"]),
      components: [
        { variantGid: "a", quantity: 2 },
        { variantGid: "b", quantity: 1 },
      ],
    };
    expect(attributeDiscounts([line("a"), line("b")], [pair])).toEqual([]);
  });

  it("credits no bundle whose discount differs, even if it is the only one with these products", () => {
    const ofThirty = [bundle("thirty", ["a", "b"], 0.3)];
    expect(attributeDiscounts([line("a"), line("b")], ofThirty)).toEqual([]);
    // 30 % of 2000 is 600; within half a percent of the price are 590 to 610.
    const given = (minor: number) => [
      line("a", { bundleDiscountMinor: minor - 300 }),
      line("b", { bundleDiscountMinor: 300 }),
    ];
    expect(attributeDiscounts(given(612), ofThirty)).toEqual([]);
    expect(attributeDiscounts(given(608), ofThirty)).toMatchObject([{ discountMinor: 608 }]);
  });

  it("credits at most as many sets as the bundle allows per order", () => {
    const lines = ["a", "b"].map((one) => line(one, { quantity: 2, bundleDiscountMinor: 100 }));
    expect(attributeDiscounts(lines, [bundle("ab", ["a", "b"])])).toEqual([]);
    const once = { ...bundle("ab", ["a", "b"]), mostSets: 1 };
    expect(attributeDiscounts(lines, [once])).toEqual([
      { bundleId: "ab", sets: 1, discountMinor: 200, revenueMinor: 1_800 },
    ]);
    // Of two limits over time, the one that explains the discount counts.
    const whole = ["a", "b"].map((one) => line(one, { quantity: 2, bundleDiscountMinor: 200 }));
    const both = [once, bundle("ab", ["a", "b"])];
    expect(attributeDiscounts(whole, both)).toMatchObject([{ sets: 2, discountMinor: 400 }]);
  });

  it("prefers the terms in force when the order was placed, if several explain its discount", () => {
    // At 14.98 a set, 10 % off each of two sets is rounded down. It nearly equals 20 % off one set.
    const lines = [line("a"), line("b", { unitPriceMinor: 498 })].map((one) => ({
      ...one,
      quantity: 2,
      bundleDiscountMinor: 149,
    }));
    const two = bundle("ab", ["a", "b"], 0.1);
    const one = { ...bundle("ab", ["a", "b"], 0.2), mostSets: 1 };
    const setsOf = (...bundles: Parameters<typeof attributeDiscounts>[1][number][]) =>
      attributeDiscounts(lines, bundles).map(({ sets }) => sets);
    expect(setsOf(one, two, { ...two, isInForce: true })).toEqual([2]);
    expect(setsOf(two, one, { ...one, isInForce: true })).toEqual([1]);
    // Terms in force that do not explain the discount do not hide others that do.
    expect(setsOf({ ...bundle("ab", ["a", "b"], 0.3), isInForce: true }, two)).toEqual([2]);
  });

  it("allows for rounding on cheap sets", () => {
    const lines = (minor: number) =>
      ["a", "b"].map((one) => line(one, { quantity: 3, unitPriceMinor: 33, bundleDiscountMinor: minor }));
    // 10 % of 66, rounded down for each of three sets, is 18 of 19.8.
    expect(attributeDiscounts(lines(9), [bundle("ab", ["a", "b"])])).toMatchObject([{ sets: 3 }]);
    expect(attributeDiscounts(lines(7), [bundle("ab", ["a", "b"])])).toEqual([]);
  });

  it("credits the discount of a bundle from before it was edited", () => {
    const edited = { ...bundle("ab", ["a", "b"], 0.3), discountRatios: [0.3, 0.1] };
    expect(attributeDiscounts([line("a"), line("b")], [edited])).toMatchObject([{ discountMinor: 200 }]);
  });

  it("returns sets, revenue and discount", () => {
    const lines = [
      line("a", { quantity: 2, bundleDiscountMinor: 200 }),
      line("b", { quantity: 2, bundleDiscountMinor: 200 }),
    ];
    expect(attributeDiscounts(lines, [bundle("ab", ["a", "b"])])).toEqual([
      { bundleId: "ab", sets: 2, revenueMinor: 3_600, discountMinor: 400 },
    ]);
  });

  describe("of an order that was edited later", () => {
    const twoSets = (removed: { a?: number; b?: number }) =>
      ["a", "b"].map((one) =>
        line(one, {
          quantity: 2,
          bundleDiscountMinor: 200,
          removedQuantity: removed[one as "a" | "b"] ?? 0,
        }),
      );

    it.each([
      ["none where a component is gone", { b: 2 }, { sets: 0, revenueMinor: 0, discountMinor: 0 }],
      ["the one that is whole still", { b: 1 }, { sets: 1, revenueMinor: 1_800, discountMinor: 200 }],
      ["the same one where both lost a unit", { a: 1, b: 1 }, { sets: 1, revenueMinor: 1_800 }],
      ["both where nothing was removed", {}, { sets: 2, revenueMinor: 3_600, discountMinor: 400 }],
    ])("counts, of two sets, %s", (_, removed, left) => {
      expect(attributeDiscounts(twoSets(removed), [bundle("ab", ["a", "b"])])).toMatchObject([left]);
    });

    it("gives the discount of a removed set to no other bundle", () => {
      const lines = [line("a"), line("b"), line("c", { removedQuantity: 1 })];
      const bundles = [bundle("abc", ["a", "b", "c"]), bundle("ab", ["a", "b"])];
      expect(attributeDiscounts(lines, bundles)).toMatchObject([{ bundleId: "abc", sets: 0 }]);
    });
  });

  it.each<[string, Partial<DiscountedLine>[], number]>([
    ["all of it of what is kept", [{}, {}], 3_600],
    ["nothing of what came back", [{}, { refundedQuantity: 2 }], 1_800],
    ["half of a line of which one unit came back", [{}, { refundedQuantity: 1 }], 2_700],
    ["nothing of an order that came back", [{ refundedQuantity: 2 }, { refundedQuantity: 2 }], 0],
    [
      "of one set the part that an edit left and no refund took",
      [{ removedQuantity: 1, refundedQuantity: 2 }],
      900,
    ],
    [
      "of lines of one variant what is kept of both",
      [{}, { quantity: 1, bundleDiscountMinor: 100, refundedQuantity: 1 }],
      2_700,
    ],
  ])("counts as revenue %s", (_, changes, revenueMinor) => {
    const halves = changes[1]?.quantity === 1 ? [line("b")] : [];
    const lines = ["a", "b"].map((one, at) =>
      line(one, { quantity: 2, bundleDiscountMinor: 200, ...changes[at] }),
    );
    const redeemed = attributeDiscounts([...lines, ...halves], [bundle("ab", ["a", "b"])]);
    expect(redeemed).toMatchObject([{ bundleId: "ab", revenueMinor }]);
  });

  it("assumes that the returned units are those outside every set", () => {
    const pair = [line("a", { quantity: 3, refundedQuantity: 2 }), line("b", { quantity: 1 })];
    expect(attributeDiscounts(pair, [bundle("ab", ["a", "b"])])).toMatchObject([{ revenueMinor: 1_800 }]);
  });

  it("adds up lines of one variant", () => {
    const lines = [line("a"), line("a"), line("b", { quantity: 2, bundleDiscountMinor: 200 })];
    expect(attributeDiscounts(lines, [bundle("ab", ["a", "b"])])).toMatchObject([
      { sets: 2, discountMinor: 400 },
    ]);
  });

  it.each([
    ["last", [1_800, 2_000]],
    ["first", [2_000, 1_800]],
  ])(
    "handles a variant that a selling plan makes cheaper on the other line, with the %s price first",
    (_, [one, other]) => {
      // The Function uses the lowest price of a variant for all its units: 10 % of 2 · 18.00 + 2 · 10.00.
      const lines = [
        line("a", { unitPriceMinor: one!, bundleDiscountMinor: 184 }),
        line("a", { unitPriceMinor: other!, bundleDiscountMinor: 183 }),
        line("b", { quantity: 2, bundleDiscountMinor: 193 }),
      ];
      expect(attributeDiscounts(lines, [bundle("ab", ["a", "b"])])).toEqual([
        { bundleId: "ab", sets: 2, discountMinor: 560, revenueMinor: 1_800 + 2_000 + 2_000 - 560 },
      ]);
    },
  );

  it("credits the bundle whose discount was given, of two with the same products", () => {
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

  describe("of a bundle that accepts any variant of a product", () => {
    const inSize = (size: string, changes: Partial<DiscountedLine> = {}) =>
      line(`shirt-${size}`, { productGid: "shirt", ...changes });
    const anyShirt = {
      bundleId: "any",
      discountRatios: [0.1],
      components: [
        { variantGid: "shirt-s", quantity: 1, anyOfProductGid: "shirt" },
        { variantGid: "belt", quantity: 1 },
      ],
    };

    it("credits no set for the variant of another product", () => {
      expect(attributeDiscounts([line("hat", { productGid: "hat" }), line("belt")], [anyShirt])).toEqual([]);
    });

    it("credits sets across variants, each at its own price", () => {
      const lines = [
        inSize("m", { unitPriceMinor: 1_200, bundleDiscountMinor: 120 }),
        inSize("l"),
        line("belt", { quantity: 2, bundleDiscountMinor: 200 }),
      ];
      expect(attributeDiscounts(lines, [anyShirt])).toEqual([
        { bundleId: "any", sets: 2, revenueMinor: 3_780, discountMinor: 420 },
      ]);
    });

    it("leaves exact variants to the bundle that names them", () => {
      const exact = bundle("exact", ["shirt-m", "hat"]);
      const lines = [inSize("m"), line("hat"), inSize("l"), line("belt")];
      const redeemed = attributeDiscounts(lines, [anyShirt, exact]);
      expect(redeemed.map(({ bundleId, sets }) => [bundleId, sets])).toEqual([
        ["exact", 1],
        ["any", 1],
      ]);
    });
  });

  it("never credits more than was given and never uses a line twice", () => {
    const variants = ["a", "b", "c", "d", "e"];
    const anyLines = fc.uniqueArray(
      fc.record({
        variant: fc.constantFrom(...variants),
        quantity: fc.integer({ min: 1, max: 4 }),
        ratio: fc.constantFrom(0.1, 0.1, 0.1, 0.3),
      }),
      { selector: ({ variant }) => variant },
    );
    const anyBundles = fc.array(
      fc.uniqueArray(fc.constantFrom(...variants), { minLength: 2, maxLength: 4 }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(anyLines, anyBundles, (drawn, sets) => {
        const lines = drawn.map(({ variant, quantity, ratio }) =>
          line(variant, { quantity, bundleDiscountMinor: ratio * quantity * 1_000 }),
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

describe("attributeDiscounts with several bundles", () => {
  it.each([
    ["first", "second"],
    ["second", "first"],
  ])("credits the same one in any order: %s before %s", (...ids) => {
    const redeemed = attributeDiscounts(
      [line("a"), line("b")],
      ids.map((id) => bundle(id, ["a", "b"])),
    );
    expect(redeemed).toMatchObject([{ bundleId: "first" }]);
  });

  it("credits the one whose own discount is nearest to the given one", () => {
    const near = bundle("near", ["a", "b"], 0.1);
    const far = bundle("far", ["a", "b"], 0.104);
    for (const bundles of [
      [near, far],
      [far, near],
    ])
      expect(attributeDiscounts([line("a"), line("b")], bundles)).toMatchObject([{ bundleId: "near" }]);
  });

  it("tolerates the rounding of prices in another currency, and no more", () => {
    const given = (minor: number) =>
      attributeDiscounts(
        [line("a", { bundleDiscountMinor: minor - 300 }), line("b", { bundleDiscountMinor: 300 })],
        [bundle("thirty", ["a", "b"], 0.3)],
      );
    expect([589, 590, 610, 611].map((minor) => given(minor).length)).toEqual([0, 1, 1, 0]);
  });

  it("does not let a bundle take a line that another one uses", () => {
    const shirt = (size: string, bundleDiscountMinor: number) =>
      line(`shirt-${size}`, {
        productGid: "shirt",
        bundleDiscountMinor,
        unitPriceMinor: size === "m" ? 1_200 : 1_000,
      });
    const any = {
      bundleId: "any",
      discountRatios: [0.1],
      components: [
        { variantGid: "shirt-m", quantity: 1, anyOfProductGid: "shirt" },
        { variantGid: "belt", quantity: 1 },
      ],
    };
    const lines = [shirt("m", 120), shirt("l", 300), line("hat"), line("belt")];
    expect(attributeDiscounts(lines, [any, bundle("exact", ["shirt-m", "hat"])])).toMatchObject([
      { bundleId: "exact" },
    ]);
    // Alone, it takes the dearest one.
    expect(attributeDiscounts(lines, [any])).toMatchObject([{ bundleId: "any", discountMinor: 220 }]);
  });

  it("credits no bundle that would need one line for two components", () => {
    const twice = line("a", { quantity: 2, bundleDiscountMinor: 200 });
    expect(attributeDiscounts([twice], [bundle("aa", ["a", "a"])])).toEqual([]);
  });

  it("credits no bundle for free goods", () => {
    const free = ["a", "b"].map((one) => line(one, { unitPriceMinor: 0, bundleDiscountMinor: 1 }));
    expect(attributeDiscounts(free, [bundle("ab", ["a", "b"])])).toEqual([]);
  });
});

describe("revenue of a redeemed bundle", () => {
  it("excludes all of our discount and its own units' share of other discounts", () => {
    const lines = [
      line("a", { quantity: 2, discountMinor: 160, bundleDiscountMinor: 100 }),
      line("b", { discountMinor: 105, bundleDiscountMinor: 100 }),
    ];
    // 20.00 less ours, half of 0.60 and all of 0.05.
    expect(attributeDiscounts(lines, [bundle("ab", ["a", "b"])])).toEqual([
      { bundleId: "ab", sets: 1, revenueMinor: 2_000 - 200 - 30 - 5, discountMinor: 200 },
    ]);
  });

  it("excludes the tax in prices, and so does the discount", () => {
    // A sixth of the first product's amount is tax, and none of the second's: a twelfth of the total.
    const lines = [line("a", { quantity: 3, unitPriceMinor: 1_000, includedTaxMinor: 483 }), line("b")];
    expect(attributeDiscounts(lines, [bundle("ab", ["a", "b"])])).toEqual([
      { bundleId: "ab", sets: 1, revenueMinor: 1_650, discountMinor: 183 },
    ]);
    // Two lines of one variant share their tax.
    const split = [
      line("a", { includedTaxMinor: 150 }),
      line("a"),
      line("b", { quantity: 2, bundleDiscountMinor: 200 }),
    ];
    expect(attributeDiscounts(split, [bundle("ab", ["a", "b"])])).toMatchObject([{ revenueMinor: 3_450 }]);
  });

  it("is that of the remaining sets, rounded", () => {
    const three = (one: string, removedQuantity: number) =>
      line(one, { quantity: 3, removedQuantity, bundleDiscountMinor: 301 });
    expect(attributeDiscounts([three("a", 1), three("b", 0)], [bundle("ab", ["a", "b"])])).toEqual([
      // Two of three sets: 3598.67 and 401.33.
      { bundleId: "ab", sets: 2, revenueMinor: 3_599, discountMinor: 401 },
    ]);
  });

  it("adds up the prices, removals and discounts of lines of one variant", () => {
    const half = (changes: Partial<DiscountedLine>) =>
      line("a", { discountMinor: 120, bundleDiscountMinor: 100, ...changes });
    const lines = [
      half({ removedQuantity: 1 }),
      half({}),
      line("b", { quantity: 2, bundleDiscountMinor: 200 }),
    ];
    expect(attributeDiscounts(lines, [bundle("ab", ["a", "b"])])).toEqual([
      { bundleId: "ab", sets: 1, revenueMinor: (4_000 - 400 - 40) / 2, discountMinor: 200 },
    ]);
    const gone = [
      half({ removedQuantity: 1 }),
      half({ removedQuantity: 1 }),
      line("b", { quantity: 2, bundleDiscountMinor: 200 }),
    ];
    expect(attributeDiscounts(gone, [bundle("ab", ["a", "b"])])).toMatchObject([{ sets: 0 }]);
  });

  it("counts the sets that each component allows, and drops those that an edit breaks", () => {
    const pair = {
      ...bundle("aab", ["a", "b"]),
      components: [
        { variantGid: "a", quantity: 2 },
        { variantGid: "b", quantity: 1 },
      ],
    };
    const lines = (removedQuantity: number) => [
      line("a", { quantity: 5, removedQuantity, bundleDiscountMinor: 400 }),
      line("b", { quantity: 3, bundleDiscountMinor: 200 }),
    ];
    const sets = [0, 1, 2, 3, 4].map((gone) => attributeDiscounts(lines(gone), [pair])[0]!.sets);
    // Four of five units are in sets; an edit takes the fifth one first.
    expect(sets).toEqual([2, 2, 1, 1, 0]);
  });

  it("uses the dearest variants of a product first, as the Function does", () => {
    const shirt = (size: string, unitPriceMinor: number, ours: number) =>
      line(`shirt-${size}`, { productGid: "shirt", unitPriceMinor, bundleDiscountMinor: ours });
    const any = {
      bundleId: "any",
      discountRatios: [0.1],
      components: [
        { variantGid: "shirt-s", quantity: 2, anyOfProductGid: "shirt" },
        { variantGid: "belt", quantity: 1 },
      ],
    };
    const lines = [shirt("s", 800, 80), shirt("m", 2_000, 200), shirt("l", 1_500, 150), line("belt")];
    expect(attributeDiscounts(lines, [any])).toEqual([
      { bundleId: "any", sets: 1, revenueMinor: 4_500 - 450, discountMinor: 450 },
    ]);
  });
});
