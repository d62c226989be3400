import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  discoveryThreshold,
  liftOf,
  oddsOfLift,
  surpriseOf,
} from "#app/domain/propose/together/pair-statistics.ts";
import { PRICE_RESPONSE } from "#app/domain/trends/prices/price-elasticity.ts";
import { chooseDiscount, effectOf } from "#app/domain/propose/profit/offer-value.ts";
import { titleBundle } from "#app/domain/propose/titles/offer-title.ts";
import { relateNames } from "#app/domain/propose/titles/title-similarity.ts";
import { nameWordsOf } from "#app/domain/propose/titles/title-words.ts";

describe("pair statistics", () => {
  it("refuse a lift without an expected count", () => {
    expect(() => liftOf(3, 0)).toThrow(RangeError);
  });

  it("keep the lift inside its interval and widen the interval as counts fall", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.double({ min: 0.1, max: 5_000, noNaN: true }),
        (n, expected) => {
          const { value, low, high } = liftOf(n, expected);
          expect(low).toBeLessThanOrEqual(value);
          expect(high).toBeGreaterThanOrEqual(value);
          const ofMore = liftOf(4 * n, 4 * expected);
          expect(ofMore.high - ofMore.low).toBeLessThan(high - low);
        },
      ),
    );
  });

  it("give Byar's published limits for ten observed: 5.4 to 17.0 at 90 %", () => {
    const { low, high } = liftOf(10, 1);
    expect(low).toBeCloseTo(5.43, 1);
    expect(high).toBeCloseTo(16.96, 1);
  });

  it("give about 0.5 for a count at chance, and less the further it is above", () => {
    expect(surpriseOf(10, 10)).toBeCloseTo(0.5, 6);
    expect(surpriseOf(5, 10)).toBeGreaterThan(0.5);
    expect(surpriseOf(30, 10)).toBeLessThan(1e-6);
  });

  it.each([
    [4, 0.5, 0.001752],
    [10, 3, 0.001102],
    [1, 0.1, 0.095163],
  ])("give the exact tail of %i observed with %d expected", (observed, expected, tail) => {
    expect(surpriseOf(observed, expected)).toBeCloseTo(tail, 6);
  });

  it("pass from the exact tail to the likelihood ratio without a large step", () => {
    const [exact, ratio] = [surpriseOf(200, 160), surpriseOf(201, 160)];
    expect(ratio).toBeLessThan(exact);
    expect(ratio / exact).toBeGreaterThan(0.7);
  });

  it.each([
    { effectiveSize: 3, byChance: 0.5, priorLift: 1, odds: 0.6472 },
    { effectiveSize: 5, byChance: 0.2, priorLift: 2, odds: 0.9968 },
  ])("give the gamma tail as the odds of a lift of two: $odds", ({ odds, ...counted }) => {
    expect(oddsOfLift(2, counted)).toBeCloseTo(odds, 4);
  });

  it("give low odds to a lift of two without counts", () => {
    expect(oddsOfLift(2, { effectiveSize: 0, byChance: 0, priorLift: 1 })).toBeLessThan(0.5);
  });

  it("reproduce Benjamini and Hochberg's example of four of five at 5 %", () => {
    const pValues = Float64Array.from([0.9, 0.001, 0.008, 0.039, 0.02]);
    expect(discoveryThreshold(pValues, 5, 0.05)).toBe(0.039);
    expect(discoveryThreshold(pValues, 5_000, 0.05)).toBe(0);
  });
});

describe("discoveryThreshold", () => {
  const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 60 });

  it("never rises with more tests and never falls with a higher allowed share", () => {
    fc.assert(
      fc.property(pValues, fc.integer({ min: 0, max: 500 }), (values, untested) => {
        const found = (tests: number, share: number) =>
          discoveryThreshold(Float64Array.from(values), tests, share);
        expect(found(values.length + untested, 0.05)).toBeLessThanOrEqual(found(values.length, 0.05));
        expect(found(values.length, 0.05)).toBeLessThanOrEqual(found(values.length, 0.2));
      }),
    );
  });

  it("accepts every p-value that Bonferroni accepts", () => {
    fc.assert(
      fc.property(pValues, (values) => {
        const threshold = discoveryThreshold(Float64Array.from(values), values.length, 0.05);
        for (const value of values)
          if (value <= 0.05 / values.length) expect(value).toBeLessThanOrEqual(threshold);
      }),
    );
  });
});

