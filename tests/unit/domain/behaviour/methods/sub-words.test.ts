import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SUB_WORD_BUCKETS, toSubWords } from "#app/domain/behaviour/methods/text-similarity.ts";

const shared = (a: string, b: string) => {
  const pieces = new Set(toSubWords(b));
  return toSubWords(a).filter((piece) => pieces.has(piece)).length;
};

describe("toSubWords", () => {
  it("turns a single letter into one piece, the letter between its marks", () => {
    expect(toSubWords("a")).toHaveLength(1);
  });

  it("returns the runs of three to five letters with the marks, and the whole word", () => {
    // <kanne> has 7 letters: 5 + 4 + 3 runs and itself.
    expect(toSubWords("kanne")).toHaveLength(13);
  });

  it("shares pieces between a compound and its parts, most of all at the ends", () => {
    expect(shared("teekanne", "kaffeekanne")).toBeGreaterThan(shared("teekanne", "blumentopf") + 5);
    // "kan", "ann", "nne", "ne>", "kann", "anne", "nne>", "kanne", "anne>".
    expect(shared("kanne", "teekanne")).toBe(9);
  });

  it("shares pieces with a plural and with a misspelling", () => {
    expect(shared("teapot", "teapots")).toBeGreaterThan(toSubWords("teapot").length / 2);
    expect(shared("cushion", "cushoin")).toBeGreaterThan(0);
  });

  it("returns distinct bucket numbers, the same ones every time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }), (word) => {
        const pieces = toSubWords(word);
        expect(new Set(pieces).size).toBe(pieces.length);
        expect(
          pieces.every((piece) => Number.isInteger(piece) && piece >= 0 && piece < SUB_WORD_BUCKETS),
        ).toBe(true);
        expect(toSubWords(word)).toEqual(pieces);
      }),
    );
  });
});
