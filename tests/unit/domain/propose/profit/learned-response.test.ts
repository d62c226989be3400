import { describe, expect, it } from "vitest";
import { EFFECT_DAYS, surveyMarket } from "#app/domain/propose/profit/bundle-market.ts";
import { learnShoppers, toOutcomes } from "#app/domain/propose/profit/learned-response.ts";
import type { OfferOutcome } from "#app/domain/propose/profit/offer-likelihood.ts";
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

const ORDERS_ANYWAY = 1_000;
const PAGE_SHARE = 0.6;
/**
 * Offers that each add this multiple of their orders at 5 and 20 %. Visitors of their pages make
 * `pageShare` of the orders. A third of them see each trial.
 */
const outcomesWhere = (
  addedAt: (economics: BundleEconomics, discountRatio: number) => number,
  pageShare = PAGE_SHARE,
) =>
  [100, 200, 400, 800].map((missing): OfferOutcome => {
    const economics = offer(missing);
    const trial = (discountRatio: number | null) => ({
      discountRatio,
      visitors: 20_000,
      sets:
        (ORDERS_ANYWAY / 3) * (pageShare + (discountRatio === null ? 0 : addedAt(economics, discountRatio))),
    });
    return {
      addedAt: (discountRatio) => addedRatioByKind(economics, discountRatio),
      trials: [null, 0.05, 0.2].map(trial),
      ordersAnyway: ORDERS_ANYWAY,
    };
  });
const answersToBeingShown = (economics: BundleEconomics, at: number) => addedRatioByKind(economics, at)[1]!;
/** Promised over true effect of another offer, when shoppers respond to awareness. */
const promisedOverTrue = (outcomes: readonly OfferOutcome[], times: number) => {
  const mix = learnShoppers(outcomes)!;
  const fresh = offer(300);
  const { value } = effectOf({ ...fresh, mix }, 0.1).ordersWithOffer;
  const anyway = fresh.ordersAnyway.value;
  return (value - anyway) / (anyway * times * answersToBeingShown(fresh, 0.1));
};
const limits = { minDiscountRatio: 0.05, maxDiscountRatio: 0.2, marginFloorRatio: 0.15 };

describe("learnShoppers", () => {
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
  ])("is null with %s", (_, trials) => {
    expect(learnShoppers(trials.length === 0 ? [] : [{ addedAt, trials, ordersAnyway: 9 }])).toBeNull();
  });

  it("stays near the prior after a handful of orders", () => {
    const few = [
      { discountRatio: null, visitors: 40, sets: 1 },
      { discountRatio: 0.1, visitors: 60, sets: 2 },
    ];
    const mix = learnShoppers([{ addedAt, trials: few, ordersAnyway: null }])!;
    const { value } = effectOf({ ...offer(), mix }, 0.1).ordersWithOffer;
    const prior = effectOf(offer(), 0.1).ordersWithOffer.value;
    expect(Math.abs(value - prior)).toBeLessThan(0.1 * prior);
  });

  it("tells shoppers who respond to awareness from those who respond to money", () => {
    const weightsWhere = (kind: number) =>
      learnShoppers(outcomesWhere((economics, at) => addedRatioByKind(economics, at)[kind]!))!.kinds.map(
        ({ weight }) => weight,
      );
    expect(weightsWhere(0)[0]).toBeGreaterThan(2.7);
    expect(weightsWhere(1)[0]).toBeLessThan(0.1);
  });

  it.each([
    [0.3, 0.6],
    [1, 0.6],
    [2, 0.6],
    [1, 0.35],
    [1, 0.9],
  ])(
    "converges to the true effect: %s times the prior, with pages that see %s of the orders",
    (times, share) => {
      const ratio = promisedOverTrue(
        outcomesWhere((economics, at) => times * answersToBeingShown(economics, at), share),
        times,
      );
      expect(ratio).toBeGreaterThan(0.75);
      expect(ratio).toBeLessThan(1.33);
    },
  );

  it("uses the promised orders when hardly any set was held out", () => {
    const times = 1.5;
    const outcomes = (ordersAnyway: number | null) =>
      Array.from({ length: 20 }, (): OfferOutcome => {
        const economics = offer(100);
        const shown = 3 * (PAGE_SHARE + times * answersToBeingShown(economics, 0));
        return {
          addedAt: (discountRatio) => addedRatioByKind(economics, discountRatio),
          trials: [
            { discountRatio: null, visitors: 40, sets: 0.1 },
            { discountRatio: 0, visitors: 360, sets: shown },
          ],
          ordersAnyway,
        };
      });
    const [promised, unpromised] = [3.3, null].map((anyway) => promisedOverTrue(outcomes(anyway), times));
    expect(Math.abs(Math.log(promised!))).toBeLessThan(0.3);
    expect(unpromised).toBeLessThan(promised!);
  });

  it("ignores a promise of zero orders", () => {
    const promising = (ordersAnyway: number | null) =>
      learnShoppers(outcomesWhere(answersToBeingShown).map((outcome) => ({ ...outcome, ordersAnyway })));
    expect(promising(0)).toEqual(promising(null));
    expect(promising(0)!.kinds[1]!.times.value).toBeGreaterThan(0);
  });

  it("leads to no discount when offers won nobody", () => {
    const mix = learnShoppers(outcomesWhere(() => 0))!;
    expect(chooseDiscount(offer(), limits)).not.toBeNull();
    expect(chooseDiscount({ ...offer(), mix }, limits)).toBeNull();
  });

  it("keeps a wide range for a new offer, because offers differ", () => {
    const mix = learnShoppers(outcomesWhere(answersToBeingShown))!;
    const { low, high } = mix.kinds[1]!.times;
    expect(high - low).toBeGreaterThan(1.5);
  });
});

describe("toOutcomes", () => {
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
    const [outcome] = toOutcomes(market, [{ items: [0, 1], trials: [], ordersAnyway: 9 }]);
    return outcome!.addedAt(0.1);
  };

  it("does not depend on the forecast of a season that has started since", () => {
    expect(expectedWhere(0.001)).toEqual(expectedWhere(40));
  });

  it("is empty when no order holds the products together", () => {
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
    expect(toOutcomes(market, [{ items: [0, 1], trials: [], ordersAnyway: 9 }])).toEqual([]);
  });

  describe("with several products", () => {
    const together = toBaskets(
      items,
      Array.from({ length: 400 }, (_, at) => (at % 40 === 0 ? [0, 1, 2, 3, 4] : [at % items.length])),
    );
    const market = surveyMarket({
      baskets: together,
      neighbours: noNeighbours(items.length),
      forecasts: [],
      settings: ShopSettings.parse({}),
      occurrences: indexOccurrences(together, 0, END_MS),
      response: learnShopResponse(together, 0, END_MS),
      windowMs: 13 * EFFECT_DAYS * DAY_MS,
      cutoffMs: END_MS,
    });

    it("supports four products with a gift, the largest offer a merchant can make", () => {
      const [outcome] = toOutcomes(market, [{ items: [0, 1, 2, 3, 4], trials: [], ordersAnyway: 9 }]);
      for (const added of outcome!.addedAt(0.1)) expect(added).toBeGreaterThanOrEqual(0);
    });
  });
});
