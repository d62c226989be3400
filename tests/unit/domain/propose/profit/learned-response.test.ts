import { describe, expect, it } from "vitest";
import { EFFECT_DAYS, surveyMarket } from "#app/domain/propose/profit/bundle-market.ts";
import { learnShoppers, toOutcomes, type OfferOutcome } from "#app/domain/propose/profit/learned-response.ts";
import {
  addedRatioByKind,
  chooseDiscount,
  effectOf,
  type BundleEconomics,
} from "#app/domain/propose/profit/offer-value.ts";
import { learnShopResponse } from "#app/domain/propose/profit/shop-response.ts";
import { indexOccurrences } from "#app/domain/propose/together/occurrences.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { END_MS, noNeighbours, plantPair, toBaskets, toItem } from "../planted-shop.ts";
import { offer } from "./two-part-offer.ts";

const addedAt = (discountRatio: number) => addedRatioByKind(offer(), discountRatio);

const VISITORS = 20_000;
const WITHOUT = 0.01;
/** Offers in a shop where each adds so many times its orders at 5 and at 20 %. */
const outcomesWhere = (addedAt: (economics: BundleEconomics, discountRatio: number) => number) =>
  [100, 200, 400, 800].map((missing): OfferOutcome => {
    const economics = offer(missing);
    const trial = (discountRatio: number | null) => ({
      discountRatio,
      visitors: VISITORS,
      sets: VISITORS * WITHOUT * (1 + (discountRatio === null ? 0 : addedAt(economics, discountRatio))),
    });
    return {
      addedAt: (discountRatio) => addedRatioByKind(economics, discountRatio),
      trials: [null, 0.05, 0.2].map(trial),
    };
  });
const limits = { minDiscountRatio: 0.05, maxDiscountRatio: 0.2, marginFloorRatio: 0.15 };

describe("what a shop's own offers say of its shoppers", () => {
  it.each([
    ["no offer", []],
    ["visitors with the offer alone", [{ discountRatio: 0.1, visitors: 900, sets: 9 }]],
    ["visitors without it alone", [{ discountRatio: null, visitors: 900, sets: 9 }]],
    [
      "no set bought",
      [
        { discountRatio: null, visitors: 900, sets: 0 },
        { discountRatio: 0.1, visitors: 900, sets: 0 },
      ],
    ],
  ])("is nothing by %s", (_, trials) => {
    expect(learnShoppers(trials.length === 0 ? [] : [{ addedAt, trials }])).toBeNull();
  });

  it("stays near what is supposed after a handful of orders", () => {
    const few = [
      { discountRatio: null, visitors: 40, sets: 1 },
      { discountRatio: 0.1, visitors: 60, sets: 2 },
    ];
    const mix = learnShoppers([{ addedAt, trials: few }])!;
    const { value } = effectOf({ ...offer(), mix }, 0.1).ordersWithOffer;
    const supposed = effectOf(offer(), 0.1).ordersWithOffer.value;
    expect(Math.abs(value - supposed)).toBeLessThan(0.1 * supposed);
  });

  it("knows shoppers who answer to being shown from those who answer to money", () => {
    const weightsWhere = (kind: number) =>
      learnShoppers(outcomesWhere((economics, at) => addedRatioByKind(economics, at)[kind]!))!.kinds.map(
        ({ weight }) => weight,
      );
    expect(weightsWhere(0)[0]).toBeGreaterThan(2.7);
    expect(weightsWhere(1)[0]).toBeLessThan(0.1);
  });

  it.each([0.3, 1, 2])("comes to what offers truly bring, %s times what is supposed", (times) => {
    const truth = (economics: BundleEconomics, at: number) => times * addedRatioByKind(economics, at)[1]!;
    const mix = learnShoppers(outcomesWhere(truth))!;
    const fresh = offer(300);
    const { value } = effectOf({ ...fresh, mix }, 0.1).ordersWithOffer;
    const won = fresh.ordersAnyway.value * truth(fresh, 0.1);
    const promised = value - fresh.ordersAnyway.value;
    expect(promised / won).toBeGreaterThan(0.75);
    expect(promised / won).toBeLessThan(1.33);
  });

  it("proposes no discount where offers have won nobody", () => {
    const mix = learnShoppers(outcomesWhere(() => 0))!;
    expect(chooseDiscount(offer(), limits)).not.toBeNull();
    expect(chooseDiscount({ ...offer(), mix }, limits)).toBeNull();
  });

  it("holds for what is each offer's own: the range of one to come is wider than the doubt about the shop", () => {
    const mix = learnShoppers(outcomesWhere((economics, at) => addedRatioByKind(economics, at)[1]!))!;
    const { low, high } = mix.kinds[1]!.times;
    expect(high - low).toBeGreaterThan(1.5);
  });
});

describe("what an offer should have brought", () => {
  const items = ["Parasol", "Sand bucket", "Notebook", "Pencil", "Teapot"].map((title) => toItem(title));
  const baskets = plantPair(items, 1_000);
  const occurrences = indexOccurrences(baskets, 0, END_MS);
  const expectedWhere = (ordersExpected: number) => {
    const forecast = { item: 0, horizonDays: EFFECT_DAYS, ordersExpected, ordersLow: 0, ordersHigh: 1 };
    const market = surveyMarket({
      baskets,
      neighbours: noNeighbours(items.length),
      forecasts: [{ ...forecast, unitsPerOrder: 1, trend: "flat", seasonIndex: null, seasonAhead: [] }],
      settings: ShopSettings.parse({}),
      occurrences,
      response: learnShopResponse(baskets, 0, END_MS),
      windowMs: 13 * EFFECT_DAYS * DAY_MS,
      cutoffMs: END_MS,
    });
    const [outcome] = toOutcomes(market, [{ items: [0, 1], trials: [] }]);
    return outcome!.addedAt(0.1);
  };

  it("does not hang on the forecast of a season that has begun since", () => {
    expect(expectedWhere(0.001)).toEqual(expectedWhere(40));
  });

  it("is nothing where no order holds the products together", () => {
    const alone = toBaskets(items, [[0], [1], [2]]);
    const market = surveyMarket({
      baskets: alone,
      neighbours: noNeighbours(items.length),
      forecasts: [],
      settings: ShopSettings.parse({}),
      occurrences: indexOccurrences(alone, 0, END_MS),
      response: learnShopResponse(alone, 0, END_MS),
      windowMs: 13 * EFFECT_DAYS * DAY_MS,
      cutoffMs: END_MS,
    });
    expect(toOutcomes(market, [{ items: [0, 1], trials: [] }])).toEqual([]);
  });
});
