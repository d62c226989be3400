import { ItemLinksBuilder, type ItemLinks, strongest } from "#app/domain/behaviour/item-links.ts";
import { listPlaces } from "#app/domain/group-by.ts";
import { factorMatrix, solveFactored } from "#app/domain/numbers/factor-matrix.ts";
import { lowerBound } from "#app/domain/numbers/statistics.ts";
import type { ItemSets } from "./ease-evidence.ts";
import type { SetsOfItems } from "#app/domain/behaviour/item-baskets.ts";

/** Item-to-item regression weights of the `items` that sold often enough; fitted in app/learning/ease/fit-ease.ts. */
export interface EaseWeights {
  /** [n] item indices, ascending. */
  readonly items: Int32Array;
  /** [all items] row of each item, or -1. */
  readonly rowOf: Int32Array;
  /** [n × n] row-major; row i holds what item i in the basket adds to the score of each other item. */
  readonly weights: Float32Array;
  /**
   * Weights to and from items too rare for a row, from `regressTail`: of either sign, unordered. Empty when every item
   * with enough sales has a row.
   */
  readonly tail: ItemLinks;
}

/** The strongest positive weights of each item, for uses that cannot afford full rows. */
export function linkByEase(ease: EaseWeights, limit: number): ItemLinks {
  const n = ease.items.length;
  const links = new ItemLinksBuilder(ease.rowOf.length, limit);
  const row = new Float32Array(ease.rowOf.length);
  const partners = new Int32Array(ease.rowOf.length);
  partners.set(ease.items);
  const { tail } = ease;
  ease.rowOf.forEach((at, item) => {
    const rare = tail.partner.subarray(tail.offsets[item], tail.offsets[item + 1]);
    rare.forEach((partner, place) => (row[partner] = tail.weight[tail.offsets[item]! + place]!));
    if (at < 0) {
      links.addRow(rare, row);
      return;
    }
    for (let j = 0; j < n; j++) row[ease.items[j]!] = ease.weights[at * n + j]!;
    // The tail of an item with a row holds rare items only, so no partner appears twice.
    partners.set(rare, n);
    links.addRow(partners.subarray(0, n + rare.length), row);
  });
  return links.finish();
}

/** Common input of the exact weights and the tail. */
export interface EaseCounts {
  readonly evidence: ItemSets;
  /** The sets of each item. */
  readonly index: SetsOfItems;
  /** Regularises a counted diagonal entry. */
  readonly regularise: (counted: number) => number;
}

/** The best-selling items, which have exact weights, and their block of `G = XᵀWX + Λ`. */
export interface EaseHead {
  /** [all items] row of each item, or -1. */
  readonly rowOf: Int32Array;
  readonly size: number;
  /** [size × size] row-major, before inversion. */
  readonly gram: Float32Array;
}

/** Partners in the regression of a rare item; more hardly add information. */
const PARTNERS = 64;

interface TailRegression {
  readonly item: number;
  readonly partners: readonly number[];
  /** [partners] */
  readonly weights: Float64Array;
  /** Residual variance, `1 / P_tt`. */
  readonly residual: number;
}

/**
 * Weights of items too rare for the exact inverse. Each is regressed separately on its nearest partners, rare or not:
 * `w = G_SS⁻¹ G_St`. As a target of its partners it gets `w`. As a source, by the symmetry of P in
 * `B_ij = −P_ij / P_jj`, it gives `B_th = w_h · P_tt / P_hh`, with `1 / P_tt = G_tt − wᵀG_St`.
 *
 * @param tail items without a row, each in at least one basket
 * @returns `finish` takes the diagonal of the inverse, P of each row. It returns, by source item, the weights to rare
 *   items and from rare items to all others: of either sign, unordered
 * @see Ning & Karypis 2011 (SLIM, its form with chosen partners); Steck 2019 for B. Known weakness: the exact weights
 *   ignore the tail
 */
