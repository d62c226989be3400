import { describe, expect, it } from "vitest";
import { checkTerms, type OfferTerms } from "#app/domain/offer/offer.ts";
import { offerKeyOf } from "#app/domain/offer/offer-key.ts";
import { discountRatioOf, listSteps, type StepComponent } from "#app/domain/publish/price-steps.ts";

const component = (number: number, changes: Partial<StepComponent> = {}): StepComponent => ({
  variantGid: `gid://shopify/ProductVariant/${number}`,
  productGid: `gid://shopify/Product/${number}`,
  quantity: 1,
  isGift: false,
  priceMinor: 1_000,
  costMinor: 400,
  ...changes,
});
const USD = { currency: "USD", assumedMarginRatio: 0.5 };
const percent = (basisPoints: number) => ({ type: "percent", basisPoints }) as const;

const KINDS: readonly OfferTerms[] = [
  { kind: "set", reward: percent(1_000) },
  { kind: "range", units: 3, allowsRepeats: true, reward: { type: "price", priceMinor: 2_500 } },
  { kind: "breaks", scope: "product", tiers: [{ units: 2, reward: percent(1_000) }] },
  { kind: "gift", spendMinor: null, giftBasisPoints: 10_000 },
];

describe("the price of an offer at each of its tiers", () => {
  it.each(KINDS)("is none while it has no products: $kind", (terms) => {
    expect(listSteps(terms, [], USD)).toEqual([]);
  });

  it("is none of a range that asks for more different products than it has", () => {
    const terms = { ...KINDS[1]!, allowsRepeats: false } as OfferTerms;
    expect(listSteps(terms, [component(1), component(2)], USD)).toEqual([]);
  });

  it("is that of all units of a range, the same one twice where it may be", () => {
    expect(listSteps(KINDS[1]!, [component(1), component(2)], USD)).toEqual([
      { units: 3, beforeMinor: 3_000, discountMinor: 500, afterMinor: 2_500, costMinor: 1_200 },
    ]);
  });

  it("is one for each tier of breaks, of which the highest is its discount", () => {
    const tiers = [
      { units: 2, reward: percent(1_000) },
      { units: 3, reward: percent(1_500) },
    ];
    const steps = listSteps({ kind: "breaks", scope: "variant", tiers }, [component(1)], USD);
    expect(steps.map(({ units, discountMinor }) => [units, discountMinor])).toEqual([
      [2, 200],
      [3, 450],
    ]);
    expect(discountRatioOf(steps)).toBeCloseTo(0.15);
  });

  it("holds a gift with what is bought, or with as many units as the spending asks for", () => {
    const gift = component(2, { isGift: true, priceMinor: 500, costMinor: null });
    const held = [component(1), gift];
    expect(listSteps(KINDS[3]!, held, USD)).toEqual([
      { units: 2, beforeMinor: 1_500, discountMinor: 500, afterMinor: 1_000, costMinor: 650 },
    ]);
    const spending: OfferTerms = { kind: "gift", spendMinor: 2_500, giftBasisPoints: 5_000 };
    expect(listSteps(spending, held, USD)).toMatchObject([{ units: 4, discountMinor: 250 }]);
  });

  it("takes off whole yen alone", () => {
    const yen = [component(1, { priceMinor: 155 }), component(2, { priceMinor: 100 })];
    expect(listSteps(KINDS[0]!, yen, { ...USD, currency: "JPY" })).toMatchObject([{ discountMinor: 25 }]);
  });
});

describe("the key of an offer", () => {
  it("tells kinds of the same products apart, and no order, price or reward of them", () => {
    const held = [component(1), component(2, { isGift: true })];
    expect(new Set(KINDS.map((terms) => offerKeyOf(terms, held))).size).toBe(KINDS.length);
    const [range] = KINDS.slice(1);
    const pool = [component(1), component(2)];
    expect(offerKeyOf(range!, pool)).toBe(
      offerKeyOf({ ...range!, reward: percent(500) } as OfferTerms, pool.toReversed()),
    );
  });

  it("fits an index of PostgreSQL with the largest pool", () => {
    const pool = Array.from({ length: 100 }, (_, at) => component(10_000_000_000_000 + at));
    expect(offerKeyOf(KINDS[1]!, pool).length).toBeLessThan(2_700);
    expect(checkTerms(KINDS[1]!, pool)).toEqual([]);
  });
});
