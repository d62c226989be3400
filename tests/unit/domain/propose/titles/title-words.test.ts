import { describe, expect, it } from "vitest";
import { splitCompounds } from "#app/domain/propose/titles/title-words.ts";

describe("splitCompounds", () => {
  const split = (...titles: string[]) =>
    splitCompounds(titles.map((title) => ({ title }))).map(({ title }) => title);

  it("splits a word that other titles write as two", () => {
    expect(split("DOORMAT HEARTS", "DOOR MAT RED SPOT", "DOORMATS OF COIR")).toEqual([
      "door mat HEARTS",
      "DOOR MAT RED SPOT",
      "door mat OF COIR",
    ]);
  });

  it("keeps a word that no title writes as two, and one with parts that are too short", () => {
    const titles = ["Cupboard", "Cup and board", "Go into town", "Back in to work"];
    expect(split(...titles)).toEqual(titles);
  });
});
