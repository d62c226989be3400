import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  chooseDiscount,
  effectOf,
  marginByKind,
  oddsEffectAt,
  wonRatioAt,
  type BundleEconomics,
} from "#app/domain/propose/profit/offer-value.ts";
import {
  MEAN_KIND,
  NOTICED_WHERE_MEASURED,
  SHOPPER_KINDS,
  PRIOR_MIX,
} from "#app/domain/propose/profit/shopper-kinds.ts";

describe("shoppers won by a saving", () => {
  it("are none without a saving, and are capped when the saving exceeds the price", () => {
    expect(wonRatioAt(1_000, 0, 2.8, MEAN_KIND)).toBe(0);
    expect(wonRatioAt(1_000, 3_000, 2.8, MEAN_KIND)).toBe(wonRatioAt(1_000, 500, 2.8, MEAN_KIND));
  });

  it("follow the elasticity among those who notice it", () => {
    expect(wonRatioAt(1_000, 200, 2, { noticedRatio: 0.6 })).toBeCloseTo(0.6 * (0.8 ** -2 - 1), 12);
  });

  it("follow a measured elasticity of the odds, whatever the prices are", () => {
    const noticed = { noticedRatio: 0.6 };
    // Odds of 1 to 3 become 2 to 3: a share of 0.4 instead of 0.25.
    expect(oddsEffectAt(0.2, Math.log(2) / -Math.log(0.8), 0.25, noticed)).toBeCloseTo(0.6 * 0.6, 12);
    expect(oddsEffectAt(0, 3, 0.25, noticed)).toBe(0);
    expect(oddsEffectAt(0.7, 3, 0.25, noticed)).toBe(oddsEffectAt(0.5, 3, 0.25, noticed));
  });

  it("are few when nearly all take the product anyway, and never exceed all", () => {
    for (const attachRatio of [0.5, 0.9, 0.999, 1])
      expect(attachRatio * (1 + oddsEffectAt(0.3, 8, attachRatio, { noticedRatio: 1 }))).toBeLessThanOrEqual(
        1,
      );
    expect(oddsEffectAt(0.3, 8, 0.9, MEAN_KIND)).toBeLessThan(0.05);
  });
});

const exactly = (value: number) => ({ value, low: value, high: value });

/** Two products at 10.00 and 30.00, with margins of a half and a third. */
function pairWith(fields: Partial<BundleEconomics["components"][number]> = {}): BundleEconomics {
  const common = { missing: exactly(1_000), response: exactly(2), ...fields };
  return {
    ordersAnyway: exactly(100),
    relation: 0,
    basis: "published",
    components: [
      { priceMinor: 1_000, marginMinor: 500, ...common },
      { priceMinor: 3_000, marginMinor: 1_000, ...common },
    ],
  };
}

