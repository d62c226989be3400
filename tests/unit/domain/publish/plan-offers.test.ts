import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planOffers, type OfferPlan } from "#app/domain/publish/plan-offers.ts";
import type { ApprovedBundle } from "#app/domain/publish/storefront-offer.ts";
import type { OfferRule } from "#app/domain/offer/offer-rule.ts";
import { parseRules } from "#tests/factories/parse-rules.ts";
import { inEnglish } from "#tests/factories/write-english.ts";

const NOW_MS = Date.UTC(2026, 10, 24);
const options = {
  nowMs: NOW_MS,
  maxOffersPerProduct: 3,
  countsSubscriptions: false,
  rejectsCodes: false,
  timeZone: "Asia/Tokyo",
  currency: "EUR",
};
const tenth: ApprovedBundle["terms"] = { kind: "set", reward: { type: "percent", basisPoints: 1_000 } };

function bundle(number: number, changes: Partial<ApprovedBundle> = {}): ApprovedBundle {
  return {
    id: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
    title: `Bundle ${number}`,
    titles: {},
    terms: tenth,
    discountRatio: 0.1,
    timesPerOrder: null,
    startsAtMs: null,
    endsAtMs: null,
    expectedExtraMarginMinor: number,
    letsShopperChoose: true,
    placement: "everywhere",
    countries: [],
    currency: options.currency,
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
    isGift: false,
    ...changes,
  };
}

/** Reads the rules of a metafield. */
function readRules(value: string): readonly OfferRule[] {
  const read = parseRules(value);
  if (!read.ok) throw new Error(read.reason);
  return read.value.offers;
}

const textOf = ({ metafields }: OfferPlan) => metafields.find(({ key }) => key === "offers")!.value;
const rulesOf = (plan: OfferPlan) => readRules(textOf(plan));

