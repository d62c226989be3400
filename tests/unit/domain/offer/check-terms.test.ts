import { describe, expect, it } from "vitest";
import { checkTerms, type OfferTerms, type TermsComponent } from "#app/domain/offer/offer.ts";
import { countTitleBytes, MAX_TITLES_BYTES } from "#app/domain/offer/offer-rule.ts";
import { termsFormIn } from "#app/domain/validate/terms-form.ts";

const percent = { type: "percent", basisPoints: 1_000 } as const;
const price = (priceMinor: number) => ({ type: "price", priceMinor }) as const;
const of = (id: number, priceMinor = 1_000, isGift = false): TermsComponent => ({
  variantGid: `v${id}`,
  productGid: `p${id}`,
  quantity: 1,
  priceMinor,
  isGift,
});
const set: OfferTerms = { kind: "set", reward: percent };
const range = (
  units: number,
  allowsRepeats: boolean,
  reward: OfferTerms & { kind: "set" } = set,
): OfferTerms => ({
  kind: "range",
  units,
  allowsRepeats,
  reward: reward.reward,
});
const breaks = (...tiers: (OfferTerms & { kind: "breaks" })["tiers"]): OfferTerms => ({
  kind: "breaks",
  scope: "product",
  tiers,
});
const gift = (spendMinor: number | null): OfferTerms => ({
  kind: "gift",
  spendMinor,
  giftBasisPoints: 10_000,
});

describe("checkTerms", () => {
  it.each<[string, OfferTerms, TermsComponent[], object]>([
    ["a set of one product", set, [of(1)], { field: "components", code: "componentsFew" }],
    [
      "five products of a set",
      set,
      [1, 2, 3, 4, 5].map((id) => of(id)),
      { field: "components", code: "componentsMany" },
    ],
    ["a component twice", set, [of(1), of(2), of(1)], { field: "components", code: "componentTwice" }],
    [
      "a price above the sum",
      { kind: "set", reward: price(2_100) },
      [of(1), of(2)],
      { field: "reward", code: "priceAboveSum" },
    ],
    [
      "an amount of all",
      { kind: "set", reward: { type: "amount", amountMinor: 2_000 } },
      [of(1), of(2)],
      { field: "reward", code: "priceAboveSum" },
    ],
    [
      "a range smaller than what is chosen of it",
      range(3, false),
      [of(1), of(2)],
      { field: "units", code: "poolTooSmall", values: { choices: 2, units: 3 } },
    ],
    [
      "a range at more than its dearest cost",
      range(3, true, { kind: "set", reward: price(3_000) }),
      [of(1), of(2, 500)],
      { field: "reward", code: "priceAboveSum" },
    ],
    [
      "tiers that do not rise",
      breaks({ units: 3, reward: percent }, { units: 3, reward: { type: "percent", basisPoints: 1_500 } }),
      [of(1)],
      { field: "tiers", code: "tiersFall", values: { tier: 2 } },
    ],
    [
      "a higher tier that gives no more",
      breaks({ units: 2, reward: percent }, { units: 3, reward: percent }),
      [of(1)],
      { field: "tiers", code: "tierRewardsFall", values: { tier: 2 } },
    ],
    [
      "tiers of two sorts",
      breaks({ units: 2, reward: percent }, { units: 3, reward: price(2_000) }),
      [of(1)],
      { field: "tiers", code: "tierTypesDiffer" },
    ],
    [
      "a tier dearer than its units",
      breaks({ units: 2, reward: price(2_000) }),
      [of(1), of(2, 900)],
      { field: "tiers", code: "priceAboveSum", values: { totalMinor: 2_000 } },
    ],
    ["no gift", gift(null), [of(1)], { field: "gift", code: "giftMissing" }],
    [
      "a gift that has to be bought as well",
      gift(null),
      [of(1), of(2), of(2, 1_000, true)],
      { field: "gift", code: "giftIsBought" },
    ],
    [
      "a gift on which alone is to be spent what it takes",
      gift(1_000),
      [of(1), of(1, 1_000, true)],
      { field: "gift", code: "giftIsBought" },
    ],
    [
      "a gift worth more than the purchase",
      gift(null),
      [of(1), of(2, 1_001, true)],
      { field: "gift", code: "giftAbovePurchase" },
    ],
    [
      "a gift worth more than what must be spent",
      gift(900),
      [of(1), of(2, 1_000, true)],
      { field: "gift", code: "giftAbovePurchase" },
    ],
  ])("refuses %s and names the field to correct", (_, terms, components, problem) => {
    expect(checkTerms(terms, components)).toMatchObject([problem]);
  });

  it.each<[OfferTerms, TermsComponent[]]>([
    [set, [of(1), of(2)]],
    [range(3, true), [of(1)]],
    [breaks({ units: 2, reward: price(1_999) }, { units: 3, reward: price(2_500) }), [of(1)]],
    [gift(null), [of(1), of(2, 1_000, true)]],
    [gift(1_000), [of(1), of(2), of(2, 1_000, true)]],
  ])("accepts %j", (terms, components) => {
    expect(checkTerms(terms, components)).toEqual([]);
  });
});

describe("offer amount", () => {
  const parse = (currency: string, rewardValue: string) =>
    termsFormIn(currency).safeParse({ offer: { kind: "set", rewardType: "price", rewardValue } });

  it.each([
    ["VND", "19999999", "20000000"],
    ["EUR", "19999999.99", "20000000"],
    ["KWD", "19999999.999", "20000000"],
  ])("is accepted in %s below 20 million and refused from there on", (currency, below, limit) => {
    expect(parse(currency, below).success).toBe(true);
    expect(parse(currency, limit).error?.issues).toMatchObject([
      { path: ["offer", "reward"], message: "amountHigh" },
    ]);
  });
});

describe("titles in other languages", () => {
  const languages = ["de", "fr", "ja", "ko", "th", "vi", "uk", "ru", "el", "bg"];
  const parse = (title: string) =>
    termsFormIn("EUR").safeParse({
      titles: Object.fromEntries(languages.map((language) => [language, title])),
    });

  it("are refused when the Function cannot hold them all", () => {
    expect(parse("茶".repeat(101)).error?.issues).toMatchObject([
      { path: ["titles"], message: "titlesLong" },
    ]);
    expect(parse("茶".repeat(100)).success).toBe(true);
  });

  it("are counted in encoded bytes", () => {
    expect(countTitleBytes({ de: "Tee ~ Keks" })).toBe(12);
    expect(MAX_TITLES_BYTES).toBeLessThan(4_000);
  });
});
