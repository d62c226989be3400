import { describe, expect, it } from "vitest";
import { learnShoppers } from "#app/domain/propose/profit/learned-response.ts";
import { learnDeviations, type SetOfferOutcome } from "#app/domain/propose/profit/offer-deviations.ts";
import { addedRatioByKind } from "#app/domain/propose/profit/offer-value.ts";
import { offer } from "./two-part-offer.ts";

const ORDERS_ANYWAY = 30;
const PAGE_SHARE = 0.6;
/** One month of an offer that adds `times` the prior of awareness; a tenth is held out. */
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
/** Teas with cups win much, garden products nothing. */
const twoCategories = [
  ...[0, 1].flatMap((tea) => [3, 4].map((cup) => outcomeOf([tea, cup], 2))),
  outcomeOf([6, 7], 0),
  outcomeOf([8, 6], 0),
  outcomeOf([8, 7], 0),
];

describe("learnDeviations", () => {
  it("equals the shop's mix before any related offer was seen", () => {
    const outcomes = [outcomeOf([0, 3], 1), outcomeOf([1, 4], 1)];
    const mix = learnShoppers(outcomes)!;
    const own = learnDeviations(outcomes, mix, (item) => CATEGORIES[item]!)([9, 10]).kinds[1]!.times;
    expect(own.value).toBeCloseTo(mix.kinds[1]!.times.value, 9);
  });

  it("changes nothing without offers to compare", () => {
    const mix = learnShoppers([outcomeOf([0, 3], 1)])!;
    const mixOf = learnDeviations([], mix, () => "");
    expect(mixOf([0, 3]).kinds[1]!.times.value).toBe(mix.kinds[1]!.times.value);
  });

  it("rises with the success of offers that share a product, and falls with their failure", () => {
    const times = timesOf(
      twoCategories,
      CATEGORIES.map(() => ""),
    );
    expect(times([0, 9]).value).toBeGreaterThan(times([2, 9]).value);
    expect(times([6, 9]).value).toBeLessThan(times([2, 9]).value);
  });

  it("rises with the success of offers in its categories, even without a shared product", () => {
    const times = timesOf(twoCategories);
    const unknown = times([9, 10]).value;
    expect(times([2, 5]).value).toBeGreaterThan(unknown);
    expect(times([11, 9]).value).toBeLessThan(unknown);
  });

  it("is most certain for a seen offer, then for its products, then for its categories", () => {
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

  it("averages to the shop's mix over all offers", () => {
    const ofShop = learnShoppers(twoCategories)!.kinds[1]!.times.value;
    const own = twoCategories.map(({ items }) => timesOf(twoCategories)(items).value - ofShop);
    expect(Math.max(...own)).toBeGreaterThan(0.3);
    expect(own.reduce((sum, one) => sum + one, 0)).toBeCloseTo(0, 4);
  });

  it("moves more by an offer with many purchases", () => {
    const movedBy = (ordersAnyway: number) => {
      const outcomes = [outcomeOf([0, 3], 3, ordersAnyway), ...twoCategories.slice(4)];
      return timesOf(outcomes)([0, 3]).value - timesOf(outcomes)([9, 10]).value;
    };
    expect(movedBy(100)).toBeGreaterThan(movedBy(2));
  });

  it("does not depend on the order of the offers", () => {
    const [there, back] = [twoCategories, twoCategories.toReversed()].map(
      (all) => timesOf(all)([2, 5]).value,
    );
    expect(back).toBeCloseTo(there!, 9);
  });
});
