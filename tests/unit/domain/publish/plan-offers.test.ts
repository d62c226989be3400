import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planOffers, type ApprovedBundle } from "#app/domain/publish/plan-offers.ts";
import { StorefrontOffers } from "#app/domain/publish/storefront-offer.ts";
import { inEnglish } from "#tests/factories/write-english.ts";

const NOW_MS = Date.UTC(2026, 10, 24);
const options = { nowMs: NOW_MS, maxOffersPerProduct: 3, countsSubscriptions: false, timeZone: "Asia/Tokyo" };

function bundle(number: number, changes: Partial<ApprovedBundle> = {}): ApprovedBundle {
  return {
    id: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
    title: `Bundle ${number}`,
    discountRatio: 0.1,
    startsAtMs: null,
    endsAtMs: null,
    expectedExtraMarginMinor: number,
    letsShopperChoose: true,
    placement: "everywhere",
    countries: [],
    components: [component(1), component(100 + number)],
    ...changes,
  };
}

function component(number: number, changes: Partial<ApprovedBundle["components"][number]> = {}) {
  return {
    variantGid: `gid://shopify/ProductVariant/${number}`,
    productGid: `gid://shopify/Product/${number}`,
    title: `Product ${number}`,
    quantity: 1,
    isActive: true,
    stockUnits: null,
    openStock: null,
    ...changes,
  };
}

