import { describe, expect, it } from "vitest";
import { assessBundle } from "#app/domain/propose/bundle-candidate.ts";
import { EFFECT_DAYS, surveyMarket } from "#app/domain/propose/bundle-market.ts";
import { growBundles } from "#app/domain/propose/grow-bundles.ts";
import { basketsOf, countOrders, indexOccurrences, intersect } from "#app/domain/propose/occurrences.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { ShopSettings } from "#app/domain/validate/shop-settings.ts";
import { END_MS, noNeighbours, toBaskets, toItem } from "./planted-shop.ts";

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

function grow(minSupportOrders: number) {
  const occurrences = indexOccurrences(baskets, 0, END_MS);
  const market = surveyMarket({
    baskets,
    neighbours: noNeighbours(items.length),
    forecasts: [],
    settings: ShopSettings.parse({ minSupportOrders }),
    occurrences,
    windowMs: 13 * EFFECT_DAYS * DAY_MS,
  });
  const pairs = SET.flatMap((a) =>
    SET.slice(a + 1).flatMap((b) => {
      const together = intersect(basketsOf(occurrences, a), basketsOf(occurrences, b)).length;
      const pair = assessBundle(market, [a, b], together, [
        countOrders(occurrences, b),
        countOrders(occurrences, a),
      ]);
      return pair.ok ? [pair.value] : [];
    }),
  );
  const partners = new Map(SET.map((item) => [item, SET.filter((other) => other !== item)]));
  return growBundles(market, pairs, partners, 0.01);
}

describe("growBundles", () => {
  it("adds nothing where too few orders hold the larger set", () => {
    expect(grow(2_000)).toEqual([]);
  });

  it("grows the planted pairs to the set of four, each larger set once, all of them paying", () => {
    const grown = grow(8);
    const keys = grown.map((bundle) => [...bundle.items].sort().join());
    expect(keys).toContain("0,1,2,3");
    expect(new Set(keys).size).toBe(keys.length);
    for (const { effect } of grown) expect(effect.extraMarginMinor.value).toBeGreaterThan(0);
  });
});
