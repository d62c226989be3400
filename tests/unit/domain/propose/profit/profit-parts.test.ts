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
/** The first two share a word; the third is the one that the second stands in for. */
const ITEMS = [
  toItem("Lavender shampoo", SET),
  toItem("Lavender conditioner", { ...SET, stockUnits: 140 }),
  toItem("Razor", SET),
];

/** Twice and three times the average demand; three quarters of the counted orders come again. */
function market(changes: Partial<BundleMarket> = {}): BundleMarket {
  const baskets = toBaskets(
    ITEMS,
    // Each product in 100 orders, all three in 60 of them.
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
    // Three quarters of the count are expected again.
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

/** Cumulative margin after each part. */
function earned(shop: BundleMarket, candidate: BundleCandidate): number[] {
  const { addsMinor } = splitProfit(shop, candidate);
  let sum = 0;
  return PROFIT_PARTS.map((part) => (sum += addsMinor[part]));
}

describe("splitProfit", () => {
  it("makes each part a factor on the ones before, then subtracts the discount", () => {
    const [orders, text, season, stock, margin] = earned(market(), bundle());
    // 130 orders give away 10 % of 200.00 each; stock lasts for 140 of 200 orders.
    expect(margin).toBe(540_000);
    expect(stock).toBe(540_000 + 130 * 2_000);
    expect(stock! / season!).toBeCloseTo(0.7, 5);
    expect(season! / text!).toBeCloseTo(Math.sqrt(2 * 3), 5);
    expect(text).toBe(orders);
  });

  it("takes the discount without its tax, for one order and for all", () => {
    const shop = market({ settings: ShopSettings.parse({ includedTaxRatio: 0.25 }) });
    expect(splitProfit(shop, bundle())).toMatchObject({
      addsMinor: { margin: -130 * 1_600 },
      savingMinor: 1_600,
    });
    expect(earned(shop, bundle()).at(-1)).toBe(540_000);
  });

  it("returns the figures that the parts rest on", () => {
    expect(splitProfit(market(), bundle())).toMatchObject({
      recurringRatio: expect.closeTo(0.75, 9),
      seasonTimes: expect.closeTo(Math.sqrt(2 * 3), 9),
      stockRatio: expect.closeTo(0.7, 9),
      savingMinor: 2_000,
      orders: 130,
    });
  });

  it("bases a bundle with a stand-in on the original, scaled by similarity", () => {
    const candidate = bundle({ substitution: { missing: 2, standIn: 1, similarity: 0.5 } });
    const [orders, text, season] = earned(market(), candidate);
    expect(text! / orders!).toBeCloseTo(0.5, 5);
    // Three times and half of the average demand.
    expect(season! / text!).toBeCloseTo(Math.sqrt(3 * 0.5), 5);
    // The stock that counts is that of the stand-in.
    expect(splitProfit(market(), candidate)).toMatchObject({
      savingMinor: 2_000,
      stockRatio: expect.closeTo(0.7, 9),
    });
  });

  it("ignores stock limits for a season to come, because there is time to buy", () => {
    const [, , season, stock] = earned(market(), bundle({ days: { startsIn: 28, endsIn: 56 } }));
    expect(stock).toBe(season);
  });

  it("is 0 for parts without information, never −0", () => {
    const plain = market({ demand: Float64Array.of(100, 100, 100) });
    const none = { text: 0, season: 0, stock: 0 };
    expect(splitProfit(plain, bundle()).addsMinor).toEqual({ ...none, orders: 800_000, margin: -260_000 });
    // The factors do not reduce a loss on the orders either.
    const losing = bundle({ effect: { ...bundle().effect, extraMarginMinor: exactly(-900_000) } });
    expect(splitProfit(plain, losing).addsMinor).toEqual({ ...none, orders: -640_000, margin: -260_000 });
  });

  it("adds up to the rounded total, with the rounding in the largest part", () => {
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
    // For a loss, the discount is the largest part; each other part keeps its own value.
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

describe("explainDiscount", () => {
  const exactly = (value: number) => ({ value, low: value, high: value });
  const effectOf = (extraMinor: number) => ({
    extraMarginMinor: exactly(extraMinor),
    ordersAnyway: exactly(50),
    ordersWithOffer: exactly(54),
  });

  it("names the discount and whether it brings more than it costs", () => {
    const values = { discountRatio: 0.1, extraAbout: 4, anywayAbout: 50, days: 28 };
    expect([1_400, -200].map((extraMinor) => explainDiscount(effectOf(extraMinor), [0.1]))).toEqual([
      { kind: "margin", value: 1_400, code: "margin", values: { ...values, extraMinor: 1_400 } },
      { kind: "margin", value: -200, code: "marginLost", values: { ...values, lostMinor: 200 } },
    ]);
  });

  it("names no discount at full price", () => {
    const values = { extraAbout: 4, days: 28, extraMinor: 1_400 };
    expect(explainDiscount(effectOf(1_400), [0])).toEqual({
      kind: "margin",
      value: 1_400,
      code: "fullPrice",
      values,
    });
  });

  it("names the lowest and highest tier, because few orders reach the highest", () => {
    const explain = (extraMinor: number) => explainDiscount(effectOf(extraMinor), [0.05, 0.1, 0.2]);
    expect([explain(1_400), explain(-200)]).toMatchObject([
      { code: "marginTiers", values: { leastRatio: 0.05, discountRatio: 0.2, extraMinor: 1_400 } },
      { code: "marginTiersLost", values: { leastRatio: 0.05, discountRatio: 0.2, lostMinor: 200 } },
    ]);
  });
});