describe("planning the storefront's offers", () => {
  it.each([
    ["its first day is to come", { startsAtMs: NOW_MS + 1 }, "first day"],
    [
      "a product is no longer sold",
      { components: [component(1), component(2, { isActive: false })] },
      "no longer for sale",
    ],
    [
      "there is less stock than one set takes",
      { components: [component(1), component(2, { quantity: 3, stockUnits: 2 })] },
      "out of stock",
    ],
    ["a component is missing", { components: [component(1)] }, "fewer than two"],
  ])("holds a bundle back when %s, and says so", (_, changes, reason) => {
    const plan = planOffers([bundle(1, changes)], options);

    expect(plan.metafields).toEqual([]);
    expect(plan.held).toMatchObject([{ bundleId: bundle(1).id }]);
    expect(inEnglish(plan.held[0]!.reason)).toContain(reason);
  });

  it("ends a bundle at the instant of its end", () => {
    expect(planOffers([bundle(1, { endsAtMs: NOW_MS })], options).ended).toEqual([bundle(1).id]);
  });

  it("writes an offer's last day as the shop's calendar has it, where there is one", () => {
    // The last millisecond of the 24th in Tokyo.
    const endsAtMs = Date.UTC(2026, 11, 24, 15) - 1;
    const lastDayOf = (changes: Partial<ApprovedBundle>) => {
      const { value } = planOffers([bundle(1, changes)], options).metafields.find(
        ({ key }) => key === "bundles",
      )!;
      return StorefrontOffers.parse(JSON.parse(value)).o[0]!.u;
    };
    expect(lastDayOf({ endsAtMs })).toBe(20261224);
    expect(lastDayOf({ endsAtMs: endsAtMs + 1 })).toBe(20261225);
    expect(lastDayOf({})).toBeUndefined();
  });

  it("keeps the most profitable where one product has too many, and names how many are better", () => {
    const plan = planOffers(
      [1, 2, 3, 4, 5].map((number) => bundle(number)),
      options,
    );

    expect(plan.offered).toEqual([bundle(5).id, bundle(4).id, bundle(3).id]);
    expect(plan.held.map(({ reason }) => inEnglish(reason))).toEqual([
      "Product 1 already shows 3 better offers",
      "Product 1 already shows 3 better offers",
    ]);
  });

  it("keeps a product's rules small enough for a cart of 200 lines", () => {
    const long = "x".repeat(120);
    const plan = planOffers(
      [1, 2, 3, 4, 5].map((number) => bundle(number, { title: long })),
      {
        ...options,
        maxOffersPerProduct: 5,
      },
    );

    const rules = plan.metafields.find(({ key }) => key === "bundles")!;
    expect(rules.value.length).toBeLessThanOrEqual(600);
  });

  it("cuts a long title between characters, never through an emoji", () => {
    const titleOf = (title: string) => {
      const { metafields } = planOffers([bundle(1, { title })], options);
      const { value } = metafields.find(({ key }) => key === "bundles")!;
      return StorefrontOffers.parse(JSON.parse(value)).o[0]!.t;
    };

    expect(titleOf(`${"x".repeat(119)}🎁`)).toBe("x".repeat(119));
    expect(titleOf(`${"x".repeat(118)}🎁 and more`)).toBe(`${"x".repeat(118)}🎁`);
  });

  it("names the anchor on the other components' pages, the best bundle's first and five at most", () => {
    const bundles = [1, 2, 3, 4, 5, 6].map((number) =>
      bundle(number, { components: [component(number), component(50)] }),
    );
    const { metafields } = planOffers(bundles, options);
    const anchors = metafields.filter(({ key }) => key === "bundle_anchors");

    expect(anchors.map(({ ownerGid }) => ownerGid)).toEqual([component(50).productGid]);
    expect(JSON.parse(anchors[0]!.value)).toEqual(
      [6, 5, 4, 3, 2].map((number) => component(number).productGid),
    );
  });

  it.each([
    ["everywhere", undefined, true],
    ["pages", "p", true],
    ["first", "f", false],
    ["cart", "c", true],
  ] as const)("tells the storefront of a bundle placed “%s” where to show it", (placement, code, isNamed) => {
    const { metafields } = planOffers([bundle(1, { placement })], options);
    const { value } = metafields.find(({ key }) => key === "bundles")!;

    expect(StorefrontOffers.parse(JSON.parse(value)).o[0]!.w).toBe(code);
    expect(metafields.some(({ key }) => key === "bundle_anchors")).toBe(isNamed);
  });

  it("tells the storefront of the countries that a bundle is for, and nothing where it is for all", () => {
    const codeOf = (countries: readonly string[]) => {
      const { metafields } = planOffers([bundle(1, { countries })], options);
      const { value } = metafields.find(({ key }) => key === "bundles")!;
      return StorefrontOffers.parse(JSON.parse(value)).o[0]!.m;
    };
    expect(codeOf([])).toBeUndefined();
    expect(codeOf(["AT", "DE"])).toBe("AT DE");
  });

  it("names no anchor for a bundle that is held back, or on the anchor itself", () => {
    const own = component(2, { productGid: component(1).productGid });
    const held = bundle(3, { components: [component(7), component(8, { stockUnits: 0 })] });
    const { metafields } = planOffers([bundle(1, { components: [component(1), own] }), held], options);

    expect(metafields.some(({ key }) => key === "bundle_anchors")).toBe(false);
  });

  it("tells the storefront whose product any variant may fill, and whether subscriptions count", () => {
    const components = [component(1, { openStock: [0, 4] }), component(2)];
    const { metafields } = planOffers([bundle(1, { components })], { ...options, countsSubscriptions: true });
    const { value } = metafields.find(({ key }) => key === "bundles")!;

    expect(StorefrontOffers.parse(JSON.parse(value))).toMatchObject({
      s: 1,
      o: [
        {
          c: [
            { v: "1", q: 1, p: "1" },
            { v: "2", q: 1 },
          ],
        },
      ],
    });
  });

  it("gives up the choice of variants in the least profitable before it gives up an offer for want of room", () => {
    const long = 10_000_000_000_000;
    const open = (number: number) => component(long + number, { openStock: [5, 5] });
    const bundles = [1, 2, 3].map((number) =>
      bundle(number, { title: "x".repeat(50), components: [open(1), open(100 + number)] }),
    );
    const plan = planOffers(bundles, options);
    const { value } = plan.metafields.find(({ key }) => key === "bundles")!;
    const { o } = StorefrontOffers.parse(JSON.parse(value));

    expect(value.length).toBeLessThanOrEqual(600);
    expect(o.map(({ c }) => c.some(({ p }) => p !== undefined))).toEqual([true, false, false]);
    expect(plan.held).toEqual([]);
  });

  const anyBundle = fc
    .record({
      number: fc.integer({ min: 1, max: 60 }),
      anchor: fc.integer({ min: 1, max: 4 }),
      discountPercent: fc.integer({ min: 1, max: 90 }),
      starts: fc.option(fc.integer({ min: -5, max: 5 }), { nil: null }),
      ends: fc.option(fc.integer({ min: -5, max: 5 }), { nil: null }),
      stock: fc.option(fc.integer({ min: 0, max: 2 }), { nil: null }),
      openStock: fc.option(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 2 }), { nil: null }),
    })
    .map(({ number, anchor, discountPercent, starts, ends, stock, openStock }) =>
      bundle(number, {
        discountRatio: discountPercent / 100,
        startsAtMs: starts === null ? null : NOW_MS + starts,
        endsAtMs: ends === null ? null : NOW_MS + ends,
        components: [component(anchor), component(50 + number, { stockUnits: stock, openStock })],
      }),
    );
  const anyBundles = fc.uniqueArray(anyBundle, { selector: ({ id }) => id, maxLength: 30 });

  it("offers, holds or ends every bundle, once, and writes what the contract allows", () => {
    fc.assert(
      fc.property(anyBundles, fc.integer({ min: 1, max: 5 }), (bundles, maxOffersPerProduct) => {
        const plan = planOffers(bundles, { ...options, maxOffersPerProduct });
        const accounted = [...plan.offered, ...plan.held.map(({ bundleId }) => bundleId), ...plan.ended];
        expect(accounted.toSorted()).toEqual(bundles.map(({ id }) => id).toSorted());

        const rules = plan.metafields.filter(({ key }) => key === "bundles");
        const written = rules.flatMap(({ value }) => StorefrontOffers.parse(JSON.parse(value)).o);
        expect(written.map(({ id }) => id).toSorted()).toEqual([...plan.offered].toSorted());
        for (const { value } of rules) {
          expect(StorefrontOffers.parse(JSON.parse(value)).o.length).toBeLessThanOrEqual(maxOffersPerProduct);
        }
      }),
    );
  });

  it("does not depend on the order in which the bundles come", () => {
    fc.assert(
      fc.property(anyBundles, (bundles) => {
        expect(planOffers(bundles.toReversed(), options)).toEqual(planOffers(bundles, options));
      }),
    );
  });

  it("stays within Shopify's limits for the longest title, four products and a product of 150 variants", () => {
    const wide = Array.from({ length: 150 }, (_, index) => {
      const variantGid = `gid://shopify/ProductVariant/${9_100_000_000_000 + index}`;
      const anchor = component(1, { variantGid });
      const others = [2, 3, 4].map((number) => component(10 * index + number, { quantity: 9 }));
      return bundle(index + 1, { title: "😀".repeat(100), components: [anchor, ...others] });
    });

    const plan = planOffers(wide, { ...options, maxOffersPerProduct: 5 });

    const rules = plan.metafields.find(({ key }) => key === "bundles")!;
    const listed = plan.metafields.find(({ key }) => key === "bundle_variants")!;
    // The Function reads a longer value as null.
    expect(Buffer.byteLength(rules.value)).toBeLessThanOrEqual(10_000);
    expect((JSON.parse(listed.value) as string[]).length).toBeLessThanOrEqual(128);
    // Each rule names the one variant that it is for, and the merchant reads of all others why they wait.
    const { o } = StorefrontOffers.parse(JSON.parse(rules.value));
    expect(new Set(o.map(({ c }) => c[0]!.v)).size).toBe(o.length);
    expect(plan.held).toHaveLength(150 - o.length);
    expect(inEnglish(plan.held[0]!.reason)).toMatch(/no room beside|already shows/);
  });

  it("carries no amount of money, so that every market's currency has the same rule", () => {
    const { metafields } = planOffers([bundle(1)], options);
    const { o } = StorefrontOffers.parse(JSON.parse(metafields.find(({ key }) => key === "bundles")!.value));

    expect(Object.keys(o[0]!).sort()).toEqual(["bp", "c", "id", "t"]);
  });
});
