import { ItemLinksBuilder, type ItemLinks } from "./item-links.ts";

/** Item-to-item regression weights among the `items` that were sold often enough; fitted in learning/fit-ease.ts. */
export interface EaseWeights {
  /** [n] item indices, ascending. */
  readonly items: Int32Array;
  /** [all items] row of each item, or -1. */
  readonly rowOf: Int32Array;
  /** [n × n] row-major; row i holds what item i in the basket adds to the score of every other. */
  readonly weights: Float32Array;
}

/** The strongest positive weights of each item, for uses that cannot afford whole rows. */
export function linkByEase(ease: EaseWeights, limit: number): ItemLinks {
  const n = ease.items.length;
  const links = new ItemLinksBuilder(ease.rowOf.length, limit);
  const row = new Float32Array(ease.rowOf.length);
  for (const at of ease.rowOf) {
    if (at < 0) {
      links.addRow([], row);
      continue;
    }
    for (let j = 0; j < n; j++) row[ease.items[j]!] = ease.weights[at * n + j]!;
    links.addRow(ease.items, row);
  }
  return links.finish();
}
