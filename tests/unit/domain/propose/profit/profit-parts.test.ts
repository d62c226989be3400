import { describe, expect, it } from "vitest";
import type { BundleCandidate } from "#app/domain/propose/profit/bundle-candidate.ts";
import { EFFECT_DAYS, surveyMarket, type BundleMarket } from "#app/domain/propose/profit/bundle-market.ts";
import { indexOccurrences } from "#app/domain/propose/together/occurrences.ts";
import { explainDiscount, PROFIT_PARTS, splitProfit } from "#app/domain/propose/evidence/explain-profit.ts";
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

/** Orders two and three times as many as in an average time, of which three quarters come again. */
function market(changes: Partial<BundleMarket> = {}): BundleMarket {
  const baskets = toBaskets(
    ITEMS,
    // Each in 100 orders, all three in 60 of them.
    Array.from({ length: 180 }, (_, at) => (at < 60 ? [0, 1, 2] : [at % 3])),
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
    // Three quarters of what was counted are expected again.
    expectedLift: (_a, _b, { together, byChance }) => (0.75 * together) / byChance,
    demand: Float64Array.of(300, 200, 50),
    ...changes,
  };
}

const bundle = (fields: Partial<BundleCandidate> = {}): BundleCandidate => ({
  kind: "complementary",
  items: [0, 1],
  withoutOneRatio: [4, 4],
  lackingRatio: [1, 1],
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
  marginByKind: [1, 1, 1],
  relation: 1,
  attachRatio: 0,
  seasonIndex: 1,
  isToTry: false,
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
    const [orders, text, season, stock, margin] = earned(market(), bundle());
    // 130 orders give away a tenth of 200.00 each; stock lasts for 140 of 200 orders.
    expect(margin).toBe(540_000);
    expect(stock).toBe(540_000 + 130 * 2_000);
    expect(stock! / season!).toBeCloseTo(0.7, 5);
    expect(season! / text!).toBeCloseTo(Math.sqrt(2 * 3), 5);
    expect(text).toBe(orders);
  });

  it("is, of the discount, without the tax that the shopper saves with it, on one order as on all", () => {
    const shop = market({ settings: ShopSettings.parse({ includedTaxRatio: 0.25 }) });
    expect(splitProfit(shop, bundle())).toMatchObject({
      addsMinor: { margin: -130 * 1_600 },
      savingMinor: 1_600,
    });
    expect(earned(shop, bundle()).at(-1)).toBe(540_000);
  });

  it("rests on the figures that are told beside it", () => {
    expect(splitProfit(market(), bundle())).toMatchObject({
      recurringRatio: expect.closeTo(0.75, 9),
      seasonTimes: expect.closeTo(Math.sqrt(2 * 3), 9),
      stockRatio: expect.closeTo(0.7, 9),
      savingMinor: 2_000,
      orders: 130,
    });
  });

  it("is, of a bundle with a stand-in, that of the original, by how like it the stand-in is", () => {
    const candidate = bundle({ substitution: { missing: 2, standIn: 1, similarity: 0.5 } });
    const [orders, text, season] = earned(market(), candidate);
    expect(text! / orders!).toBeCloseTo(0.5, 5);
    // Three times and half as many orders as in an average time.
    expect(season! / text!).toBeCloseTo(Math.sqrt(3 * 0.5), 5);
    // What is sold, and may run out, is the stand-in.
    expect(splitProfit(market(), candidate)).toMatchObject({
      savingMinor: 2_000,
      stockRatio: expect.closeTo(0.7, 9),
    });
  });

  it("is all the stock that there is to buy for a season to come", () => {
    const [, , season, stock] = earned(market(), bundle({ days: { startsIn: 28, endsIn: 56 } }));
    expect(stock).toBe(season);
  });

  it("is nothing where nothing is known beside the orders, not even less than nothing", () => {
    const plain = market({ demand: Float64Array.of(100, 100, 100) });
    const none = { text: 0, season: 0, stock: 0 };
    expect(splitProfit(plain, bundle()).addsMinor).toEqual({ ...none, orders: 800_000, margin: -260_000 });
    // With a loss on the orders themselves the factors take nothing off either.
    const losing = bundle({ effect: { ...bundle().effect, extraMarginMinor: exactly(-900_000) } });
    expect(splitProfit(plain, losing).addsMinor).toEqual({ ...none, orders: -640_000, margin: -260_000 });
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
      const base = gross / Math.sqrt(6);
      const addsMinor = extra(extraMinor, 130.0003);
      expect(addsMinor).toMatchObject({
        orders: Math.round(base),
        text: 0,
        season: Math.round(base * (Math.sqrt(6) - 1)),
        stock: Math.round(gross * -0.3),
      });
      expect(Math.abs(addsMinor.margin + given)).toBeLessThan(4);
    }
  });
});

describe("what a discount is expected to bring", () => {
  const exactly = (value: number) => ({ value, low: value, high: value });
  const effectOf = (extraMinor: number) => ({
    extraMarginMinor: exactly(extraMinor),
    ordersAnyway: exactly(50),
    ordersWithOffer: exactly(54),
  });

  it("names the discount that all get, and whether it brings more than it costs", () => {
    const values = { discountRatio: 0.1, extraAbout: 4, anywayAbout: 50, days: 28 };
    expect([1_400, -200].map((extraMinor) => explainDiscount(effectOf(extraMinor), [0.1]))).toEqual([
      { kind: "margin", value: 1_400, code: "margin", values: { ...values, extraMinor: 1_400 } },
      { kind: "margin", value: -200, code: "marginLost", values: { ...values, lostMinor: 200 } },
    ]);
  });

  it("names no discount and nobody who gets it where nothing is off", () => {
    const values = { extraAbout: 4, days: 28, extraMinor: 1_400 };
    expect(explainDiscount(effectOf(1_400), [0])).toEqual({
      kind: "margin",
      value: 1_400,
      code: "fullPrice",
      values,
    });
  });

  it("names the least and the highest of tiers, as few of its orders get the highest", () => {
    const explain = (extraMinor: number) => explainDiscount(effectOf(extraMinor), [0.05, 0.1, 0.2]);
    expect([explain(1_400), explain(-200)]).toMatchObject([
      { code: "marginTiers", values: { leastRatio: 0.05, discountRatio: 0.2, extraMinor: 1_400 } },
      { code: "marginTiersLost", values: { leastRatio: 0.05, discountRatio: 0.2, lostMinor: 200 } },
    ]);
  });
});
