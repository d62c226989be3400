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

describe("pairs that share a name", () => {
  it("are proposed where two different products of one range are bought as a set, with a word to look at them", () => {
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

  it("are no set where they are designs that are bought by the handful, however often", () => {
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

  it("are refused with the reason where others of them fill their share of the suggestions", () => {
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

  /** Four pairs of items 0 to 7 that are bought together, each order with something else besides. */
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

  it("are proposed like all others where the name is the brand of all that the shop sells", () => {
    const kinds = ["serum", "toner", "cleanser", "mask", "mist", "balm", "oil", "scrub"];
    const titles = kinds.map((kind, at) => [`Glow Recipe ${kind}`, 900 + 400 * at] as const);
    expect(proposePairs(titles)).toEqual(expect.arrayContaining(PAIRS));
  });

  it("are proposed like all others where the name is a line's that things of many kinds have", () => {
    const kinds = ["shampoo", "conditioner", "mask", "oil"];
    const titles = ["Lavender Care", "Sea Salt"].flatMap((line) =>
      kinds.map((kind, at) => [`${line} ${kind}`, 900 + 400 * at] as const),
    );
    expect(proposePairs(titles)).toEqual(expect.arrayContaining(PAIRS));
  });
});
