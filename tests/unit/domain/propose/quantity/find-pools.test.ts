import { describe, expect, it } from "vitest";
import { findPools } from "#app/domain/propose/quantity/find-pools.ts";

const catalogue = (...rows: [title: string, priceMinor: number, isActive?: boolean][]) =>
  rows.map(([title, priceMinor, isActive = true], at) => ({
    key: `gid://shopify/ProductVariant/${99 + at}`,
    title,
    priceMinor,
    isActive,
  }));
const bags = catalogue(
  ["LUNCH BAG RED RETROSPOT", 165],
  ["LUNCH BAG WOODLAND", 165],
  ["LUNCH BAG CARS BLUE", 160],
  ["LUNCH BAG SUKI DESIGN", 165],
);
const found = (items: ReturnType<typeof catalogue>, orders = items.map(() => 10)) => findPools(items, orders);

describe("findPools", () => {
  it.each([
    ["three designs are no choice", bags.slice(1)],
    ["one of them costs much more", [...bags.slice(1), { ...bags[0]!, priceMinor: 495 }]],
    ["one of them is no longer sold", [...bags.slice(1), { ...bags[0]!, isActive: false }]],
    [
      "nothing but a colour is shared",
      catalogue(["RED CUP", 100], ["RED HAT", 100], ["RED PEN", 100], ["RED TIN", 100]),
    ],
  ])("finds no pool when %s", (_, items) => {
    expect(found(items)).toEqual([]);
  });

  it("finds no pool of designs without orders", () => {
    expect(found(bags, [10, 10, 10, 0])).toEqual([]);
  });

  it("names a pool by the first words of its titles, with the most ordered design first", () => {
    expect(found(bags, [10, 40, 20, 30])).toEqual([{ words: "lunch bag", ordinal: 1, items: [1, 3, 2, 0] }]);
  });

  it("can name a pool by the last words of its titles", () => {
    const clocks = catalogue(
      ["IVORY WALL CLOCK", 850],
      ["DINER WALL CLOCK", 850],
      ["PANTRY WALL CLOCK", 850],
      ["COFFEE WALL CLOCK", 850],
    );
    expect(found(clocks)[0]!.words).toBe("wall clock");
  });

  it("puts a product in one pool and numbers pools with the same words", () => {
    const dear = bags.map(({ title, ...rest }) => ({
      ...rest,
      title: `${title} INSULATED`,
      priceMinor: 495,
    }));
    const pools = found([...bags, ...dear], [9, 9, 9, 9, 1, 1, 1, 1]);
    expect(pools.map(({ words, ordinal }) => `${words} ${ordinal}`)).toEqual(["lunch bag 1", "lunch bag 2"]);
    expect(pools.flatMap(({ items }) => items).toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  const lastAlike = ["WOODLAND", "CHARLOTTE", "SPACEBOY", "RETRO"].map((design, at) => ({
    ...bags[0]!,
    key: `gid://shopify/ProductVariant/${200 + at}`,
    title: `${design} LUNCH BAG`,
  }));

  it("numbers pools with the same words at opposite ends of their titles", () => {
    const pools = found([...bags, ...lastAlike]);
    expect(pools.map(({ words, ordinal }) => `${words} ${ordinal}`).toSorted()).toEqual([
      "lunch bag 1",
      "lunch bag 2",
    ]);
  });

  it("keeps the number when a cheaper and more popular pool with the same words is added", () => {
    const cheaper = lastAlike.map((item) => ({ ...item, priceMinor: 95 }));
    const pools = found([...bags, ...cheaper], [1, 1, 1, 1, 9, 9, 9, 9]);
    expect(pools.map(({ ordinal, items }) => [ordinal, Math.min(...items)])).toEqual([
      [2, 4],
      [1, 0],
    ]);
  });

  it("keeps the number when its oldest design is archived, in any order of the catalogue", () => {
    const archived = { ...bags[0]!, isActive: false };
    const more = { ...bags[1]!, key: "gid://shopify/ProductVariant/300", title: "LUNCH BAG DOLLY" };
    const pools = found([...lastAlike, archived, ...bags.slice(1), more]);
    expect(pools.map(({ ordinal, items }) => [ordinal, Math.min(...items)]).toSorted()).toEqual([
      [1, 5],
      [2, 0],
    ]);
  });
});
