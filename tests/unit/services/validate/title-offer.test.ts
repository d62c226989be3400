import { describe, expect, it } from "vitest";
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
