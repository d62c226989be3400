import { describe, expect, it } from "vitest";
import { decodeNeighbours, encodeNeighbours, rankPartners } from "#app/domain/behaviour/behaviour-model.ts";

/** A numbering of these keys in the given order. */
const numbered = (...keys: string[]) => ({
  indexOf: new Map(keys.map((key, item) => [key, item])),
  items: keys.length,
});

const neighbours = {
  partner: Int32Array.from([1, 2, 0, -1, -1, -1, -1, -1]),
  strength: Float32Array.from([1, 0.25, 0.5, 0, 0, 0, 0, 0]),
  count: 2,
};

describe("stored neighbours", () => {
  it("are refused when they are truncated", () => {
    const bytes = encodeNeighbours(neighbours, ["a", "b", "c", "d"]);
    expect(() => decodeNeighbours(bytes.subarray(0, bytes.length - 1), numbered("a"))).toThrow(RangeError);
  });

  it("survive the round trip within a 16-bit step", () => {
    const decoded = decodeNeighbours(
      encodeNeighbours(neighbours, ["a", "b", "c", "d"]),
      numbered("a", "b", "c", "d"),
    );
    expect([...decoded.partner]).toEqual([...neighbours.partner]);
    decoded.strength.forEach((value, at) => expect(value).toBeCloseTo(neighbours.strength[at]!, 4));
  });

  it("follow their products into another numbering and drop products that are gone", () => {
    const decoded = decodeNeighbours(
      encodeNeighbours(neighbours, ["a", "b", "c", "d"]),
      numbered("new", "c", "a"),
    );
    // a's partners were b, now gone, and c.
    expect([...decoded.partner]).toEqual([-1, -1, -1, -1, 1, -1]);
    expect(decoded.strength[4]).toBeCloseTo(0.25, 4);
  });

  it("merge when several keys are one item now, with each partner once and never the item itself", () => {
    const indexOf = new Map([
      ["a", 0],
      ["b", 0],
      ["c", 1],
      ["d", 2],
    ]);
    const decoded = decodeNeighbours(encodeNeighbours(neighbours, ["a", "b", "c", "d"]), {
      indexOf,
      items: 3,
    });
    // a's partners were b, now the same item, and c at 0.25; b's partner was a at 0.5.
    expect([...decoded.partner]).toEqual([1, -1, -1, -1, -1, -1]);
    expect(decoded.strength[0]).toBeCloseTo(0.25, 4);
  });

  it("can be empty", () => {
    const none = { partner: new Int32Array(0), strength: new Float32Array(0), count: 5 };
    expect(decodeNeighbours(encodeNeighbours(none, []), numbered())).toEqual(none);
  });

  it("rank the products that name each other, without the given ones", () => {
    const bytes = encodeNeighbours(
      {
        // Every product names "best seller"; it names c alone.
        partner: Int32Array.from([3, 1, 2, 3, 0, -1, 3, 0, -1, 2, -1, -1]),
        strength: Float32Array.from([1, 0.8, 0.1, 1, 0.9, 0, 1, 0.9, 0, 1, 0, 0]),
        count: 3,
      },
      ["a", "b", "c", "best seller"],
    );
    const partnersOf = (...given: string[]) => rankPartners(bytes, new Set(given)).map(({ key }) => key);
    expect(partnersOf("a")).toEqual(["b", "c"]);
    expect(partnersOf("a", "b")).toEqual(["c"]);
    expect(partnersOf("c")).toEqual(["best seller", "a"]);
    expect(partnersOf("unknown")).toEqual([]);
    expect(() => rankPartners(bytes.subarray(0, bytes.length - 1), new Set(["a"]))).toThrow(RangeError);
  });
});