describe("planOffers", () => {
  it("numbers offers that share a title in any language, the same ones at each plan", () => {
    const titled = (number: number, title: string, titles = {}) =>
      bundle(number, { title, titles, components: [component(number), component(100 + number)] });
    const bundles = [
      titled(1, "Free mug", { de: "Tasse gratis" }),
      titled(2, "Mug for you", { de: "Tasse gratis" }),
      titled(3, "Free mug"),
      titled(4, "x".repeat(120)),
      titled(5, "x".repeat(120)),
    ];
    const titlesOf = (plan: OfferPlan) =>
      plan.metafields.flatMap(({ key, value }) =>
        key === "offers" ? readRules(value).map(({ title, titles }) => [title, titles]) : [],
      );
    expect(titlesOf(planOffers(bundles, options))).toEqual([
      ["Free mug", { de: "Tasse gratis" }],
      ["Mug for you (2)", { de: "Tasse gratis (2)" }],
      ["Free mug (2)", {}],
      ["x".repeat(120), {}],
      [`${"x".repeat(116)} (2)`, {}],
    ]);
    expect(planOffers(bundles.toReversed(), options)).toEqual(planOffers(bundles, options));
  });

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
  ])("pauses a bundle when %s, and says so", (_, changes, reason) => {
    const plan = planOffers([bundle(1, changes)], options);

    expect(plan.metafields).toEqual([]);
    expect(plan.held).toMatchObject([{ bundleId: bundle(1).id }]);
    expect(inEnglish(plan.held[0]!.reason)).toContain(reason);
  });

  it("ends a bundle at its end time", () => {
    expect(planOffers([bundle(1, { endsAtMs: NOW_MS })], options).ended).toEqual([bundle(1).id]);
  });

  it("writes the last day in the shop's calendar, if there is one", () => {
    // Last millisecond of 24 December in Tokyo.
    const endsAtMs = Date.UTC(2026, 11, 24, 15) - 1;
    const lastDayOf = (changes: Partial<ApprovedBundle>) => {
      return rulesOf(planOffers([bundle(1, changes)], options))[0]!.lastDay;
    };
    expect(lastDayOf({ endsAtMs })).toBe(20261224);
    expect(lastDayOf({ endsAtMs: endsAtMs + 1 })).toBe(20261225);
    expect(lastDayOf({})).toBeNull();
  });

  it("keeps the most profitable bundles of a product and says how many are better", () => {
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

    const rules = plan.metafields.find(({ key }) => key === "offers")!;
    expect(rules.value.length).toBeLessThanOrEqual(600);
  });

  it("cuts a long title between characters, never inside an emoji", () => {
    const titleOf = (title: string) => {
      return rulesOf(planOffers([bundle(1, { title })], options))[0]!.title;
    };

    expect(titleOf(`${"x".repeat(119)}🎁`)).toBe("x".repeat(119));
    expect(titleOf(`${"x".repeat(118)}🎁 and more`)).toBe(`${"x".repeat(118)}🎁`);
  });

  it("lists the anchors on the other components' pages, best bundle first and at most five", () => {
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
    ["everywhere", null, true],
    ["pages", "p", true],
    ["first", "f", false],
    ["cart", "c", true],
  ] as const)("writes where to show a bundle placed “%s”", (placement, code, isNamed) => {
    const plan = planOffers([bundle(1, { placement })], options);

    expect(rulesOf(plan)[0]!.place).toBe(code);
    expect(plan.metafields.some(({ key }) => key === "bundle_anchors")).toBe(isNamed);
  });

  it("writes the countries of a bundle, and none if it is for all", () => {
    const codeOf = (countries: readonly string[]) => {
      return rulesOf(planOffers([bundle(1, { countries })], options))[0]!.countries;
    };
    expect(codeOf([])).toEqual([]);
    expect(codeOf(["AT", "DE"])).toEqual(["AT", "DE"]);
  });

  it("lists no anchor for a paused bundle or on the anchor's own page", () => {
    const own = component(2, { productGid: component(1).productGid });
    const held = bundle(3, { components: [component(7), component(8, { stockUnits: 0 })] });
    const { metafields } = planOffers([bundle(1, { components: [component(1), own] }), held], options);

    expect(metafields.some(({ key }) => key === "bundle_anchors")).toBe(false);
  });

  it("writes which products are open, whether subscriptions count and whether codes are refused", () => {
    const components = [component(1, { openStock: [0, 4] }), component(2)];
    const plan = planOffers([bundle(1, { components })], {
      ...options,
      countsSubscriptions: true,
      rejectsCodes: true,
    });

    expect(parseRules(textOf(plan))).toMatchObject({
      value: {
        countsSubscriptions: true,
        rejectsCodes: true,
        offers: [
          {
            parts: [
              { variant: "1", quantity: 1, product: "1" },
              { variant: "2", quantity: 1, product: null },
            ],
          },
        ],
      },
    });
  });

  it("closes the variant choice of the least profitable bundle before it drops an offer for lack of room", () => {
    const long = 10_000_000_000_000;
    const open = (number: number) => component(long + number, { openStock: [5, 5] });
    const bundles = [1, 2, 3].map((number) =>
      bundle(number, { title: "x".repeat(98), components: [open(1), open(100 + number)] }),
    );
    const plan = planOffers(bundles, options);

    expect(textOf(plan).length).toBeLessThanOrEqual(600);
    expect(
      rulesOf(plan).map((rule) => rule.kind === "set" && rule.parts.some(({ product }) => product)),
    ).toEqual([true, false, false]);
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
        terms: { kind: "set", reward: { type: "percent", basisPoints: discountPercent * 100 } },
        startsAtMs: starts === null ? null : NOW_MS + starts,
        endsAtMs: ends === null ? null : NOW_MS + ends,
        components: [component(anchor), component(50 + number, { stockUnits: stock, openStock })],
      }),
    );
  const anyBundles = fc.uniqueArray(anyBundle, { selector: ({ id }) => id, maxLength: 30 });

  it("offers, pauses or ends every bundle exactly once and writes valid rules", () => {
    fc.assert(
      fc.property(anyBundles, fc.integer({ min: 1, max: 5 }), (bundles, maxOffersPerProduct) => {
        const plan = planOffers(bundles, { ...options, maxOffersPerProduct });
        const accounted = [...plan.offered, ...plan.held.map(({ bundleId }) => bundleId), ...plan.ended];
        expect(accounted.toSorted()).toEqual(bundles.map(({ id }) => id).toSorted());

        const rules = plan.metafields.filter(({ key }) => key === "offers");
        const written = rules.flatMap(({ value }) => readRules(value));
        expect(written.map(({ id }) => id).toSorted()).toEqual([...plan.offered].toSorted());
        for (const { value } of rules) {
          expect(readRules(value).length).toBeLessThanOrEqual(maxOffersPerProduct);
        }
      }),
    );
  });

  it("does not depend on the order of the bundles", () => {
    fc.assert(
      fc.property(anyBundles, (bundles) => {
        expect(planOffers(bundles.toReversed(), options)).toEqual(planOffers(bundles, options));
      }),
    );
  });

  it("lists the variants of sets and gifts before those of pools", () => {
    const poolOf = (first: number) => Array.from({ length: 100 }, (_, index) => component(first + index));
    const range = { kind: "range" as const, reward: tenth.reward, units: 2, allowsRepeats: true };
    const gift = { kind: "gift" as const, spendMinor: 1_000, giftBasisPoints: 10_000 };
    const pools = [
      bundle(9, { terms: range, components: [component(1), ...poolOf(200)] }),
      bundle(8, {
        terms: gift,
        components: [component(1), ...poolOf(300), component(400, { isGift: true })],
      }),
      bundle(7),
    ];

    const { metafields } = planOffers(pools, options);

    const listed = metafields.find(
      ({ ownerGid, key }) => key === "bundle_variants" && ownerGid === component(1).productGid,
    )!;
    const gids = JSON.parse(listed.value) as string[];
    const needed = [1, 400, 107, 200].map((number) => component(number).variantGid);
    expect([gids.length, gids.slice(0, 4)]).toEqual([50, needed]);
    // No page draws the choices of a gift for what is spent.
    expect(gids).not.toContain(component(300).variantGid);
  });

  describe("if a theme cannot see all choices", () => {
    const range = { kind: "range" as const, reward: tenth.reward, units: 2, allowsRepeats: true };
    const listedBy = (...pools: ApprovedBundle[]) => {
      const { metafields } = planOffers(pools, options);
      const listed = metafields.find(({ key }) => key === "bundle_variants")!;
      return JSON.parse(listed.value) as string[];
    };
    const gidsOf = (numbers: readonly number[]) => numbers.map((number) => component(number).variantGid);
    const numbers = (first: number, count: number) => Array.from({ length: count }, (_, at) => first + at);

    it("lists one variant of each product before the second of any, in the merchant's order", () => {
      const sizesOf = (product: number) =>
        numbers(product * 100, 10).map((number) =>
          component(number, { productGid: component(product).productGid }),
        );
      const pool = bundle(1, { terms: range, components: numbers(1, 40).flatMap(sizesOf) });

      const first = numbers(1, 40).flatMap((product) => numbers(product * 100, product <= 10 ? 2 : 1));
      expect(listedBy(pool)).toEqual(gidsOf(first));
    });

    it("shares the room between the pools of one product", () => {
      const better = bundle(2, { terms: range, components: numbers(1, 60).map((one) => component(one)) });
      const other = bundle(1, {
        terms: { kind: "breaks", scope: "pool", tiers: [{ units: 2, reward: tenth.reward }] },
        components: [component(1), ...numbers(101, 60).map((one) => component(one))],
      });

      const listed = [1, ...numbers(2, 25), ...numbers(101, 24)];
      expect(listedBy(better, other)).toEqual(gidsOf(listed));
    });
  });

  it("stays within Shopify's limits for long titles, four products and 150 variants", () => {
    const wide = Array.from({ length: 150 }, (_, index) => {
      const variantGid = `gid://shopify/ProductVariant/${9_100_000_000_000 + index}`;
      const anchor = component(1, { variantGid });
      const others = [2, 3, 4].map((number) => component(10 * index + number, { quantity: 9 }));
      return bundle(index + 1, { title: "😀".repeat(100), components: [anchor, ...others] });
    });

    const plan = planOffers(wide, { ...options, maxOffersPerProduct: 5 });

    const rules = plan.metafields.find(({ key }) => key === "offers")!;
    const listed = plan.metafields.find(({ key }) => key === "bundle_variants")!;
    // The Function reads a longer value as null.
    expect(Buffer.byteLength(rules.value)).toBeLessThanOrEqual(10_000);
    expect((JSON.parse(listed.value) as string[]).length).toBeLessThanOrEqual(50);
    // Each rule names its own variant, and each other bundle has a reason why it is paused.
    const offers = readRules(rules.value);
    expect(new Set(offers.map((rule) => rule.kind === "set" && rule.parts[0]!.variant)).size).toBe(
      offers.length,
    );
    expect(plan.held).toHaveLength(150 - offers.length);
    expect(inEnglish(plan.held[0]!.reason)).toMatch(/no room next to|already shows/);
  });

  it("writes amounts in hundredths of the shop's currency for any minor unit", () => {
    const rewardIn = (currency: string) => {
      const terms: ApprovedBundle["terms"] = { kind: "set", reward: { type: "price", priceMinor: 1_250 } };
      const [rule] = rulesOf(planOffers([bundle(1, { terms, currency })], { ...options, currency }));
      return rule!.kind === "set" ? rule!.reward : null;
    };
    expect(rewardIn("EUR")).toEqual({ type: "price", hundredths: 1_250 });
    expect(rewardIn("JPY")).toEqual({ type: "price", hundredths: 125_000 });
    expect(rewardIn("KWD")).toEqual({ type: "price", hundredths: 125 });
  });
});

