import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { countPairs, indexOccurrences, type PairCounts } from "#app/domain/propose/together/occurrences.ts";
import { orderLine } from "#tests/factories/order-lines.ts";

const carts = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 8 }), { maxLength: 6 }), { maxLength: 40 });

function toOccurrences(given: readonly (readonly number[])[]) {
  const lines = given.flatMap((items, order) =>
    items.map((item) => orderLine({ orderId: `${order}`, itemKey: `p${item}` })),
  );
  const { baskets } = prepareBaskets(lines, [], { currency: "USD" });
  return { baskets, occurrences: indexOccurrences(baskets, -Infinity, Infinity) };
}

const toList = ({ count, a, b, together }: PairCounts) =>
  Array.from({ length: count }, (_, pair) => [a[pair]!, b[pair]!, together[pair]!]);

describe("countPairs", () => {
  it("finds none when no basket holds two products", () => {
    const { occurrences } = toOccurrences([[1], [2], [1]]);
    expect(countPairs(occurrences, 1)).toMatchObject({ count: 0, frequentItems: 2 });
  });

  it.each([
    ["with a counter for each possible pair", Infinity],
    ["without one", 0],
  ])("%s counts the baskets of each pair, in any order", (_, mostCounters) => {
    fc.assert(
      fc.property(carts, fc.integer({ min: 1, max: 4 }), (given, least) => {
        const { baskets, occurrences } = toOccurrences(given);
        const expected: number[][] = [];
        const holds = (cart: readonly number[], item: number) =>
          cart.includes(Number(baskets.items[item]!.key.slice(1)));
        for (let a = 0; a < baskets.items.length; a++)
          for (let b = a + 1; b < baskets.items.length; b++) {
            const both = given.filter((cart) => holds(cart, a) && holds(cart, b)).length;
            if (both >= least) expected.push([a, b, both]);
          }
        expect(toList(countPairs(occurrences, least, mostCounters))).toEqual(expected);
      }),
    );
  });
});
