import { describe, expect, it } from "vitest";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { assessBundle } from "#app/domain/propose/profit/bundle-candidate.ts";
import { EFFECT_DAYS, surveyMarket } from "#app/domain/propose/profit/bundle-market.ts";
import { growBundles } from "#app/domain/propose/profit/grow-bundles.ts";
import {
  basketsOf,
  countOrders,
  indexOccurrences,
  intersect,
} from "#app/domain/propose/together/occurrences.ts";
import { learnChance } from "#app/domain/propose/together/by-chance.ts";
import { learnShopResponse } from "#app/domain/propose/profit/shop-response.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { END_MS, noNeighbours, toBaskets, toItem } from "#tests/unit/domain/propose/planted-shop.ts";

const SET = [0, 1, 2, 3];
const items = ["Razor", "Foam", "Brush", "Balm", ...Array.from({ length: 12 }, (_, n) => `Thing${n}`)].map(
  (title) => toItem(title),
);

/** Of 100 orders two hold all four, eight lack one, and sixteen hold one alone: shoppers whom an offer can win. */
const baskets = toBaskets(
  items,
  Array.from({ length: 4_000 }, (_, order) => {
    const own = 4 + (order % 12);
    const slot = order % 100;
    if (slot < 2) return [...SET, own];
    if (slot < 10) return [...SET.filter((item) => item !== slot % 4), own];
    return slot < 26 ? [slot % 4, own] : [own];
  }),
);

function survey(log: Baskets, minSupportOrders: number) {
  const occurrences = indexOccurrences(log, 0, END_MS);
  return surveyMarket({
    baskets: log,
    neighbours: noNeighbours(log.items.length),
    forecasts: [],
    settings: ShopSettings.parse({ minSupportOrders }),
    occurrences,
    response: learnShopResponse(log, 0, END_MS),
    windowMs: 13 * EFFECT_DAYS * DAY_MS,
    cutoffMs: END_MS,
  });
}

function grow(log: Baskets, minSupportOrders: number, replayFromMs = END_MS) {
  const market = survey(log, minSupportOrders);
  const earlier = indexOccurrences(log, 0, replayFromMs);
  const before = { occurrences: earlier, chance: learnChance(earlier, null) };
  const { occurrences } = market;
  const pairs = SET.flatMap((a) =>
    SET.slice(a + 1).flatMap((b) => {
      const together = intersect(basketsOf(occurrences, a), basketsOf(occurrences, b)).length;
      return [{ items: [a, b], together }];
    }),
  );
  const partners = new Map(SET.map((item) => [item, SET.filter((other) => other !== item)]));
  return growBundles(market, pairs, partners, { before, significance: 0.01 });
}

describe("growBundles", () => {
  it("adds nothing where too few orders hold the larger set", () => {
    expect(grow(baskets, 2_000)).toEqual([]);
  });

  it("grows the planted pairs to the set of four, each larger set once, all of them paying", () => {
    const grown = grow(baskets, 8);
    const keys = grown.map((bundle) => [...bundle.items].sort().join());
    expect(keys).toContain("0,1,2,3");
    expect(new Set(keys).size).toBe(keys.length);
    for (const { effect } of grown) expect(effect.extraMarginMinor.value).toBeGreaterThan(0);
  });

  it("finds a set of three that pays where none of its pairs does: more shoppers lack one part of it", () => {
    const thin = items.map((item) => ({ ...item, costMinor: 550 }));
    const parts = [
      [0, 1, 2],
      [0, 1],
      [0, 2],
      [1, 2],
    ];
    const log = toBaskets(
      thin,
      Array.from({ length: 4_000 }, (_, order) => [
        ...(parts[Math.floor((order % 100) / 2)] ?? []),
        4 + (order % 12),
      ]),
    );
    const market = survey(log, 8);
    const ordersOf = (item: number) => countOrders(market.occurrences, item);
    const pair = assessBundle(market, {
      items: [0, 1],
      together: 160,
      withoutOne: [ordersOf(1), ordersOf(0)],
    });
    expect(pair).toMatchObject({ ok: false, reason: "no_discount_pays" });
    expect(grow(log, 8).map((bundle) => [...bundle.items].sort())).toEqual([[0, 1, 2]]);
  });

  it("proves a larger set by the orders before the replay alone: else those that judge it would have found it", () => {
    const half = END_MS - 182 * DAY_MS;
    const tried = (log: Baskets, replayFromMs?: number) =>
      grow(log, 8, replayFromMs).map(({ isToTry }) => isToTry);
    expect(new Set(tried(baskets, half))).toEqual(new Set([false]));

    // The same, but of the first half's orders none holds more than two of them.
    const late = toBaskets(
      items,
      ordersOf(baskets).map((order, basket) => (basket < 2_000 ? order.slice(-3) : order)),
    );
    expect(new Set(tried(late))).toEqual(new Set([false]));
    expect(new Set(tried(late, half))).toEqual(new Set([true]));
  });
});

const ordersOf = ({ item, offsets }: Baskets) =>
  Array.from({ length: offsets.length - 1 }, (_, basket) => [
    ...item.subarray(offsets[basket], offsets[basket + 1]),
  ]);
