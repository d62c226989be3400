import { describe, expect, it } from "vitest";
import type { BundleCandidate } from "#app/domain/propose/profit/bundle-candidate.ts";
import { EFFECT_DAYS, surveyMarket, type BundleMarket } from "#app/domain/propose/profit/bundle-market.ts";
import { indexOccurrences } from "#app/domain/propose/together/occurrences.ts";
import { PROFIT_PARTS, splitProfit } from "#app/domain/propose/evidence/explain-profit.ts";
import { learnShopResponse } from "#app/domain/propose/profit/shop-response.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { END_MS, noNeighbours, toBaskets, toItem } from "#tests/unit/domain/propose/planted-shop.ts";

const exactly = (value: number) => ({ value, low: value, high: value });
const SET = { priceMinor: 10_000, costMinor: 4_000 };
/** The first two share a word; the third is what the second stands in for. */
const ITEMS = [
  toItem("Lavender shampoo", SET),
  toItem("Lavender conditioner", { ...SET, stockUnits: 140 }),
  toItem("Razor", SET),
];

/** Orders two and three times as many as in an average time, of which half comes again, and somewhat more where names are alike. */
function market(changes: Partial<BundleMarket> = {}): BundleMarket {
  const baskets = toBaskets(
    ITEMS,
    Array.from({ length: 300 }, (_, at) => [at % 3]),
  );
  const surveyed = surveyMarket({
    baskets,
    neighbours: noNeighbours(ITEMS.length),
    forecasts: [],
    settings: ShopSettings.parse({}),
    occurrences: indexOccurrences(baskets, 0, END_MS),
    response: learnShopResponse(baskets, 0, END_MS),
    windowMs: EFFECT_DAYS * DAY_MS,
    cutoffMs: END_MS,
  });
  return {
    ...surveyed,
    recurrence: {
      bounds: [50, Infinity],
      shares: [0.25, 0.5],
      byText: { without: 0.8, with: 1.5 },
      byViews: { without: 0.75, with: 2 },
    },
    demand: Float64Array.of(300, 200, 50),
    ...changes,
  };
}

const bundle = (fields: Partial<BundleCandidate> = {}): BundleCandidate => ({
  kind: "complementary",
  items: [0, 1],
  withoutOneRatio: [4, 4],
  together: 60,
  byChance: 5,
  lift: exactly(12),
  discountRatio: 0.1,
  effect: {
    ordersAnyway: exactly(100),
    ordersWithOffer: exactly(130),
    extraMarginMinor: exactly(540_000.4),
    extraRevenueMinor: exactly(0),
  },
  worth: 1,
  seasonIndex: 1,
  isMatchingSet: false,
  ...fields,
});

/** What is earned once each consideration in turn is counted. */
function earned(shop: BundleMarket, candidate: BundleCandidate): number[] {
  const { addsMinor } = splitProfit(shop, candidate);
  let sum = 0;
  return PROFIT_PARTS.map((part) => (sum += addsMinor[part]));
}

describe("what each consideration adds to the expected margin", () => {
  it("is a factor on what came before, until the discount is taken off", () => {
    const steps = earned(market(), bundle());
    // 130 orders give away a tenth of 200.00 each; stock lasts for 140 of 200 orders.
    expect(steps.at(-1)).toBe(540_000);
    expect(steps[4]).toBe(540_000 + 130 * 2_000);
    expect(steps[4]! / steps[3]!).toBeCloseTo(0.7, 5);
    expect(steps[3]! / steps[2]!).toBeCloseTo(Math.sqrt(2 * 3), 5);
    expect(steps[2]! / steps[1]!).toBeCloseTo(0.75, 5);
    expect(steps[1]! / steps[0]!).toBeCloseTo(1.5, 5);
  });

  it("rests on the figures that are told beside it", () => {
    expect(splitProfit(market(), bundle())).toMatchObject({
      recurringRatio: 0.5,
      seasonTimes: expect.closeTo(Math.sqrt(2 * 3), 9),
      stockRatio: expect.closeTo(0.7, 9),
      savingMinor: 2_000,
      orders: 130,
    });
    expect(splitProfit(market(), bundle({ together: 49 })).recurringRatio).toBe(0.25);
  });

  it("is, of a bundle with a stand-in, that of the original, by how like it the stand-in is", () => {
    const candidate = bundle({ substitution: { missing: 2, standIn: 1, likeness: 0.5 } });
    const steps = earned(market(), candidate);
    // Shampoo and razor have no word in common, and three times and half as many orders as in an average time.
    expect(steps[1]! / steps[0]!).toBeCloseTo(0.8 * 0.5, 5);
    expect(steps[3]! / steps[2]!).toBeCloseTo(Math.sqrt(3 * 0.5), 5);
    // What is sold, and may run out, is the stand-in.
    expect(splitProfit(market(), candidate)).toMatchObject({
      savingMinor: 2_000,
      stockRatio: expect.closeTo(0.7, 9),
    });
  });

  it("is all the stock that there is to buy for a season to come", () => {
    const steps = earned(market(), bundle({ days: { startsIn: 28, endsIn: 56 } }));
    expect(steps[4]).toBe(steps[3]);
  });

  it("is nothing where nothing is known beside the orders, not even less than nothing", () => {
    const plain = market({
      recurrence: {
        bounds: [Infinity],
        shares: [1],
        byText: { without: 1, with: 1 },
        byViews: { without: 1, with: 1 },
      },
      demand: Float64Array.of(100, 100, 100),
    });
    const { addsMinor } = splitProfit(plain, bundle());
    expect(addsMinor).toEqual({ orders: 800_000, text: 0, views: 0, season: 0, stock: 0, margin: -260_000 });
    // With a loss on the orders themselves the factors take nothing off either.
    const losing = bundle({ effect: { ...bundle().effect, extraMarginMinor: exactly(-900_000) } });
    expect(splitProfit(plain, losing).addsMinor).toEqual({
      orders: -640_000,
      text: 0,
      views: 0,
      season: 0,
      stock: 0,
      margin: -260_000,
    });
  });

  it("sums to the rounded whole, what rounding left over in the largest part", () => {
    const extra = (value: number, orders = 130) => {
      const { effect } = bundle();
      const candidate = bundle({
        effect: { ...effect, extraMarginMinor: exactly(value), ordersWithOffer: exactly(orders) },
      });
      return splitProfit(market(), candidate).addsMinor;
    };
    for (let value = -700_000; value <= 700_000; value += 33_333.3) {
      const addsMinor = extra(value);
      expect(PROFIT_PARTS.reduce((sum, part) => sum + addsMinor[part], 0)).toBe(Math.round(value));
    }
    // Of a loss the discount is the largest part, and each of the others is what it is by itself.
    for (let extraMinor = -200_000.4; extraMinor < -199_900; extraMinor += 7) {
      const given = 130.0003 * 2_000;
      const gross = (extraMinor + given) / 0.7;
      const base = gross / (1.5 * 0.75 * Math.sqrt(6));
      const rest = [
        base,
        base * 0.5,
        base * 1.5 * -0.25,
        base * 1.5 * 0.75 * (Math.sqrt(6) - 1),
        gross * -0.3,
      ];
      const addsMinor = extra(extraMinor, 130.0003);
      expect(PROFIT_PARTS.slice(0, 5).map((part) => addsMinor[part])).toEqual(rest.map(Math.round));
      expect(Math.abs(addsMinor.margin + given)).toBeLessThan(4);
    }
  });
});
