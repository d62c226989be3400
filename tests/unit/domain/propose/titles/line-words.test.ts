import { describe, expect, it } from "vitest";
import { findKindWords, withoutBrand } from "#app/domain/propose/titles/line-words.ts";
import { findNouns } from "#app/domain/propose/titles/title-similarity.ts";

const KINDS = { serum: 3_200, toner: 2_100, cleanser: 1_800, mask: 1_500, balm: 900 };
const line = (name: string, kinds: Readonly<Record<string, number>> = KINDS) =>
  Object.entries(kinds).map(([kind, priceMinor]) => ({ title: `${name} ${kind}`, priceMinor }));
const titlesOf = (items: readonly { title: string }[]) => items.map(({ title }) => title.trim());
const kindWordsOf = (items: readonly { title: string; priceMinor: number }[]) =>
  findKindWords(items, findNouns(items)).map((words) => [...words].join(" "));

describe("withoutBrand", () => {
  it.each([
    ["no product", []],
    ["two products of one brand", line("Glow Recipe").slice(0, 2)],
    [
      "brands of less than half the titles",
      ["Glow Recipe", "Northwind", "Sea Salt"].flatMap((name) => line(name)),
    ],
    [
      "what the shop sells at one price",
      ["Rose candle", "Fig candle", "Oud candle"].map((title) => ({ title, priceMinor: 2_400 })),
    ],
    [
      "sizes and numbers",
      [900, 1_500, 2_400].map((priceMinor, at) => ({
        title: `Set of 3, ${["cups", "bowls", "jars"][at]!}`,
        priceMinor,
      })),
    ],
    ["a brand alone", [900, 1_500, 2_400].map((priceMinor) => ({ title: "Northwind", priceMinor }))],
  ])("changes nothing for %s", (_, items) => {
    expect(withoutBrand(items)).toEqual(items);
  });

  it("removes words that start or end most titles, in any case", () => {
    const items = [...line("Glow Recipe"), { title: "GLOW RECIPE travel bag", priceMinor: 2_900 }];
    expect(titlesOf(withoutBrand(items))).toEqual([...Object.keys(KINDS), "travel bag"]);
    const behind = Object.entries(KINDS).map(([kind, priceMinor]) => ({
      title: `${kind} – Northwind`,
      priceMinor,
    }));
    expect(titlesOf(withoutBrand(behind)).map((title) => title.replace(" –", ""))).toEqual(
      Object.keys(KINDS),
    );
  });
});

describe("findKindWords", () => {
  it("leaves out a line's words, which occur with many nouns at many prices", () => {
    const items = [...line("Lavender Care"), ...line("Sea Salt")];
    expect(kindWordsOf(items)).toEqual([...Object.keys(KINDS), ...Object.keys(KINDS)]);
  });

  it("leaves out a line's words even at similar prices, if other lines have the same prices", () => {
    const kinds = { shampoo: 1_400, conditioner: 1_500, lotion: 1_550 };
    const items = [...line("Lavender Care", kinds), ...line("Sea Salt", kinds)];
    expect(kindWordsOf(items)).toEqual([...Object.keys(kinds), ...Object.keys(kinds)]);
    expect(kindWordsOf(items.slice(0, 3))).toEqual(
      titlesOf(items.slice(0, 3)).map((title) => title.toLowerCase()),
    );
  });

  it.each([
    ["two nouns", line("Lavender Care", { serum: 3_200, toner: 2_100 })],
    [
      "one price, as designs of one thing do",
      line("Lunch bag", { owl: 165, circus: 165, skulls: 165, roses: 165 }),
    ],
    [
      "things that are called by it",
      ["Owl bag", "Circus bag", "Skulls bag"].map((title, at) => ({ title, priceMinor: 500 * 2 ** at })),
    ],
  ])("keeps a word that occurs with %s", (_, items) => {
    expect(kindWordsOf(items)).toEqual(titlesOf(items).map((title) => title.toLowerCase()));
  });

  it("keeps all words of a title that is only the name of its line", () => {
    const nouns = "serum toner cleanser mask balm oil scrub mist primer shampoo conditioner lotion".split(
      " ",
    );
    const kinds = Object.fromEntries(nouns.map((noun, at) => [noun, 500 + 400 * at]));
    const items = [...line("Lavender Care", kinds), { title: "Lavender Care", priceMinor: 5_900 }];
    expect(kindWordsOf(items)).toEqual([...nouns, "lavender care"]);
  });
});
