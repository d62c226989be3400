import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SUB_WORD_BUCKETS, toSubWords } from "#app/domain/behaviour/methods/text-similarity.ts";

const shared = (a: string, b: string) => {
  const pieces = new Set(toSubWords(b));
  return toSubWords(a).filter((piece) => pieces.has(piece)).length;
};

describe("the pieces of a word", () => {
  it("of one letter is the word itself between its marks", () => {
    expect(toSubWords("a")).toHaveLength(1);
  });

  it("are its runs of three to five letters with the marks, and the whole of it", () => {
    // <kanne> has 7 letters: 5 + 4 + 3 runs and itself.
    expect(toSubWords("kanne")).toHaveLength(13);
  });

  it("of a compound are in part those of its parts, most of all at the ends", () => {
    expect(shared("teekanne", "kaffeekanne")).toBeGreaterThan(shared("teekanne", "blumentopf") + 5);
    // "kan", "ann", "nne", "ne>", "kann", "anne", "nne>", "kanne", "anne>".
    expect(shared("kanne", "teekanne")).toBe(9);
  });

  it("outlive a plural and a slip of the pen", () => {
    expect(shared("teapot", "teapots")).toBeGreaterThan(toSubWords("teapot").length / 2);
    expect(shared("cushion", "cushoin")).toBeGreaterThan(0);
  });

  it("are numbers of buckets, each once, and always the same", () => {
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