export function regressTail(
  counts: EaseCounts,
  head: EaseHead,
  tail: readonly number[],
): { finish(headDiagonal: Float32Array): ItemLinks } {
  const gram = openGram(counts, head, tail);
  const regressions = tail.map((item) => regress(item, gram));
  return {
    finish(headDiagonal) {
      const isTail = new Set(tail);
      const links = openLinks(head.rowOf.length);
      for (const { item, partners, weights, residual } of regressions) {
        partners.forEach((partner, at) => {
          links.add(partner, item, weights[at]!);
          // The weight from this item to a rare partner comes from the partner's own regression.
          if (isTail.has(partner)) return;
          links.add(item, partner, weights[at]! / residual / headDiagonal[head.rowOf[partner]!]!);
        });
      }
      return links.finish();
    },
  };
}

/** A rare item's entries of G, by ascending partner. */
interface GramRow {
  readonly partners: Int32Array;
  readonly together: Float64Array;
}

interface Gram {
  /** Off-diagonal entry of G. */
  readonly between: (a: number, b: number) => number;
  readonly diagonal: (item: number) => number;
  /** Row of a rare item. */
  readonly row: (item: number) => GramRow;
}

function openGram(
  { evidence, index, regularise }: EaseCounts,
  { rowOf, size, gram }: EaseHead,
  tail: readonly number[],
): Gram {
  const sums = new Float64Array(rowOf.length);
  const tailDiagonal = new Map<number, number>();
  const rows = new Map<number, GramRow>();
  const isTail = new Set(tail);
  for (const item of tail) {
    const touched: number[] = [];
    for (let at = index.offsets[item]!; at < index.offsets[item + 1]!; at++) {
      const set = index.set[at]!;
      for (let entry = evidence.offsets[set]!; entry < evidence.offsets[set + 1]!; entry++) {
        const other = evidence.item[entry]!;
        if (sums[other] === 0) touched.push(other);
        sums[other]! += evidence.weight[set]!;
      }
    }
    tailDiagonal.set(item, regularise(sums[item]!));
    const isKnown = (other: number) => other !== item && (rowOf[other]! >= 0 || isTail.has(other));
    const partners = Int32Array.from(touched.filter(isKnown)).sort();
    rows.set(item, { partners, together: Float64Array.from(partners, (other) => sums[other]!) });
    for (const other of touched) sums[other] = 0;
  }
  return {
    row: (item) => rows.get(item)!,
    diagonal: (item) => {
      const row = rowOf[item]!;
      return row >= 0 ? gram[row * size + row]! : tailDiagonal.get(item)!;
    },
    between: (a, b) => {
      const [rowA, rowB] = [rowOf[a]!, rowOf[b]!];
      if (rowA >= 0 && rowB >= 0) return gram[rowA * size + rowB]!;
      return rowA < 0 ? entryOf(rows.get(a)!, b) : entryOf(rows.get(b)!, a);
    },
  };
}

function entryOf({ partners, together }: GramRow, other: number): number {
  const low = lowerBound(partners.length, (at) => partners[at]! < other);
  return partners[low] === other ? together[low]! : 0;
}

function regress(item: number, gram: Gram): TailRegression {
  const { partners: others, together } = gram.row(item);
  const places = [...others.keys()];
  const similarity = places.map((at) => together[at]! / Math.sqrt(gram.diagonal(others[at]!)));
  const chosen = strongest(places, similarity, PARTNERS);
  const partners = chosen.map((at) => others[at]!);
  const right = Float64Array.from(chosen, (at) => together[at]!);
  const n = partners.length;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    matrix[i * n + i] = gram.diagonal(partners[i]!);
    for (let j = 0; j < i; j++)
      matrix[i * n + j] = matrix[j * n + i] = gram.between(partners[i]!, partners[j]!);
  }
  const factor = factorMatrix(matrix, n);
  if (factor === null) throw new RangeError(`the partners of item ${item} are not positive definite`);
  const weights = solveFactored(factor, right);
  let residual = gram.diagonal(item);
  for (let i = 0; i < n; i++) residual -= weights[i]! * right[i]!;
  return { item, partners, weights, residual };
}

function openLinks(items: number) {
  const sources: number[] = [];
  const targets: number[] = [];
  const weights: number[] = [];
  return {
    add(source: number, target: number, weight: number): void {
      sources.push(source);
      targets.push(target);
      weights.push(weight);
    },
    finish(): ItemLinks {
      const { offsets, places } = listPlaces(items, sources);
      return {
        offsets,
        partner: Int32Array.from(places, (entry) => targets[entry]!),
        weight: Float32Array.from(places, (entry) => weights[entry]!),
      };
    },
  };
}
