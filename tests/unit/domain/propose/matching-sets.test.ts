import { describe, expect, it } from "vitest";
import type { Item } from "#app/domain/prepare/baskets.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { END_MS, noNeighbours, proposeProved, toBaskets, toItem } from "./planted-shop.ts";
import { evidenceInEnglish, inEnglish } from "#tests/factories/write-english.ts";

const fill = Array.from({ length: 12 }, (_, index) => toItem(`Thing${index}`));
const propose = (items: readonly Item[], orders: readonly (readonly number[])[]) =>
  proposeProved({
    baskets: toBaskets(items, orders),
    neighbours: noNeighbours(items.length),
    forecasts: [],
    settings: ShopSettings.parse({}),
    cutoffMs: END_MS,
  });

describe("pairs with a shared name", () => {
  it("are proposed for products of one range that sell as a set, with a caution to check", () => {
    const range = [toItem("Lavender care shampoo"), toItem("Lavender care conditioner")] as const;
    const items = [...range, ...fill];
    const orders = Array.from({ length: 2_000 }, (_, n) => {
      const own = 2 + (n % 12);
      const slot = n % 100;
      return slot < 2 ? [0, 1, own] : slot < 5 ? [0, own] : slot < 8 ? [1, own] : [own];
    });
    const { proposals } = propose(items, orders);
    const found = proposals.find(({ componentKey }) => componentKey.includes("LAVENDER CARE SHAMPOO"));
    expect(found?.components).toHaveLength(2);
    expect(found?.evidence.map(evidenceInEnglish).join()).toMatch(/names are alike.*check/);
  });

  it("are not proposed for designs of one thing, however often they are bought together", () => {
    const designs = ["woodland", "circus", "garden", "skulls", "owls"];
    const items = [...designs.map((design) => toItem(`Lunch bag ${design}`)), ...fill];
    const orders = Array.from({ length: 2_000 }, (_, n) => {
      const own = 5 + (n % 12);
      return n % 20 === 0 ? [0, 1, 2, 3, 4, own] : n % 50 === 1 ? [n % 5, own] : [own];
    });
    const { proposals } = propose(items, orders);
    const isOfDesigns = ({ item }: { readonly item: number }) => item < designs.length;
    expect(proposals.filter(({ components }) => components.every(isOfDesigns))).toEqual([]);
  });

  it("are refused with a reason when others fill their share of the suggestions", () => {
    const sets = ["Lavender", "Cedar", "Mint"].flatMap((scent) => [
      toItem(`${scent} care shampoo`),
      toItem(`${scent} care conditioner`),
    ]);
    const orders = Array.from({ length: 6_000 }, (_, n) => {
      const own = 6 + (n % 12);
      const slot = n % 97;
      const a = 2 * (Math.floor(n / 97) % 3);
      return slot < 2 ? [a, a + 1, own] : slot < 5 ? [a, own] : slot < 8 ? [a + 1, own] : [own];
    });
    const { proposals, refused } = propose([...sets, ...fill], orders);
    expect(proposals).toHaveLength(1);
    const stated = refused.filter(({ reason }) =>
      inEnglish(reason).includes("at most 3% of the suggestions, or one,"),
    );
    expect(stated).toHaveLength(2);
    const held = [
      ...stated.map(({ components }) => components),
      proposals[0]!.components.map(({ item }) => item),
    ];
    expect(held.flat().sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  /** Four pairs of items 0 to 7 that are bought together, each order with one other item. */
  const proposePairs = (titles: readonly (readonly [title: string, priceMinor: number])[]) => {
    const items = [...titles.map(([title, priceMinor]) => toItem(title, { priceMinor })), ...fill];
    const orders = Array.from({ length: 8_000 }, (_, n) => {
      const own = 8 + (n % 12);
      const slot = n % 97;
      const a = 2 * (Math.floor(n / 97) % 4);
      return slot < 2 ? [a, a + 1, own] : slot < 5 ? [a, own] : slot < 8 ? [a + 1, own] : [own];
    });
    const { proposals } = propose(items, orders);
    return proposals.map(({ components }) => components.map(({ item }) => item).sort());
  };
  const PAIRS = [
    [0, 1],
    [2, 3],
    [4, 5],
    [6, 7],
  ];

  it("count as ordinary when the name is the shop's only brand", () => {
    const kinds = ["serum", "toner", "cleanser", "mask", "mist", "balm", "oil", "scrub"];
    const titles = kinds.map((kind, at) => [`Glow Recipe ${kind}`, 900 + 400 * at] as const);
    expect(proposePairs(titles)).toEqual(expect.arrayContaining(PAIRS));
  });

  it("count as ordinary when the name is a line with products of many kinds", () => {
    const kinds = ["shampoo", "conditioner", "mask", "oil"];
    const titles = ["Lavender Care", "Sea Salt"].flatMap((line) =>
      kinds.map((kind, at) => [`${line} ${kind}`, 900 + 400 * at] as const),
    );
    expect(proposePairs(titles)).toEqual(expect.arrayContaining(PAIRS));
  });
});
