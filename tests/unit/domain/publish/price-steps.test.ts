import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkTerms, type OfferTerms } from "#app/domain/offer/offer.ts";
import { offerKeyOf } from "#app/domain/offer/offer-key.ts";
import {
  discountRatioOf,
  listChoiceSteps,
  listLowestSteps,
  listSteps,
  marginRatioOf,
  type StepComponent,
} from "#app/domain/publish/price-steps.ts";

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

describe("listSteps", () => {
  it.each(KINDS)("is empty without products: $kind", (terms) => {
    expect(listSteps(terms, [], USD)).toEqual([]);
  });

  it("is empty for a range with fewer products than different units", () => {
    const terms = { ...KINDS[1]!, allowsRepeats: false } as OfferTerms;
    expect(listSteps(terms, [component(1), component(2)], USD)).toEqual([]);
  });

  it("prices all units of a range, with repeats if allowed", () => {
    expect(listSteps(KINDS[1]!, [component(1), component(2)], USD)).toEqual([
      { units: 3, beforeMinor: 3_000, discountMinor: 500, afterMinor: 2_500, costMinor: 1_200 },
    ]);
  });

  it("has one step per tier, and the discount ratio is that of the highest", () => {
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

  it("prices a gift with its purchase, or with enough units for its spending", () => {
    const gift = component(2, { isGift: true, priceMinor: 500, costMinor: null });
    const held = [component(1), gift];
    expect(listSteps(KINDS[3]!, held, USD)).toEqual([
      { units: 2, beforeMinor: 1_500, discountMinor: 500, afterMinor: 1_000, costMinor: 650 },
    ]);
    const spending: OfferTerms = { kind: "gift", spendMinor: 2_500, giftBasisPoints: 5_000 };
    expect(listSteps(spending, held, USD)).toMatchObject([{ units: 4, discountMinor: 250 }]);
  });

  it("rounds the discount down to whole yen", () => {
    const yen = [component(1, { priceMinor: 155 }), component(2, { priceMinor: 100 })];
    expect(listSteps(KINDS[0]!, yen, { ...USD, currency: "JPY" })).toMatchObject([{ discountMinor: 25 }]);
  });
});

describe("offerKeyOf", () => {
  it("differs by kind, but not by order, price or reward", () => {
    const held = [component(1), component(2, { isGift: true })];
    expect(new Set(KINDS.map((terms) => offerKeyOf(terms, held))).size).toBe(KINDS.length);
    const [range] = KINDS.slice(1);
    const pool = [component(1), component(2)];
    expect(offerKeyOf(range!, pool)).toBe(
      offerKeyOf({ ...range!, reward: percent(500) } as OfferTerms, pool.toReversed()),
    );
  });

  it("of the largest pool fits a PostgreSQL index", () => {
    const pool = Array.from({ length: 100 }, (_, at) => component(10_000_000_000_000 + at));
    expect(offerKeyOf(KINDS[1]!, pool).length).toBeLessThan(2_700);
    expect(checkTerms(KINDS[1]!, pool)).toEqual([]);
  });
});

describe("listChoiceSteps", () => {
  const dear = component(2, { costMinor: 900 });
  const costs = (terms: OfferTerms, components: readonly StepComponent[]) =>
    listChoiceSteps(terms, components, USD).map(({ costMinor }) => costMinor);

  it("takes each product of a pool in turn, as often as the terms ask for", () => {
    expect(costs(KINDS[1]!, [component(1), dear])).toEqual([1_200, 2_700]);
    expect(costs(KINDS[2]!, [component(1), dear])).toEqual([800, 1_800]);
  });

  it("finds the lowest margin and the largest discount of all choices of different products", () => {
    const money = fc.integer({ min: 100, max: 3_000 });
    const product = fc.record({ priceMinor: money, costRatio: fc.double({ min: 0, max: 1, noNaN: true }) });
    const reward = fc.oneof(
      fc.record({ type: fc.constant("percent" as const), basisPoints: fc.integer({ min: 100, max: 9_000 }) }),
      fc.record({ type: fc.constant("amount" as const), amountMinor: fc.integer({ min: 1, max: 199 }) }),
      fc.record({ type: fc.constant("price" as const), priceMinor: fc.integer({ min: 1, max: 199 }) }),
    );
    fc.assert(
      fc.property(fc.array(product, { minLength: 3, maxLength: 6 }), reward, (products, given) => {
        const pool = products.map(({ priceMinor, costRatio }, at) =>
          component(at + 1, { priceMinor, costMinor: Math.round(priceMinor * costRatio) }),
        );
        const terms: OfferTerms = { kind: "range", units: 2, allowsRepeats: false, reward: given };
        const all = pool.flatMap((one, at) =>
          pool.slice(at + 1).flatMap((other) => listSteps(terms, [one, other], USD)),
        );
        const found = listChoiceSteps(terms, pool, USD);
        const lowest = (steps: typeof all) => Math.min(...steps.map(marginRatioOf));
        const largest = (steps: typeof all) => Math.max(...steps.map(({ discountMinor }) => discountMinor));
        // A discount is rounded to a cent, on prices of a dollar or more.
        expect(Math.abs(lowest(found) - lowest(all))).toBeLessThan(0.02);
        expect(largest(found)).toBe(largest(all));
      }),
    );
  });

  it("has none of fewer products than units that must differ", () => {
    const terms = { ...KINDS[1]!, allowsRepeats: false } as OfferTerms;
    expect(costs(terms, [component(1), dear])).toEqual([]);
  });

  it("takes a set as it is", () => {
    expect(costs(KINDS[0]!, [component(1), dear])).toEqual([1_300]);
  });
});

describe("listLowestSteps", () => {
  it("takes the product that leaves the lowest margin at each tier", () => {
    const tiers = [
      { units: 2, reward: percent(1_000) },
      { units: 3, reward: percent(1_500) },
    ];
    const pool = [component(1), component(2, { costMinor: 900 }), component(3)];
    const lowest = listLowestSteps({ kind: "breaks", scope: "pool", tiers }, pool, USD);
    expect(lowest.map(({ units, costMinor }) => [units, costMinor])).toEqual([
      [2, 1_800],
      [3, 2_700],
    ]);
  });
});
