import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addLinkRow, ItemLinksBuilder, strongest } from "#app/domain/behaviour/item-links.ts";

describe("strongest", () => {
  it("returns nothing when no score is positive", () => {
    expect(strongest([0, 1, 2], [0, -1, NaN], 5)).toEqual([]);
  });

  it("returns the same items as sorting all of them, with ties in order of index", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -2, max: 6 }), { maxLength: 60 }),
        fc.integer({ min: 0, max: 70 }),
        (scores, limit) => {
          const items = [...scores.keys()];
          const sorted = items
            .filter((item) => scores[item]! > 0)
            .sort((a, b) => scores[b]! - scores[a]! || a - b)
            .slice(0, limit);
          expect(strongest(items.slice().reverse(), scores, limit)).toEqual(sorted);
        },
      ),
    );
  });
});

describe("item links", () => {
  it("keep the strongest partners of each row", () => {
    const builder = new ItemLinksBuilder(3, 2);
    builder.addRow([1, 2], [0, 0.25, 0.5]);
    builder.addRow([], []);
    builder.addRow([0, 1], [3, 1]);
    const links = builder.finish();
    expect([...links.offsets]).toEqual([0, 2, 2, 4]);
    expect([...links.partner]).toEqual([1, 2, 0, 1]);
    const sums = new Float32Array(3);
    addLinkRow(links, 0, 2, sums);
    expect([...sums]).toEqual([0, 0.5, 1]);
  });

  it("drop the partners below the limit and, among equal ones, the later items", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -2, max: 6 }), { maxLength: 60 }),
        fc.integer({ min: 0, max: 70 }),
        (scores, limit) => {
          const touched = [...scores.keys()].reverse();
          const builder = new ItemLinksBuilder(scores.length, limit);
          builder.addRow(touched, scores);
          const { partner, weight } = builder.finish();
          expect([...partner].sort((a, b) => a - b)).toEqual(
            strongest(touched, scores, limit).sort((a, b) => a - b),
          );
          expect([...weight]).toEqual([...partner].map((item) => scores[item]!));
        },
      ),
    );
  });
});
