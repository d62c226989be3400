import { describe, expect, it } from "vitest";
import { learnShoppers } from "#app/domain/propose/profit/learned-response.ts";
import { learnDeviations, type SetOfferOutcome } from "#app/domain/propose/profit/offer-deviations.ts";
import { addedRatioByKind } from "#app/domain/propose/profit/offer-value.ts";
import { offer } from "./two-part-offer.ts";

const ORDERS_ANYWAY = 30;
const PAGE_SHARE = 0.6;
/** An offer of a month that adds so many times the prior of who answers to being shown; a tenth is held out. */
const outcomeOf = (
  items: readonly number[],
  times: number,
  ordersAnyway = ORDERS_ANYWAY,
): SetOfferOutcome => {
  const addedAt = (discountRatio: number) => addedRatioByKind(offer(300), discountRatio);
  return {
    items,
    addedAt,
    ordersAnyway,
    trials: [
      { discountRatio: null, visitors: 1_000, sets: 0.1 * ordersAnyway * PAGE_SHARE },
      { discountRatio: 0, visitors: 9_000, sets: 0.9 * ordersAnyway * (PAGE_SHARE + times * addedAt(0)[1]!) },
    ],
  };
};
const CATEGORIES = ["Tea", "Tea", "Tea", "Cups", "Cups", "Cups", "Garden", "Garden", "", "", "", "Garden"];
const timesOf = (outcomes: readonly SetOfferOutcome[], categories = CATEGORIES) => {
  const mix = learnShoppers(outcomes)!;
  const mixOf = learnDeviations(outcomes, mix, (item) => categories[item]!);
  return (items: readonly number[]) => mixOf(items).kinds[1]!.times;
};
/** Teas with cups win much, what is for the garden nothing. */
const twoCategories = [
  ...[0, 1].flatMap((tea) => [3, 4].map((cup) => outcomeOf([tea, cup], 2))),
  outcomeOf([6, 7], 0),
  outcomeOf([8, 6], 0),
  outcomeOf([8, 7], 0),
];

describe("what an offer's shoppers do beside what the shop's do", () => {
  it("is what the shop's do before an offer of its like was seen", () => {
    const outcomes = [outcomeOf([0, 3], 1), outcomeOf([1, 4], 1)];
    const mix = learnShoppers(outcomes)!;
    const own = learnDeviations(outcomes, mix, (item) => CATEGORIES[item]!)([9, 10]).kinds[1]!.times;
    expect(own.value).toBeCloseTo(mix.kinds[1]!.times.value, 9);
  });

  it("is nothing where no offer can be compared", () => {
    const mix = learnShoppers([outcomeOf([0, 3], 1)])!;
    const mixOf = learnDeviations([], mix, () => "");
    expect(mixOf([0, 3]).kinds[1]!.times.value).toBe(mix.kinds[1]!.times.value);
  });

  it("is more where offers of one of its products have won more, and less where they have won less", () => {
    const times = timesOf(
      twoCategories,
      CATEGORIES.map(() => ""),
    );
    expect(times([0, 9]).value).toBeGreaterThan(times([2, 9]).value);
    expect(times([6, 9]).value).toBeLessThan(times([2, 9]).value);
  });

  it("is more where offers of its categories have won more, though none of its products was in one", () => {
    const times = timesOf(twoCategories);
    const unknown = times([9, 10]).value;
    expect(times([2, 5]).value).toBeGreaterThan(unknown);
    expect(times([11, 9]).value).toBeLessThan(unknown);
  });

  it("is surest of an offer that was seen itself, then of its products', then of its categories'", () => {
    const times = timesOf(twoCategories);
    const width = (items: readonly number[]) => times(items).high - times(items).low;
    const widths = [
      [0, 3],
      [0, 5],
      [2, 5],
      [9, 2],
    ].map(width);
    expect(widths).toEqual(widths.toSorted((a, b) => a - b));
    expect(new Set(widths).size).toBe(widths.length);
  });

  it("is of all offers together what the shop's do, who were learned from the same purchases", () => {
    const ofShop = learnShoppers(twoCategories)!.kinds[1]!.times.value;
    const own = twoCategories.map(({ items }) => timesOf(twoCategories)(items).value - ofShop);
    expect(Math.max(...own)).toBeGreaterThan(0.3);
    expect(own.reduce((sum, one) => sum + one, 0)).toBeCloseTo(0, 4);
  });

  it("moves more by an offer that many bought than by one that few did", () => {
    const movedBy = (ordersAnyway: number) => {
      const outcomes = [outcomeOf([0, 3], 3, ordersAnyway), ...twoCategories.slice(4)];
      return timesOf(outcomes)([0, 3]).value - timesOf(outcomes)([9, 10]).value;
    };
    expect(movedBy(100)).toBeGreaterThan(movedBy(2));
  });

  it("does not hang on the order in which offers are stated", () => {
    const [there, back] = [twoCategories, twoCategories.toReversed()].map(
      (all) => timesOf(all)([2, 5]).value,
    );
    expect(back).toBeCloseTo(there!, 9);
  });
});
