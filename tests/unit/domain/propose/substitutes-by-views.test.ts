import { describe, expect, it } from "vitest";
import { countCoViews, type CoViews } from "#app/domain/behaviour/sessions/co-views.ts";
import type { Item } from "#app/domain/prepare/baskets.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { END_MS, noNeighbours, proposeProved, plantPair, toBaskets, toItem } from "./planted-shop.ts";
import { evidenceInEnglish, inEnglish } from "#tests/factories/write-english.ts";

const fill = Array.from({ length: 12 }, (_, index) => toItem(`Thing${index}`));

/** Visits that view each of their items once, and one other item in turn. */
function toCoViews(items: readonly Item[], visits: readonly (readonly number[])[]): CoViews {
  const views = visits.flatMap((visit, visitor) =>
    [...visit, visitor % items.length].map((item) => ({ visitor, atMs: 0, item })),
  );
  return countCoViews(
    {
      visitor: views.map(({ visitor }) => visitor),
      atMs: views.map(({ atMs }) => atMs),
      item: views.map(({ item }) => item),
    },
    items.length,
  );
}

const propose = (items: readonly Item[], baskets = plantPair(items, 2_000), coViews?: CoViews) =>
  proposeProved({
    baskets,
    neighbours: noNeighbours(items.length),
    forecasts: [],
    settings: ShopSettings.parse({ minSupportOrders: 8 }),
    cutoffMs: END_MS,
    coViews,
  });
const visits = (pair: readonly number[], compared = 80) =>
  Array.from({ length: 800 }, (_, visit) => (visit < compared ? pair : []));

describe("proposeBundles with co-views", () => {
  it("refuses products that are viewed together but bought together only by chance", () => {
    const items = [toItem("Kettle steel"), toItem("Kettle glass"), ...fill];
    // 200 of 2,000 orders each, 20 with both: exactly chance.
    const orders = Array.from({ length: 2_000 }, (_, n) => [
      ...(n % 10 === 0 ? [0] : []),
      ...(Math.floor(n / 10) % 10 === 0 ? [1] : []),
      2 + (n % 12),
    ]);
    const baskets = toBaskets(items, orders);
    const reasons = (coViews?: CoViews) =>
      propose(items, baskets, coViews)
        .refused.filter(({ components }) => components.join() === "0,1")
        .map(({ reason }) => inEnglish(reason));
    expect(reasons()).toEqual([]);
    expect(reasons(toCoViews(items, visits([0, 1], 4)))).toEqual([]);
    expect(reasons(toCoViews(items, visits([0, 1]))).join()).toMatch(
      /viewed both in \d+ visits, but 20 orders hold both .*replace each other/,
    );
  });

  it("keeps products that are viewed and bought together, and states the visits", () => {
    const items = [toItem("Razor"), toItem("Foam"), ...fill];
    const { proposals } = propose(items, undefined, toCoViews(items, visits([0, 1])));
    expect(proposals[0]?.componentKey).toBe("FOAM*1|RAZOR*1");
    const viewed = proposals[0]?.evidence.find(({ code }) => code === "visits");
    expect(viewed?.kind).toBe("behaviour");
    expect(viewed?.value).toBeGreaterThanOrEqual(80);
  });

  it("prefers a replacement that visitors compared with the missing product", () => {
    const foam = { category: "foam" };
    const items = [
      toItem("Razor"),
      toItem("Mint shaving foam", { ...foam, stockUnits: 0 }),
      toItem("Cedar shaving foam", { ...foam, stockUnits: 900 }),
      toItem("Fig shaving foam", { ...foam, stockUnits: 900 }),
      ...fill,
    ];
    const standIn = (coViews?: CoViews) => {
      const found = propose(items, undefined, coViews).proposals.find(({ kind }) => kind === "substitute");
      return {
        titles: found?.components.map(({ item }) => items[item]!.title),
        evidence: found?.evidence.map(evidenceInEnglish).join(" "),
      };
    };
    expect(standIn().titles).toContain("Cedar shaving foam");
    const informed = standIn(toCoViews(items, visits([1, 3])));
    expect(informed.titles).toContain("Fig shaving foam");
    expect(informed.evidence).toMatch(
      /Visitors viewed both Mint shaving foam and Fig shaving foam in \d+ visits/,
    );
  });
});
