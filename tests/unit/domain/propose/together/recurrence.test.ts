import { describe, expect, it } from "vitest";
import { countCoViews } from "#app/domain/behaviour/sessions/co-views.ts";
import type { Item } from "#app/domain/prepare/baskets.ts";
import { EFFECT_DAYS, surveyMarket } from "#app/domain/propose/profit/bundle-market.ts";
import { countPairs } from "#app/domain/propose/together/count-pairs.ts";
import { indexOccurrences } from "#app/domain/propose/together/occurrences.ts";
import { learnRecurrence, NO_RECURRENCE, recurrenceOf } from "#app/domain/propose/together/recurrence.ts";
import { learnShopResponse } from "#app/domain/propose/profit/shop-response.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { END_MS, noNeighbours, toBaskets, toItem } from "#tests/unit/domain/propose/planted-shop.ts";

const LEAST = { leastTogether: 4, significance: 0.01 };
/** Items 0 and 1, and 2 and 3, are the planted pairs. */
const TITLES = ["Lavender shampoo", "Lavender conditioner", "Razor", "Foam"];
const ITEMS = [...TITLES, ...Array.from({ length: 40 }, (_, at) => `Thing${at}`)].map((title) =>
  toItem(title),
);

function learn(
  orders: readonly (readonly number[])[],
  { items = ITEMS, viewedBy = 0 }: { items?: readonly Item[]; viewedBy?: number } = {},
) {
  const baskets = toBaskets(items, orders);
  const occurrences = indexOccurrences(baskets, 0, END_MS);
  const ofPair = Array.from({ length: viewedBy }, (_, visitor) =>
    [0, 1].map((item) => ({ visitor, item })),
  ).flat();
  const others = Array.from({ length: 10 * viewedBy }, (_, at) => ({
    visitor: viewedBy + at,
    item: 2 + (at % (items.length - 2)),
  }));
  const views = [...ofPair, ...others];
  const market = surveyMarket({
    baskets,
    neighbours: noNeighbours(items.length),
    forecasts: [],
    settings: ShopSettings.parse({}),
    occurrences,
    response: learnShopResponse(baskets, 0, END_MS),
    windowMs: 13 * EFFECT_DAYS * DAY_MS,
    cutoffMs: END_MS,
    coViews:
      viewedBy === 0
        ? undefined
        : countCoViews(
            {
              visitor: views.map(({ visitor }) => visitor),
              atMs: views.map((_, at) => END_MS - DAY_MS + at),
              item: views.map(({ item }) => item),
            },
            items.length,
          ),
  });
  const recurrence = learnRecurrence(market, countPairs(occurrences, LEAST.leastTogether), LEAST);
  return { market: { ...market, recurrence }, recurrence };
}

/** `[first]` in orders of both halves alike, `[second]` in those of even number alone, whose luck never comes again. */
const halved = Array.from({ length: 4_000 }, (_, order) => {
  const own = 4 + (Math.floor(order / 40) % 40);
  if (order % 40 < 2) return [0, 1, own];
  return order % 40 === 6 || order % 40 === 12 ? [2, 3, own] : [own];
});

describe("how much of a count comes again", () => {
  it("is taken at its word where no pair was seen", () => {
    const { recurrence } = learn([[0], [1], [2]]);

    expect(recurrence.shares.every((share) => share === 1)).toBe(true);
    expect(recurrence.byText).toEqual({ without: 1, with: 1 });
    expect(recurrence.byViews).toEqual(NO_RECURRENCE.byViews);
  });

  it("is all of it for pairs that both halves of the orders hold alike", () => {
    const { market } = learn(halved.filter((order) => !order.includes(2)));

    expect(recurrenceOf(market, [0, 1], 200).size).toBeGreaterThan(0.95);
  });

  it("is less than all where one half alone held the pair, and never more than all", () => {
    const { market, recurrence } = learn(halved);

    expect(recurrenceOf(market, [2, 3], 200).size).toBeLessThan(0.8);
    for (const share of recurrence.shares) {
      expect(share).toBeGreaterThan(0);
      expect(share).toBeLessThanOrEqual(1);
    }
  });

  it("is more for names in common when the pairs with them came again and the others did not", () => {
    const { market, recurrence } = learn(halved);

    expect(recurrence.byText.with).toBeGreaterThan(1);
    expect(recurrence.byText.without).toBeLessThan(1);
    expect(recurrenceOf(market, [0, 1], 200).text).toBeCloseTo(recurrence.byText.with, 9);
    expect(recurrenceOf(market, [2, 3], 200).text).toBeCloseTo(recurrence.byText.without, 9);
  });

  it("counts one category as a name in common", () => {
    const items = ITEMS.map((item, at) => (at === 2 || at === 3 ? { ...item, category: "Shaving" } : item));
    const { recurrence } = learn(halved, { items });

    expect(recurrence.byText.without).toBe(1);
  });

  it("is more for pairs that visitors look at together when those came again and the others did not", () => {
    const { market, recurrence } = learn(halved, { viewedBy: 60 });

    expect(recurrence.byViews.with).toBeGreaterThan(recurrence.byViews.without);
    expect(recurrenceOf(market, [0, 1], 200).views).toBeCloseTo(recurrence.byViews.with, 9);
  });

  it("is of a larger set the geometric mean over its pairs", () => {
    const { market, recurrence } = learn(halved);
    const { with: alike, without } = recurrence.byText;

    expect(recurrenceOf(market, [0, 1, 2], 50).text).toBeCloseTo((alike * without ** 2) ** (1 / 3), 9);
  });
});