describe("price response", () => {
  const estimate = (value: number) => ({ value, low: value / 2, high: value * 2 });
  const component = { priceMinor: 1_000, marginMinor: 600, missing: estimate(200), response: PRICE_RESPONSE };
  const bundle = {
    components: [component, component],
    ordersAnyway: estimate(20),
    relation: 0,
    basis: "published" as const,
  };

  it("never leads to a discount beyond the limit, below the margin floor or at a loss", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 900 }),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        (marginMinor, limit) => {
          const parts = {
            ...bundle,
            components: bundle.components.map((part) => ({ ...part, marginMinor })),
          };
          const chosen = chooseDiscount(parts, {
            minDiscountRatio: 0.05,
            maxDiscountRatio: limit,
            marginFloorRatio: 0.15,
          });
          if (chosen === null) return;
          expect(chosen).toBeLessThanOrEqual(limit + 1e-9);
          const saving = chosen * 2_000;
          expect((2 * marginMinor - saving) / (2_000 - saving)).toBeGreaterThanOrEqual(0.15);
          expect(effectOf(parts, chosen).extraMarginMinor.value).toBeGreaterThan(0);
        },
      ),
    );
  });

  it("gives nothing and costs nothing without a discount", () => {
    const { extraMarginMinor, ordersWithOffer } = effectOf(bundle, 0);
    expect(extraMarginMinor.value).toBeCloseTo(0, 9);
    expect(ordersWithOffer.value).toBe(20);
  });
});

describe("product titles", () => {
  const name = (title: string, priceMinor = 100) => ({ words: nameWordsOf(title), priceMinor });

  it.each([
    ["a colour apart", "Red glass mug", "Blue glass mug", "variant"],
    ["a size apart", "Cedar shampoo 250 ml", "Cedar shampoo 500 ml", "variant"],
    ["a material more", "Serving tray", "Bamboo serving tray large", "variant"],
    ["two designs at one price", "Lunch bag woodland", "Lunch bag cars blue", "related"],
    ["two products of a range", "Lavender care shampoo", "Lavender care conditioner", "related"],
    ["one range name in common", "Cedar shampoo", "Cedar conditioner", "different"],
    ["two designs by their last words", "Grey heart hot water bottle", "Dog hot water bottle", "related"],
    ["the last words amid the other", "Cocoa hot water bottle", "Hot water bottle tea time", "related"],
    [
      "one pattern on two things",
      "Diner wall clock vintage red",
      "Enamel bread bin vintage red",
      "different",
    ],
    ["a colour apart, of one other word", "Mug red", "Mug blue", "variant"],
    ["an amount apart, of one other word", "Sencha 100g", "Sencha 200g", "variant"],
    ["numbered articles of a catalogue", "Product 17", "Product 3", "different"],
    ["a colour and nothing else in common", "Red wool", "Red leather", "different"],
    ["a Japanese colour apart", "湯呑み 白", "湯呑み 黒", "variant"],
    ["a Chinese size apart, of one sign", "锅 大号", "锅 小号", "variant"],
    ["a German colour apart", "Halstuch Sommer rot", "Halstuch Sommer grün", "variant"],
    ["a Spanish colour apart", "Taza de té azul", "Taza de té roja", "variant"],
    ["a French size apart", "Coussin étoile petit", "Coussin étoile grand", "variant"],
    ["the same letters with other vowel signs", "पान", "पानी", "different"],
    ["one variant's options in common", "Arlo Tee - Navy / M", "Arlo Jeans - Navy / M", "different"],
    ["one option apart", "Arlo Tee - Rust / M", "Arlo Tee - Khaki / M", "variant"],
    ["a hyphen in the name", "Toast its - best mum", "Toast its - dinosaur", "related"],
    ["what one is for", "Beard trimmer", "Beard trimmer oil", "related"],
    ["one word more before what both are", "Beard trimmer", "Travel beard trimmer", "variant"],
    ["nothing in common", "Razor", "Foam", "different"],
    ["no words at all", "", "", "different"],
  ])("%s: %j and %j are %s", (_, a, b, expected) => {
    expect(relateNames(name(a), name(b))).toBe(expected);
    expect(relateNames(name(b), name(a))).toBe(expected);
  });

  it("fit into a bundle title of 120 characters", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 300 }), { minLength: 2, maxLength: 4 }), (titles) => {
        const title = titleBundle(titles);
        expect(title.length).toBeGreaterThan(0);
        expect(title.length).toBeLessThanOrEqual(120);
      }),
    );
  });
});