describe("amount beyond the range of the Function", () => {
  const priced = (priceMinor: number): ApprovedBundle["terms"] => ({
    kind: "set",
    reward: { type: "price", priceMinor },
  });

  it.each<[string, number]>([
    ["VND", 20_000_000],
    ["EUR", 2_000_000_000],
    ["KWD", 19_999_999_999],
  ])("pauses only its own offer in %s", (currency, priceMinor) => {
    const bundles = [bundle(1), bundle(2, { terms: priced(priceMinor), currency })];
    const isRefused = currency !== "KWD";
    const plan = planOffers(bundles, { ...options, currency });

    expect(rulesOf(plan).map(({ id }) => id)).toEqual([...(isRefused ? [] : [bundle(2).id]), bundle(1).id]);
    expect(plan.held.map(({ reason }) => reason.code)).toEqual(isRefused ? ["paused.amountHigh"] : []);
  });

  it("also pauses quantity breaks and gifts by spending", () => {
    const tiers = [{ units: 2, reward: { type: "amount", amountMinor: 20_000_000 } as const }];
    const gift = component(2, { isGift: true });
    const plan = planOffers(
      [
        bundle(1, {
          currency: "JPY",
          terms: { kind: "breaks", scope: "pool", tiers },
          components: [component(1)],
        }),
        bundle(2, {
          currency: "JPY",
          terms: { kind: "gift", spendMinor: 20_000_000, giftBasisPoints: 10_000 },
          components: [component(1), gift],
        }),
      ],
      { ...options, currency: "JPY" },
    );
    expect(plan.metafields).toEqual([]);
    expect(plan.held.map(({ reason }) => reason.code)).toEqual(["paused.amountHigh", "paused.amountHigh"]);
  });
});

