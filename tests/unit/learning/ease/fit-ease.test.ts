import { beforeAll, describe, expect, it } from "vitest";
import { linkByEase, type EaseWeights } from "#app/domain/behaviour/methods/ease-weights.ts";
import { indexItemSets } from "#app/domain/behaviour/item-baskets.ts";
import { countItemSales } from "#app/domain/behaviour/methods/item-sales.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { fitEase } from "#app/learning/ease/fit-ease.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { orderLine } from "#tests/factories/order-lines.ts";

const ITEMS = 40;
const HEAD = 25;

/** Baskets with popular products more often, and with products together if their numbers are equal modulo 5. */
function drawBaskets() {
  const random = seededRandom(5);
  const lines = Array.from({ length: 600 }, (_, order) => {
    const first = Math.floor(random() ** 2 * ITEMS);
    const others = [first + 5, first + 10, Math.floor(random() * ITEMS)].filter(() => random() < 0.7);
    return [first, ...others].map((item) =>
      orderLine({ orderId: `${order}`, placedAtMs: order, itemKey: `p${item % ITEMS}` }),
    );
  });
  return prepareBaskets(lines.flat(), [], { currency: "USD" }).baskets;
}

const baskets = drawBaskets();
const { offsets, item } = baskets;
const evidence = { offsets, item, weight: new Float32Array(baskets.placedAtMs.length).fill(1) };
const sold = countItemSales(baskets, indexItemSets(baskets, baskets.items.length), 1_000).baskets;
const fit = (maxItems: number) => fitEase(evidence, sold, {}, maxItems);

/** Weight of one item in the basket for another's score, in the exact part or in the tail. */
function weightBetween({ rowOf, weights, items, tail }: EaseWeights, source: number, target: number): number {
  const [row, column] = [rowOf[source]!, rowOf[target]!];
  if (row >= 0 && column >= 0) return weights[row * items.length + column]!;
  for (let at = tail.offsets[source]!; at < tail.offsets[source + 1]!; at++)
    if (tail.partner[at] === target) return tail.weight[at]!;
  return 0;
}

describe("EASE with more products than its exact part holds", () => {
  let exact: EaseWeights;
  let approximate: EaseWeights;
  beforeAll(async () => {
    await chooseBackend("wasm");
    exact = await fit(ITEMS);
    approximate = await fit(HEAD);
  });

  it("is exact and has no tail if all products fit", () => {
    expect(exact.tail.partner).toHaveLength(0);
    expect([exact.items.length, approximate.items.length]).toEqual([ITEMS, HEAD]);
  });

  it("scores a rare product from the products it was sold with as the exact weights do", () => {
    const rare = [...approximate.rowOf.keys()].filter((item) => approximate.rowOf[item]! < 0);
    expect(rare).toHaveLength(ITEMS - HEAD);
    let compared = 0;
    for (const target of rare) {
      for (let source = 0; source < ITEMS; source++) {
        const own = weightBetween(approximate, source, target);
        // A product never sold with it has no weight here, and a small exact weight through third products.
        if (own === 0) continue;
        compared++;
        expect(Math.abs(own - weightBetween(exact, source, target))).toBeLessThan(0.03);
      }
    }
    expect(compared).toBeGreaterThan(10 * rare.length);
  });

  it("gives a rare product weights for the popular products that it is sold with", () => {
    let [product, ownSquares, exactSquares] = [0, 0, 0];
    for (let source = 0; source < ITEMS; source++) {
      if (approximate.rowOf[source]! >= 0) continue;
      for (const target of approximate.items) {
        const [own, theirs] = [
          weightBetween(approximate, source, target),
          weightBetween(exact, source, target),
        ];
        product += own * theirs;
        ownSquares += own * own;
        exactSquares += theirs * theirs;
      }
    }
    expect(product / Math.sqrt(ownSquares * exactSquares)).toBeGreaterThan(0.94);
  });

  it("lists the strongest weights of rare and of popular products", () => {
    const links = linkByEase(approximate, 3);
    for (let item = 0; item < ITEMS; item++) {
      const weights = Array.from({ length: ITEMS }, (_, other) => weightBetween(approximate, item, other));
      const best = weights.filter((weight) => weight > 0).sort((a, b) => b - a).slice(0, 3); // prettier-ignore
      const listed = [...links.weight.subarray(links.offsets[item], links.offsets[item + 1])];
      expect(listed.sort((a, b) => b - a)).toEqual(best);
    }
  });
});
