import { describe, expect, it } from "vitest";
import type { Locale } from "#app/locales/translate.ts";
import { titleOffer } from "#app/services/validate/title-offer.server.ts";

const choose = (...titles: readonly string[]) =>
  titleOffer(
    {
      terms: { kind: "range", units: 3, allowsRepeats: true, reward: { type: "none" } },
      components: titles.map((title) => ({ title, category: "", isGift: false })),
    },
    "en",
  );

describe("title of a range", () => {
  it("promises no saving, and names nothing when the products share no words", () => {
    expect(choose("PARTY BUNTING", "JAM JAR")).toBe("Pick any 3");
  });

  it("names what to choose from", () => {
    expect(choose("DOORMAT HEARTS", "DOORMAT UNION FLAG")).toBe("Doormat: pick any 3");
  });
});

describe("title of a set of three without shared words", () => {
  const set = (locale: Locale, ...titles: readonly string[]) =>
    titleOffer(
      {
        terms: { kind: "set", reward: { type: "none" } },
        components: titles.map((title) => ({ title, category: "", isGift: false })),
      },
      locale,
    );

  it.each<[Locale, readonly string[], string]>([
    ["en", ["WALL PAINT", "ANGLED BRUSH", "MASKING TAPE"], "Wall paint, angled brush, and masking tape"],
    ["de", ["Wandfarbe", "Pinsel", "Kreppband"], "Wandfarbe, Pinsel und Kreppband"],
    ["ja", ["急須", "湯呑", "茶筒"], "急須、湯呑、茶筒"],
  ])("names all products, in the style of %s", (locale, titles, title) => {
    expect(set(locale, ...titles)).toBe(title);
  });

  it("names only the first product when the names are too long", () => {
    const long = [
      "Washable Matt Emulsion Wall Paint",
      "Professional Angled Sash Brush",
      "Low Tack Masking Tape",
    ];
    expect(set("en", ...long)).toBe("Washable Matt Emulsion Wall Paint and 2 more");
  });
});