describe("offers after a change of the shop's currency", () => {
  const gift = component(2, { isGift: true });
  const amounts: readonly Partial<ApprovedBundle>[] = [
    { terms: { kind: "set", reward: { type: "amount", amountMinor: 500 } } },
    { terms: { kind: "set", reward: { type: "price", priceMinor: 1_250 } } },
    {
      terms: { kind: "gift", spendMinor: 5_000, giftBasisPoints: 10_000 },
      components: [component(1), gift],
    },
  ];

  it("are paused only if they hold an amount in the old currency", () => {
    const bundles = [bundle(1), ...amounts.map((changes, at) => bundle(at + 2, changes))];
    const plan = planOffers(bundles, { ...options, currency: "JPY" });
    expect(plan.offered).toEqual([bundle(1).id]);
    expect(plan.held.map(({ reason }) => inEnglish(reason))).toEqual(
      amounts.map(() => expect.stringContaining("amounts are in EUR")),
    );
    expect(
      planOffers([bundle(2, { ...amounts[0], currency: "JPY" })], { ...options, currency: "JPY" }).held,
    ).toEqual([]);
  });
});

describe("planOffers for a pool", () => {
  const threeFor: ApprovedBundle["terms"] = {
    kind: "range",
    units: 3,
    allowsRepeats: false,
    reward: { type: "price", priceMinor: 1_000 },
  };
  const range = (...components: ApprovedBundle["components"]) => bundle(1, { terms: threeFor, components });

  it("pauses the offer when too few products are available", () => {
    const plan = planOffers([range(component(1), component(2), component(3, { stockUnits: 0 }))], options);

    expect(plan.metafields).toEqual([]);
    expect(inEnglish(plan.held[0]!.reason)).toContain("needs 3 different products, and only 2");
  });

  it("writes the rule to each product of the pool and the first product to the others", () => {
    const { metafields, offered } = planOffers(
      [range(component(1), component(2), component(3), component(4, { isActive: false }))],
      options,
    );
    const ofKey = (wanted: string) => metafields.filter(({ key }) => key === wanted);

    expect(offered).toEqual([bundle(1).id]);
    expect(ofKey("offers").map(({ ownerGid }) => ownerGid)).toEqual(
      [1, 2, 3].map((at) => component(at).productGid),
    );
    expect(new Set(ofKey("offers").map(({ value }) => value)).size).toBe(1);
    expect(ofKey("bundle_anchors").map(({ ownerGid }) => ownerGid)).toEqual(
      [2, 3].map((at) => component(at).productGid),
    );
    expect(JSON.parse(ofKey("bundle_variants")[0]!.value)).toEqual(
      [1, 2, 3].map((at) => component(at).variantGid),
    );
  });

  it("lists the first product on all others when the offer is shown only on its page", () => {
    const tiers = [{ units: 2, reward: { type: "percent", basisPoints: 1_000 } as const }];
    const breaks: ApprovedBundle = {
      ...range(component(1), component(2), component(3)),
      terms: { kind: "breaks", scope: "product", tiers },
      placement: "first",
    };
    const spending: ApprovedBundle = {
      ...breaks,
      terms: { kind: "gift", spendMinor: 2_000, giftBasisPoints: 10_000 },
      components: [component(1), component(2), component(9, { isGift: true })],
    };
    const namedBy = (one: ApprovedBundle) =>
      planOffers([one], options)
        .metafields.filter(({ key }) => key === "bundle_anchors")
        .map(({ ownerGid, value }) => [ownerGid, JSON.parse(value) as string[]]);
    const first = [component(1).productGid];

    expect(namedBy(breaks)).toEqual([2, 3].map((at) => [component(at).productGid, first]));
    expect(namedBy(spending)).toEqual([[component(2).productGid, first]]);
  });

  it("pauses the offer when one of its products has no room for the rule", () => {
    const title = "x".repeat(120);
    const sets = [2, 3, 4].map((number) =>
      bundle(number, { title, components: [component(2), component(number + 50)] }),
    );
    const plan = planOffers([{ ...range(component(1), component(2), component(3)), title }, ...sets], {
      ...options,
      maxOffersPerProduct: 5,
    });

    expect(plan.held.map(({ bundleId }) => bundleId)).toEqual([bundle(1).id]);
    expect(plan.metafields.some(({ ownerGid }) => ownerGid === component(1).productGid)).toBe(false);
  });

  it("writes what is bought, the gift and whether its variant is open", () => {
    const gift = component(9, { isGift: true, openStock: [3, 4] });
    const plan = planOffers(
      [
        bundle(1, {
          terms: { kind: "gift", spendMinor: null, giftBasisPoints: 10_000 },
          components: [component(1), component(2), gift],
        }),
      ],
      options,
    );

    expect(rulesOf(plan)).toMatchObject([
      {
        buy: { parts: [{ variant: "1" }, { variant: "2" }] },
        gift: { variant: "9", product: "9" },
        basisPoints: 10_000,
      },
    ]);
  });
});
