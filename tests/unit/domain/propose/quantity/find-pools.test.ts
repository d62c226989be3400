import { describe, expect, it } from "vitest";
import { findPools } from "#app/domain/propose/quantity/find-pools.ts";

const catalogue = (...rows: [title: string, priceMinor: number, isActive?: boolean][]) =>
  rows.map(([title, priceMinor, isActive = true]) => ({ title, priceMinor, isActive }));
const bags = catalogue(
  ["LUNCH BAG RED RETROSPOT", 165],
  ["LUNCH BAG WOODLAND", 165],
  ["LUNCH BAG CARS BLUE", 160],
  ["LUNCH BAG SUKI DESIGN", 165],
);
const found = (
  items: ReturnType<typeof catalogue>,
  orders = items.map(() => 10),
  isBought: (designs: readonly number[]) => boolean = () => true,
) => findPools(items, orders, isBought);

describe("a pool of designs", () => {
  it.each([
    ["three designs are no choice", bags.slice(1)],
    ["one of them costs much more", [...bags.slice(1), { ...bags[0]!, priceMinor: 495 }]],
    ["one of them is no longer sold", [...bags.slice(1), { ...bags[0]!, isActive: false }]],
    [
      "nothing but a colour is shared",
      catalogue(["RED CUP", 100], ["RED HAT", 100], ["RED PEN", 100], ["RED TIN", 100]),
    ],
  ])("is none where %s", (_, items) => {
    expect(found(items)).toEqual([]);
  });

  it("is none of designs that nobody ordered", () => {
    expect(found(bags, [10, 10, 10, 0])).toEqual([]);
  });

  it("is called by the words that its titles begin with, the most ordered design first", () => {
    expect(found(bags, [10, 40, 20, 30])).toEqual([{ words: "lunch bag", ordinal: 1, items: [1, 3, 2, 0] }]);
  });

  it("may be called by the words that its titles end with", () => {
    const clocks = catalogue(
      ["IVORY WALL CLOCK", 850],
      ["DINER WALL CLOCK", 850],
      ["PANTRY WALL CLOCK", 850],
      ["COFFEE WALL CLOCK", 850],
    );
    expect(found(clocks)[0]!.words).toBe("wall clock");
  });

  it("holds designs at nearly one price and at twice it, but no dearer ones", () => {
    const large = catalogue(["LUNCH BAG LARGE RED", 300], ["LUNCH BAG TROLLEY", 995]);
    expect(found([...bags, ...large])[0]!.items).toEqual([0, 1, 2, 3, 4]);
  });

  it("is the wide one where its words say what the product is, and the narrow one where shoppers do not take several of that", () => {
    const cups = ["RED CUP", "BLUE CUP", "PINK CUP", "GOLD CUP"].map((cup) => `${cup} AND TEA POT`);
    const pots = ["STEEL POT", "CLAY POT"];
    const items = catalogue(...[...cups, ...pots].map((title): [string, number] => [title, 500]));
    expect(found(items)).toMatchObject([{ words: "pot", items: [0, 1, 2, 3, 4, 5] }]);
    const isNarrow = (designs: readonly number[]) => designs.length === 4;
    expect(found(items, undefined, isNarrow)).toMatchObject([{ words: "tea pot", items: [0, 1, 2, 3] }]);
    expect(found(items, undefined, () => false)).toEqual([]);
  });

  it("holds a product once, and tells pools of the same words apart by their prices", () => {
    const dear = bags.map(({ title, ...rest }) => ({
      ...rest,
      title: `${title} INSULATED`,
      priceMinor: 495,
    }));
    const pools = found([...bags, ...dear], [9, 9, 9, 9, 1, 1, 1, 1]);
    expect(pools.map(({ words, ordinal }) => `${words} ${ordinal}`)).toEqual(["lunch bag 1", "lunch bag 2"]);
    expect(pools.flatMap(({ items }) => items).toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});
