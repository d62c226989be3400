import { describe, expect, it } from "vitest";
import { openBasketNeighbours, decayWeights, indexItemSets } from "#app/domain/behaviour/item-baskets.ts";
import { addLinkRow, type ItemLinks } from "#app/domain/behaviour/item-links.ts";
import { scorePairs } from "#app/domain/behaviour/methods/pair-scores.ts";
import { linkByText, toWords } from "#app/domain/behaviour/methods/text-similarity.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import type { Item } from "#app/domain/prepare/baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { orderLine } from "#tests/factories/order-lines.ts";

/** Baskets as strings of one-letter products: "AB" is an order of A1 and B1. Orders are a day apart. */
function basketsOf(...orders: string[]) {
  const lines = orders.flatMap((letters, day) =>
    [...letters].map((letter) =>
      orderLine({ orderId: `o${day}`, placedAtMs: day * DAY_MS, itemKey: `${letter}1`, title: letter }),
    ),
  );
  const { baskets } = prepareBaskets(lines, [], { currency: "USD" });
  const itemOf = (letter: string) => baskets.items.findIndex(({ key }) => key === `${letter}1`);
  return { baskets, itemOf, index: indexItemSets(baskets, baskets.items.length) };
}

function weightOf(links: ItemLinks, from: number, to: number, items: number): number {
  const row = new Float32Array(items);
  addLinkRow(links, from, 1, row);
  return row[to]!;
}

describe("pair scores", () => {
  const { baskets, itemOf, index } = basketsOf("AB", "AB", "ABC", "A", "C");
  const weights = decayWeights(baskets, 5 * DAY_MS, Infinity);
  const { confidence, walk } = scorePairs(baskets, index, weights);

  it("score confidence as the share of the item's baskets that hold the partner", () => {
    expect(weightOf(confidence, itemOf("A"), itemOf("B"), 3)).toBeCloseTo(3 / 4);
    expect(weightOf(confidence, itemOf("B"), itemOf("A"), 3)).toBeCloseTo(1);
  });

  it("discount large baskets and popular partners in the walk", () => {
    // A's baskets with B: two of 2 items, one of 3; B is in 3 baskets.
    expect(weightOf(walk, itemOf("A"), itemOf("B"), 3)).toBeCloseTo((1 / 2 + 1 / 2 + 1 / 3) / 4 / 3 ** 0.6);
  });

  it("never link an item to itself", () => {
    for (let item = 0; item < 3; item++) expect(weightOf(confidence, item, item, 3)).toBe(0);
  });

  it("count a basket half after one half-life", () => {
    expect([...decayWeights(baskets, 4 * DAY_MS, 2)]).toEqual(
      [0.25, Math.SQRT1_2 / 2, 0.5, Math.SQRT1_2, 1].map(Math.fround),
    );
  });
});

describe("basket neighbours", () => {
  it("score the items of the most similar basket above those of a distant one", () => {
    const { baskets, itemOf, index } = basketsOf("ABC", "ABC", "AD", "EF");
    const into = new Float32Array(baskets.items.length);
    openBasketNeighbours(baskets, index, new Float32Array(4).fill(1))([itemOf("A"), itemOf("B")], into);
    expect(into[itemOf("C")]!).toBeGreaterThan(into[itemOf("D")]!);
    expect(into[itemOf("E")]!).toBe(0);
  });
});

describe("text similarity", () => {
  const item = (title: string, category = ""): Item => ({
    key: title,
    title,
    category,
    priceMinor: 1,
    costMinor: null,
    stockUnits: null,
    isActive: true,
  });

  it("weighs rare shared words above common ones and links nothing to an empty title", async () => {
    const items = [
      item("red lunch box"),
      item("blue lunch box"),
      item("red kettle"),
      item(""),
      ...Array.from({ length: 15 }, (_, at) => item(`red thing${at}`)),
    ];
    const links = await linkByText(items);
    expect(weightOf(links, 0, 1, items.length)).toBeGreaterThan(weightOf(links, 0, 2, items.length));
    expect(weightOf(links, 0, 3, items.length)).toBe(0);
    expect(weightOf(links, 0, 1, items.length)).toBeLessThanOrEqual(1);
  });

  it("links by category when titles share no word", async () => {
    const links = await linkByText([
      item("Kettle", "Kitchen"),
      item("Whisk", "Kitchen"),
      item("Sofa", "Living"),
    ]);
    expect(weightOf(links, 0, 1, 3)).toBeGreaterThan(0);
    expect(weightOf(links, 0, 2, 3)).toBe(0);
  });

  it("links titles that are compounds of one word", async () => {
    const links = await linkByText([item("Gartenlampe"), item("Gartenkorb"), item("Badespiegel")]);
    expect(weightOf(links, 0, 1, 3)).toBeGreaterThan(0);
    expect(weightOf(links, 0, 2, 3)).toBe(0);
  });

  it("stops when it is told to in a pause", async () => {
    const items = Array.from({ length: 100 }, (_, at) => item(`kettle ${at}`));
    const cancelled = () => Promise.reject(new Error("cancelled"));
    await expect(linkByText(items, cancelled)).rejects.toThrow("cancelled");
  });

  it("reads words of any script and folds plurals", () => {
    expect(toWords("Boxes, GLASS & Öfen 2x")).toEqual(["boxe", "glass", "öfen", "2x"]);
  });
});