describe("effectOf", () => {
  // 10 % of 40.00 is 4.00: 40 % of the first product's price and 13.3 % of the second's.
  const wonFirst = 100 * MEAN_KIND.noticedRatio * (0.6 ** -2 - 1);
  const wonSecond = 100 * MEAN_KIND.noticedRatio * ((1 - 4 / 30) ** -2 - 1);

  it("is the margin of the won orders minus the discount on all orders", () => {
    const { ordersAnyway, ordersWithOffer, extraMarginMinor, extraRevenueMinor } = effectOf(pairWith(), 0.1);
    expect(ordersAnyway).toEqual(exactly(100));
    expect(ordersWithOffer.value).toBeCloseTo(100 + wonFirst + wonSecond, 9);
    expect(extraMarginMinor.value).toBeCloseTo(wonFirst * 100 + wonSecond * 600 - 100 * 400, 6);
    expect(extraRevenueMinor.value).toBeCloseTo(wonFirst * 600 + wonSecond * 2_600 - 100 * 400, 6);
  });

  it("has only the awareness effect without a discount, including sales outside the offer", () => {
    const { ordersWithOffer, extraMarginMinor } = effectOf({ ...pairWith(), relation: 0.5 }, 0);
    const shown = 0.5 * 1_000 * MEAN_KIND.awarenessRatio;
    expect(ordersWithOffer.value).toBeCloseTo(100 + 2 * shown, 9);
    expect(extraMarginMinor.value).toBeCloseTo(1.3 * (shown * 500 + shown * 1_000), 6);
    expect(effectOf(pairWith(), 0).extraMarginMinor).toEqual(exactly(0));
  });

  it("wins at most a quarter of the shoppers who lack a component", () => {
    const { ordersWithOffer } = effectOf(pairWith({ missing: exactly(10) }), 0.1);
    expect(ordersWithOffer.value).toBe(100 + 2.5 + 2.5);
  });

  it.each(["published", "measured"] as const)(
    "drives off no more orders than come anyway, where shops with %s responses saw shoppers driven off",
    (basis) => {
      const times = { value: -1, low: -2, high: 0 };
      const driven = { ...PRIOR_MIX, kinds: PRIOR_MIX.kinds.map((kind) => ({ ...kind, times })) };
      const bundle = { ...pairWith(), relation: 1, basis, remindedTimes: 4, mix: driven };
      for (const discountRatio of [0, 0.2]) {
        const { ordersWithOffer, extraMarginMinor } = effectOf(bundle, discountRatio);
        expect(ordersWithOffer.value).toBeGreaterThanOrEqual(0);
        // 100 orders at a margin of 15.00, and a third as many sales of one of the two alone.
        expect(extraMarginMinor.low).toBeGreaterThan(-1.3 * 100 * 1_500);
      }
    },
  );

  it("caps awareness at 64 times the orders that come anyway", () => {
    const won = (missing: number) => {
      const { ordersWithOffer } = effectOf({ ...pairWith({ missing: exactly(missing) }), relation: 1 }, 0);
      return ordersWithOffer.value - 100;
    };
    expect(won(6_400)).toBeCloseTo(2 * 6_400 * MEAN_KIND.awarenessRatio, 9);
    expect(won(160_000)).toBe(won(6_400));
  });

  describe("with measured prices", () => {
    const elastic = { value: 2, low: 1.9, high: 3 };
    const measured = (response: typeof elastic) =>
      effectOf({ ...pairWith({ response }), basis: "measured" }, 0.1);
    const noticedRatio = NOTICED_WHERE_MEASURED;
    // 1,000 orders lack each part and 100 have both; both elasticities add up.
    const besides = 100 * oddsEffectAt(0.1, 4, 100 / 1_100, { noticedRatio });

    it("counts a won order once, whichever part it lacked", () => {
      expect(measured(elastic).ordersWithOffer.value).toBeCloseTo(100 + besides, 9);
    });

    it("adds the margin of each part and of visitors who would have bought nothing", () => {
      const forEachPart = besides * (500 - 400) + besides * (1_000 - 400) - 100 * 400;
      const fromNothing = 0.6 * 100 * noticedRatio * (0.9 ** -2 - 1) * (1_500 - 400);
      expect(measured(elastic).extraMarginMinor.value).toBeCloseTo(forEachPart + fromNothing, 6);
    });
  });

  describe("has a range", () => {
    const response = { value: 2, low: 1, high: 3 };
    const missing = { value: 1_000, low: 400, high: 3_000 };
    const ordersAnyway = { value: 100, low: 50, high: 200 };

    it("from the least to the most responsive kind of shoppers", () => {
      const { ordersWithOffer, extraMarginMinor } = effectOf(pairWith({ response }), 0.1);
      const noticed = SHOPPER_KINDS.map(({ noticedRatio }) => noticedRatio);
      const { low: least, high: most } = PRIOR_MIX.kinds[0]!.times;
      const won = (priceMinor: number, times: number, elasticity: number) =>
        Math.min(250, 100 * times * ((1 - 400 / priceMinor) ** -elasticity - 1));
      const [few, many] = [least * Math.min(...noticed), most * Math.max(...noticed)];
      expect(ordersWithOffer.low).toBeCloseTo(100 + won(1_000, few, 1) + won(3_000, few, 1), 9);
      expect(ordersWithOffer.high).toBeCloseTo(100 + won(1_000, many, 3) + won(3_000, many, 3), 9);
      // The least responsive shoppers get the most for nothing.
      expect(extraMarginMinor.low).toBeCloseTo(
        won(1_000, few, 1) * 100 + won(3_000, few, 1) * 600 - 40_000,
        6,
      );
    });

    it("that adds the uncertainty of their number and of their response as independent", () => {
      const wide = effectOf({ ...pairWith({ response, missing }), ordersAnyway }, 0.1).ordersWithOffer;
      const sure = effectOf(pairWith({ response }), 0.1).ordersWithOffer;
      const at = (end: "low" | "high") =>
        effectOf(
          {
            ...pairWith({ response, missing: exactly(missing[end]) }),
            ordersAnyway: exactly(ordersAnyway[end]),
          },
          0.1,
        ).ordersWithOffer.value;
      expect(wide.high - wide.value).toBeCloseTo(
        Math.hypot(sure.high - sure.value, at("high") - sure.value),
        9,
      );
      expect(wide.value - wide.low).toBeCloseTo(Math.hypot(sure.value - sure.low, sure.value - at("low")), 9);
    });
  });
});

