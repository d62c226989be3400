import { describe, expect, it } from "vitest";
import { openBackwardEvidence, turnLinks } from "#app/domain/behaviour/features/backward-evidence.ts";
import { indexItemSets } from "#app/domain/behaviour/item-baskets.ts";
import { ItemLinksBuilder, type ItemLinks } from "#app/domain/behaviour/item-links.ts";
import { scorePairs } from "#app/domain/behaviour/methods/pair-scores.ts";
import type { FeatureSources } from "#app/domain/behaviour/features/query-evidence.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { orderLine } from "#tests/factories/order-lines.ts";

/** Baskets as strings of one-letter products; every basket weighs 1. */
function sourcesOf(
  orders: readonly string[],
  ease: Partial<Pick<FeatureSources, "ease" | "easeLinks">> = {},
) {
  const lines = orders.flatMap((letters, day) =>
    [...letters].map((letter) =>
      orderLine({ orderId: `o${day}`, placedAtMs: day * DAY_MS, itemKey: letter, title: letter }),
    ),
  );
  const { baskets } = prepareBaskets(lines, [], { currency: "USD" });
  const count = baskets.items.length;
  const pairs = scorePairs(
    baskets,
    indexItemSets(baskets, baskets.items.length),
    new Float32Array(orders.length).fill(1),
  );
  const none = linksOf(count, []);
  const noEase = {
    items: new Int32Array(0),
    rowOf: new Int32Array(count).fill(-1),
    weights: new Float32Array(0),
  };
  const fitted = { pairs, ease: { ...noEase, tail: none }, easeLinks: none, ...ease };
  return {
    sources: { ...fitted, items: baskets.items, backward: turnLinks(fitted) },
    itemOf: (letter: string) => baskets.items.findIndex(({ key }) => key === letter),
  };
}

function linksOf(
  items: number,
  entries: readonly (readonly [from: number, to: number, weight: number])[],
): ItemLinks {
  const links = new ItemLinksBuilder(items, items);
  for (let item = 0; item < items; item++) {
    const row = new Float32Array(items);
    const own = entries.filter(([from]) => from === item);
    for (const [, to, weight] of own) row[to] = weight;
    links.addRow(
      own.map(([, to]) => to),
      row,
    );
  }
  return links.finish();
}

/** EASE of three items, A, B and C: the weight from each row to each column. C has no row. */
const THREE = {
  items: Int32Array.of(0, 1),
  rowOf: Int32Array.of(0, 1, -1),
  weights: Float32Array.of(0, -0.25, 0.5, 0),
};

describe("backward evidence", () => {
  it("is zero for an empty basket and for unlinked items", () => {
    const { sources, itemOf } = sourcesOf(["AB", "C"]);
    const nothing = { ease: 0, easeSingle: 0, confidence: 0, confidenceSingle: 0, cosine: 0, company: 0 };
    expect(openBackwardEvidence(sources)([])(itemOf("A"))).toEqual(nothing);
    expect(openBackwardEvidence(sources)([itemOf("C")])(itemOf("A"))).toEqual(nothing);
  });

  it("sums the shares of the item's own baskets that hold each basket item", () => {
    // B is in four baskets, of which two hold A and one holds C.
    const { sources, itemOf } = sourcesOf(["AB", "AB", "BC", "B", "A"]);
    const said = openBackwardEvidence(sources)([itemOf("A"), itemOf("C")])(itemOf("B"));
    expect(said.confidence).toBeCloseTo(2 / 4 + 1 / 4);
    expect(said.confidenceSingle).toBeCloseTo(2 / 4);
    expect(said.cosine).toBeCloseTo(2 / Math.sqrt(4 * 3) + 1 / Math.sqrt(4 * 1));
  });

  it("sums the EASE weights from the item to the basket, including those of items too rare for a row", () => {
    const tail = linksOf(3, [[0, 2, 0.125]]);
    const { sources } = sourcesOf(["A", "B", "C"], { ease: { ...THREE, tail } });
    const read = openBackwardEvidence(sources);
    expect(read([0])(1)).toMatchObject({ ease: 0.5, easeSingle: 0.5 });
    expect(read([1])(0)).toMatchObject({ ease: -0.25, easeSingle: 0 });
    expect(read([1, 2])(0)).toMatchObject({ ease: -0.125, easeSingle: 0.125 });
  });

  it("averages the cosine of the item's partners with those of each basket item", () => {
    const easeLinks = linksOf(4, [
      [0, 2, 0.3],
      [0, 3, 0.4],
      [1, 2, 0.6],
    ]);
    const { sources } = sourcesOf(["A", "B", "C", "D"], { easeLinks });
    const read = openBackwardEvidence(sources);
    expect(read([0])(1).company).toBeCloseTo(0.3 / 0.5);
    // D has no partners, so its cosine is 0.
    expect(read([0, 3])(1).company).toBeCloseTo(0.3 / 0.5 / 2);
    expect(read([0])(3).company).toBe(0);
  });

  it("does not carry over from one basket to the next", () => {
    const { sources, itemOf } = sourcesOf(["AB", "BC"]);
    const read = openBackwardEvidence(sources);
    read([itemOf("A")])(itemOf("B"));
    expect(read([itemOf("C")])(itemOf("A")).confidence).toBe(0);
    expect(read([itemOf("C")])(itemOf("B"))).toEqual(
      openBackwardEvidence(sources)([itemOf("C")])(itemOf("B")),
    );
  });
});
