import { describe, expect, it } from "vitest";
import { splitCompounds } from "#app/domain/propose/titles/title-words.ts";

describe("what some titles write as one word and some as two", () => {
  const split = (...titles: string[]) =>
    splitCompounds(titles.map((title) => ({ title }))).map(({ title }) => title);

  it("is one thing in two words, so that what a title is of is seen in both spellings", () => {
    expect(split("DOORMAT HEARTS", "DOOR MAT RED SPOT", "DOORMATS OF COIR")).toEqual([
      "door mat HEARTS",
      "DOOR MAT RED SPOT",
      "door mat OF COIR",
    ]);
  });

  it("is left where no title writes it as two, and where its parts are too short to be words", () => {
    const titles = ["Cupboard", "Cup and board", "Go into town", "Back in to work"];
    expect(split(...titles)).toEqual(titles);
  });
});
