import { describe, expect, it } from "vitest";
import { countCoViews } from "#app/domain/behaviour/sessions/co-views.ts";
import type { Item } from "#app/domain/prepare/baskets.ts";
import { EFFECT_DAYS, surveyMarket } from "#app/domain/propose/profit/bundle-market.ts";
import { countPairs, indexOccurrences } from "#app/domain/propose/together/occurrences.ts";
import { learnLifts } from "#app/domain/propose/together/pair-lift.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { learnShopResponse } from "#app/domain/propose/profit/shop-response.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { END_MS, noNeighbours, toBaskets, toItem } from "#tests/unit/domain/propose/planted-shop.ts";

/** The planted pairs are items 0 and 1, and items 2 and 3. */
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
  return learnLifts(market, countPairs(occurrences, 1));
}

/**
 * Orders with the planted items of `planted` (by default the first pair in every twentieth) and two random
 * ones.
 */
function shop(orders: number, planted = (order: number) => (order % 20 === 0 ? [0, 1] : [])): number[][] {
  const random = seededRandom(3);
  const draw = () => 4 + Math.floor(40 * random());
  return Array.from({ length: orders }, (_, order) => [...new Set([...planted(order), draw(), draw()])]);
}
const counted = (together: number, byChance: number) => ({ together, byChance });

describe("learnLifts", () => {
  it("expects about chance when nothing is bought together beyond it", () => {
    const { expectedLift: lift } = learn(shop(4_000, () => []));

    expect(lift(4, 5, counted(10, 5))).toBeLessThan(1.3);
    expect(lift(4, 5, counted(10, 5))).toBeGreaterThan(0.8);
  });

  it("trusts a count that repeats, and less the fewer orders it rests on", () => {
    const pairs = [4, 6, 8, 10, 12, 14, 16];
    const { expectedLift: lift } = learn(
      shop(6_000, (order) => (order % 3 === 0 ? pairs.map((a) => [a, a + 1])[order % 7]! : [])),
    );

    expect(lift(4, 5, counted(280, 40))).toBeGreaterThan(4);
    expect(lift(4, 5, counted(7, 1))).toBeLessThan(lift(4, 5, counted(280, 40)));
    expect(lift(4, 5, counted(7, 1))).toBeGreaterThan(1);
  });

  it("expects more of a pair whose categories are bought together, even after one order", () => {
    const items = ITEMS.map((item, at) => ({ ...item, category: at % 2 === 0 ? "Razors" : "Foams" }));
    const random = seededRandom(4);
    const orders = Array.from({ length: 400 }, () => {
      const a = 2 * Math.floor(22 * random());
      if (random() < 0.3) return [...new Set([a, Math.floor(44 * random())])];
      return random() < 0.5 ? [a, 2 * Math.floor(22 * random()) + 1] : [a + (random() < 0.5 ? 1 : 0)];
    });
    const { expectedLift: lift } = learn(orders, { items });

    expect(lift(0, 1, counted(1, 0.4))).toBeGreaterThan(lift(0, 2, counted(1, 0.4)));
  });

  it("is the same however many words only the two share, as their own orders say nothing of others", () => {
    const liftWhere = (name: string) => {
      const own = [`${name} shampoo`, `${name} conditioner`, "Razor", "Foam"];
      const items = ITEMS.map((_, at) => toItem(own[at] ?? `Family${"abcdefgh"[at % 8]} thing${at}`));
      const random = seededRandom(3);
      const orders = Array.from({ length: 4_000 }, (_, order) => {
        const family = Math.floor(8 * random());
        const ofFamily = () => 4 + ((family + 4) % 8) + 8 * Math.floor(5 * random());
        return [...new Set([...(order % 20 === 0 ? [0, 1] : []), ofFamily(), ofFamily()])];
      });
      return learn(orders, { items }).expectedLift(0, 1, counted(200, 60));
    };
    expect(liftWhere("Lavender care bath")).toBeCloseTo(liftWhere("Lavender"), 9);
  });

  it("expects more of titles that share a word, before any order", () => {
    const { priorLift } = learn(shop(400, () => []));

    // Two of 44 titles have the word.
    expect(priorLift(0, 1, counted(1, 1)) / priorLift(2, 3, counted(1, 1))).toBeCloseTo(Math.sqrt(44 / 2), 6);
  });

  it("expects less of a word the more titles have it", () => {
    const items = ITEMS.map((item, at) => ({
      ...item,
      title: at < 22 ? `Lavender ${item.title}` : item.title,
    }));
    const { priorLift } = learn(
      shop(400, () => []),
      { items },
    );

    expect(priorLift(0, 1, counted(1, 1)) / priorLift(42, 43, counted(1, 1))).toBeCloseTo(Math.sqrt(2), 6);
  });

  it("keeps the shrunk prior when no pair was seen", () => {
    const { expectedLift: lift } = learn([[0], [1], [2]]);

    expect(lift(0, 1, counted(3, 1))).toBeCloseTo(9 / 7, 6);
  });
});
