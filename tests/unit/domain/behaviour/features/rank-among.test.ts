import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rankAmong } from "#app/domain/behaviour/features/item-features.ts";

describe("rankAmong", () => {
  it("ranks as a stable sort does", () => {
    const scores = fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 40 });
    fc.assert(
      fc.property(scores, (values) => {
        const candidates = [...values.keys()];
        const sorted = candidates.toSorted((a, b) => values[b]! - values[a]! || a - b);
        const expected = candidates.map((candidate) => Math.fround(Math.log1p(sorted.indexOf(candidate))));
        expect([...rankAmong(candidates, Float32Array.from(values))]).toEqual(expected);
      }),
    );
  });

  it("ranks by the scores of the candidates alone", () => {
    expect([...rankAmong([3, 1], Float32Array.of(9, 5, 9, 2))]).toEqual([Math.fround(Math.log(2)), 0]);
  });
});
