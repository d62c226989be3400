import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { relateNames, findRanges } from "#app/domain/propose/titles/title-likeness.ts";
import { nameWordsOf } from "#app/domain/propose/titles/title-words.ts";

const priced = (titles: readonly string[], priceMinor = 795) =>
  titles.map((title) => ({ title, priceMinor }));
const named = (catalogue: readonly { title: string; priceMinor: number }[]) => {
  const ranges = findRanges(catalogue);
  return catalogue.map(({ title, priceMinor }, item) => ({
    words: nameWordsOf(title),
    priceMinor,
    ranges: ranges[item]!,
  }));
};
const DOORMATS = ["DOORMAT HEARTS", "DOORMAT UNION FLAG", "DOORMAT TOPIARY", "DOORMAT FANCY FONT"];
const SIGNS = [
  "COOK WITH WINE METAL SIGN",
  "GARDEN METAL SIGN",
  "BATH TIME METAL SIGN",
  "TEA HOUSE METAL SIGN",
];

describe("the ranges of a catalogue", () => {
  it.each([
    ["no product", []],
    ["titles without a word", priced(["", "!!", "", "12 34", "250 ml"])],
    ["three of one word at one price", priced(DOORMATS.slice(1))],
    ["four at four prices", DOORMATS.map((title, at) => ({ title, priceMinor: 500 * (at + 1) }))],
    ["four that were never sold", priced(DOORMATS, 0)],
    [
      "a word that is in the middle only",
      priced(["pear tart dish", "fig tart fork", "plum tart tin mould", "nut tart knife"]),
    ],
    ["four of one colour or size", priced(["red razor", "red foam", "red brush", "red balm"])],
  ])("are none of %s", (_, catalogue) => {
    expect(findRanges(catalogue).every((ranges) => ranges.size === 0)).toBe(true);
  });

  it("are the first or the last word that says what a product is, whatever stands around them", () => {
    const [hearts, sign] = [0, 4].map((at) => findRanges(priced([...DOORMATS, ...SIGNS]))[at]);
    expect([...hearts!]).toEqual(["first:doormat"]);
    expect([...sign!]).toEqual(["last:sign"]);
  });

  it("tell designs named in words from products that go together", () => {
    const [hearts, flag, , , wine, garden] = named(priced([...DOORMATS, ...SIGNS]));
    expect(relateNames(hearts!, flag!)).toBe("related");
    expect(relateNames(wine!, garden!)).toBe("related");
    expect(relateNames(hearts!, garden!)).toBe("different");
    // Without a catalogue, two words of three say nothing.
    const { words, priceMinor } = hearts!;
    expect(relateNames({ words, priceMinor }, flag!)).toBe("different");
  });

  it("take a price as the same that is a rebate for quantity apart", () => {
    const [hearts, rose] = named([
      ...priced(DOORMATS.slice(0, 1), 749),
      { title: "DOORMAT ENGLISH ROSE", priceMinor: 795 },
      ...priced(DOORMATS.slice(2), 749),
    ]);
    expect(relateNames(hearts!, rose!)).toBe("related");
  });

  it("leave a product of the same word at another price alone", () => {
    const catalogue = [...priced(DOORMATS), { title: "DOORMAT BRUSH", priceMinor: 250 }];
    const names = named(catalogue);
    expect(relateNames(names[0]!, names[4]!)).toBe("different");
  });

  it("hold for every design of a range, in whatever order the catalogue is", () => {
    const design = fc.constantFrom("fox", "owl", "tree", "moon", "ship", "kite", "rain", "bee", "lamb");
    fc.assert(
      fc.property(
        fc.uniqueArray(design, { minLength: 4 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 99_999 }),
        (designs, isFirst, priceMinor) => {
          const titles = designs.map((word) => (isFirst ? `Cushion ${word}` : `${word} cushion`));
          const names = named(priced(titles, priceMinor));
          for (const a of names)
            for (const b of names) if (a !== b) expect(relateNames(a, b)).toBe("related");
        },
      ),
    );
  });
});
