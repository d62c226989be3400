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

describe("the title of a choice", () => {
  it("promises no saving, and names nothing where the products share no name", () => {
    expect(choose("PARTY BUNTING", "JAM JAR")).toBe("Pick any 3");
  });

  it("says what is chosen from", () => {
    expect(choose("DOORMAT HEARTS", "DOORMAT UNION FLAG")).toBe("Doormat: pick any 3");
  });
});

describe("the title of a set of three that share no name", () => {
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
  ])("names all of them, in the way of %s", (locale, titles, title) => {
    expect(set(locale, ...titles)).toBe(title);
  });

  it("names the first alone where all are too long to be read at a glance", () => {
    const long = [
      "Washable Matt Emulsion Wall Paint",
      "Professional Angled Sash Brush",
      "Low Tack Masking Tape",
    ];
    expect(set("en", ...long)).toBe("Washable Matt Emulsion Wall Paint and 2 more");
  });
});
