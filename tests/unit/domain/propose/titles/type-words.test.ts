import { describe, expect, it } from "vitest";
import { relateNames, findTypeWords } from "#app/domain/propose/titles/title-similarity.ts";
import { nameWordsOf } from "#app/domain/propose/titles/title-words.ts";
import { isPoorSet, LABELLED_PAIRS } from "#tests/bench/learning/same-type.ts";

const THEMES = ["owl", "spaceboy", "pantry", "doiley", "regency"];
const range = (noun: string, priceMinor: number, themes: readonly string[] = THEMES) =>
  themes.map((theme) => ({ title: `${noun} ${theme}`, priceMinor }));
const english = [
  ...range("lunch bag", 165),
  ...range("jumbo bag", 208),
  ...range("alarm clock", 375),
  ...range("wall clock", 850),
  ...range("tea towel", 295),
];
const typesOf = (catalogue: readonly { title: string; priceMinor: number }[], title: string) => {
  const types = findTypeWords(catalogue);
  return [...types[catalogue.findIndex((one) => one.title === title)]!];
};

describe("findTypeWords", () => {
  it.each([
    ["of one of each", range("lunch bag", 165, ["owl"])],
    ["of three designs", range("lunch bag", 165, THEMES.slice(0, 3))],
    ["that were never sold", range("lunch bag", 0)],
    [
      "at a price each",
      THEMES.map((theme, at) => ({ title: `lunch bag ${theme}`, priceMinor: 100 * 2 ** at })),
    ],
    ["without a word", [{ title: "12 / 34", priceMinor: 100 }]],
  ])("finds none in a catalogue %s", (_, catalogue) => {
    expect(findTypeWords(catalogue).every((types) => types.size === 0)).toBe(true);
  });

  it("finds the nouns that recur across ranges, and no theme", () => {
    expect(typesOf(english, "lunch bag owl")).toEqual(["bag"]);
    expect(typesOf(english, "wall clock regency")).toEqual(["clock"]);
    expect(typesOf(english, "tea towel pantry")).toEqual(["towel"]);
  });

  it("finds nouns at the start when the language puts them there", () => {
    const spanish = [
      ...range("bolso playa", 165),
      ...range("bolso viaje", 208),
      ...range("reloj cocina", 375),
      ...range("reloj pared", 850),
    ];
    expect(typesOf(spanish, "bolso viaje owl")).toEqual(["bolso"]);
    expect(typesOf(spanish, "reloj pared pantry")).toEqual(["reloj"]);
  });

  it("prevents a set of two products of one kind and allows one of a theme", () => {
    const types = findTypeWords(english);
    const named = (title: string) => {
      const at = english.findIndex((one) => one.title === title);
      return { words: nameWordsOf(title), priceMinor: english[at]!.priceMinor, types: types[at]! };
    };
    expect(relateNames(named("lunch bag owl"), named("jumbo bag pantry"))).toBe("related");
    expect(relateNames(named("lunch bag owl"), named("wall clock owl"))).toBe("different");
  });
});

describe("colours of a range", () => {
  const relate = (a: string, b: string) =>
    relateNames({ words: nameWordsOf(a), priceMinor: 325 }, { words: nameWordsOf(b), priceMinor: 900 });

  it.each([
    ["related", "Regency milk jug pink", "Regency sugar bowl green"],
    ["related", "Arlo jeans blau", "Arlo hemd rot"],
    ["different", "Regency milk jug pink", "Regency sugar bowl pink"],
    ["different", "Regency milk jug", "Regency sugar bowl green"],
    ["different", "Kitchen scales ivory", "Kitchen clock blue"],
    ["different", "Blue jeans", "Red shirt"],
  ])("make titles %s: %s and %s", (expected, a, b) => {
    expect(relate(a, b)).toBe(expected);
    expect(relate(b, a)).toBe(expected);
  });
});

describe("isPoorSet", () => {
  it.each(LABELLED_PAIRS)("agrees with a person's label: %s, %s and %s", (label, a, b) => {
    expect([isPoorSet(a, b), isPoorSet(b, a)]).toEqual([label === "poor", label === "poor"]);
  });
});
