import { ItemLinksBuilder, type ItemLinks } from "#app/domain/behaviour/item-links.ts";

/** Item-to-item regression weights among the `items` that were sold often enough; fitted in learning/fit-ease.ts. */
export interface EaseWeights {
  /** [n] item indices, ascending. */
  readonly items: Int32Array;
  /** [all items] row of each item, or -1. */
  readonly rowOf: Int32Array;
  /** [n × n] row-major; row i holds what item i in the basket adds to the score of every other. */
  readonly weights: Float32Array;
  /**
   * What each item adds to those too rare for a row, and they to all, from `regressTail`: of either sign, in no order;
   * empty where every item that is known enough has a row.
   */
  readonly tail: ItemLinks;
}

/** The strongest positive weights of each item, for uses that cannot afford whole rows. */
export function linkByEase(ease: EaseWeights, limit: number): ItemLinks {
  const n = ease.items.length;
  const links = new ItemLinksBuilder(ease.rowOf.length, limit);
  const row = new Float32Array(ease.rowOf.length);
  const { tail } = ease;
  ease.rowOf.forEach((at, item) => {
    const rare = tail.partner.subarray(tail.offsets[item], tail.offsets[item + 1]);
    rare.forEach((partner, place) => (row[partner] = tail.weight[tail.offsets[item]! + place]!));
    if (at >= 0) for (let j = 0; j < n; j++) row[ease.items[j]!] = ease.weights[at * n + j]!;
    // A row names rare items in its tail only, and a rare item has no row: no partner is told twice.
    links.addRow(at < 0 ? rare : rare.length === 0 ? ease.items : [...ease.items, ...rare], row);
  });
  return links.finish();
}