describe("chooseDiscount", () => {
  const limits = { minDiscountRatio: 0.05, maxDiscountRatio: 0.3, marginFloorRatio: 0 };

  it("is null when every allowed discount costs more than it brings", () => {
    expect(chooseDiscount(pairWith({ response: exactly(0) }), limits)).toBeNull();
    expect(chooseDiscount({ ...pairWith(), ordersAnyway: exactly(0) }, limits)).toBeNull();
    expect(
      chooseDiscount(pairWith(), { ...limits, minDiscountRatio: 0.2, maxDiscountRatio: 0.19 }),
    ).toBeNull();
  });

  /** Two products at 20.00 with a strong response, so the deepest discount pays most. */
  const strongPair = (marginMinor: number): BundleEconomics => {
    const part = { priceMinor: 2_000, marginMinor, missing: exactly(1e6), response: exactly(4) };
    return { ordersAnyway: exactly(100), relation: 0, basis: "published", components: [part, part] };
  };

  it("can be exactly a limit, despite floating-point fractions", () => {
    const only = (ratio: number) =>
      chooseDiscount(strongPair(1_800), { ...limits, minDiscountRatio: ratio, maxDiscountRatio: ratio });
    for (const ratio of [0.07, 0.14, 0.28, 0.29]) expect(only(ratio)).toBe(ratio);
    expect(only(0.125)).toBeNull();
  });

  it("can leave exactly the margin floor, but no less", () => {
    const at = (marginFloorRatio: number) =>
      chooseDiscount(strongPair(1_500), { minDiscountRatio: 0.2, maxDiscountRatio: 0.2, marginFloorRatio });
    // 30.00 of margin on 40.00 becomes 22.00 on 32.00.
    expect(at(22 / 32)).toBe(0.2);
    expect(at(22 / 32 + 1e-9)).toBeNull();
  });

  it("never risks a quarter of the least discount's margin with any kind of shoppers", () => {
    const shown = { ...pairWith({ response: exactly(4) }), relation: 1, ordersAnyway: exactly(200) };
    const chosen = chooseDiscount(shown, { ...limits, minDiscountRatio: 0.01 })!;
    const least = marginByKind(shown, 0.01);
    marginByKind(shown, chosen).forEach((margin, kind) =>
      expect(margin).toBeGreaterThanOrEqual(least[kind]! - 0.25 * Math.abs(least[kind]!)),
    );
  });

  it("is 0 when nothing shows the effect of a discount, or shoppers do not respond to prices", () => {
    const shown = { ...pairWith({ response: exactly(0.5) }), relation: 0.8 };
    expect(chooseDiscount({ ...shown, basis: "measured" }, limits)).toBe(0);
    expect(chooseDiscount({ ...shown, basis: "nothing" }, limits)).toBe(0);
    expect(effectOf({ ...shown, basis: "nothing" }, 0).extraMarginMinor.value).toBeGreaterThan(0);
  });

  it("is never between 0 and the merchant's minimum", () => {
    const chosenAt = (minDiscountRatio: number) =>
      [1, 1.5, 2, 2.5, 3, 3.5, 4].map((elasticity) => {
        const pair = {
          ...pairWith({ response: exactly(elasticity) }),
          relation: 0.2,
          basis: "measured" as const,
        };
        return chooseDiscount(pair, { ...limits, minDiscountRatio })!;
      });
    expect(chosenAt(0.01)).toContainEqual(expect.toSatisfy((ratio: number) => ratio > 0 && ratio < 0.08));
    for (const ratio of chosenAt(0.08)) if (ratio > 0) expect(ratio).toBeGreaterThanOrEqual(0.08);
  });

  it("is deep for a strong measured response and 0 for an uncertain one", () => {
    const strong = { ...strongPair(1_400), basis: "measured" as const };
    expect(chooseDiscount(strong, limits)).toBeGreaterThanOrEqual(0.1);
    const [first] = strong.components;
    const unsure = { ...first!, response: { value: 4, low: 0.2, high: 7.8 } };
    expect(chooseDiscount({ ...strong, relation: 0.5, components: [unsure, unsure] }, limits)).toBe(0);
  });

  it("is the whole percent with the most extra margin among those with acceptable risk", () => {
    const anyBundle = fc.record({
      margins: fc.tuple(fc.integer({ min: 100, max: 900 }), fc.integer({ min: 300, max: 2_700 })),
      missing: fc.integer({ min: 0, max: 2_000 }),
      elasticity: fc.double({ min: 1, max: 4.1, noNaN: true }),
    });
    fc.assert(
      fc.property(anyBundle, ({ margins, missing, elasticity }) => {
        const { components, ordersAnyway } = pairWith({
          missing: exactly(missing),
          response: exactly(elasticity),
        });
        const bundle = {
          ordersAnyway,
          relation: 0.5,
          basis: "published" as const,
          components: components.map((part, at) => ({ ...part, marginMinor: margins[at]! })),
        };
        const marginMinor = margins[0] + margins[1];
        let [best, most]: [number | null, number] = [null, 0];
        const least = marginByKind(bundle, 0.05);
        for (let percent = 5; percent <= 30; percent++) {
          const isRisky = marginByKind(bundle, percent / 100).some(
            (margin, kind) => margin < least[kind]! - 0.25 * Math.abs(least[kind]!),
          );
          if (isRisky) break;
          const extra = effectOf(bundle, percent / 100).extraMarginMinor.value;
          if (marginMinor >= 40 * percent && extra > most) [best, most] = [percent / 100, extra];
        }
        expect(chooseDiscount(bundle, limits)).toBe(best);
      }),
      { seed: 1 },
    );
  });
});
