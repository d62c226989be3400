import { indexItemSets, type SetsOfItems } from "#app/domain/behaviour/item-baskets.ts";
import type { ItemSets } from "#app/domain/behaviour/methods/ease-evidence.ts";
import { regressTail } from "#app/domain/behaviour/methods/ease-tail.ts";
import type { EaseWeights } from "#app/domain/behaviour/methods/ease-weights.ts";
import { invertSpd } from "./invert-spd.ts";
import { matMul, tensor2d, tidy } from "@tensorflow/tfjs-core";
import { countBaskets, type Baskets } from "#app/domain/prepare/baskets.ts";
import {
  weighBridgeTerms,
  type TermVectors,
  type TextBridge,
} from "#app/domain/behaviour/methods/text-bridge.ts";

interface EaseSettings {
  /** λ, added to the diagonal: how many baskets' worth of doubt an item starts with. */
  readonly regularisation: number;
  /** Share of its evidence, 0 to 1, that an item is fitted to do without, lest popular items only copy themselves. */
  readonly dropoutRatio: number;
  /** Items in fewer baskets than this have no weights. */
  readonly minBaskets: number;
  /**
   * The inverse costs n³: beyond this many items only the most sold ones are in it, and the others are approximated by
   * `regressTail`. 5,000 items take 100 MB and, on one core of WebAssembly, about 10 s.
   */
  readonly maxItems: number;
}

/** Chosen together with `EVIDENCE_DEFAULTS`. */
export const EASE_DEFAULTS: EaseSettings = {
  regularisation: 20,
  dropoutRatio: 0.1,
  minBaskets: 3,
  maxItems: 5_000,
};

/**
 * EASE: the linear map from a set of items to itself with a zero diagonal that loses least, in closed form:
 * `P = (XᵀWX + Λ)⁻¹`, `B_ij = −P_ij / P_jj`. W weighs the sets; `Λ_ii = λ + p / (1 − p) · (XᵀWX)_ii`, where p is the
 * share dropped out.
 *
 * @param evidence from `gatherEvidence`: baskets first of all
 * @param sold [items] baskets with each item
 * @throws DOMException AbortError when aborted
 * @see Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data"; Steck 2020, "Autoencoders that don't overfit
 *   towards the identity", for Λ. Known weakness: from a single item it is no better than direct pairs
 */
export async function fitEase(
  evidence: ItemSets,
  sold: Uint32Array,
  settings: EaseSettings,
  run: { onProgress?: (ratio: number) => void; signal?: AbortSignal } = {},
): Promise<EaseWeights> {
  const { items, tail } = pickItems(sold, settings);
  const rowOf = new Int32Array(sold.length).fill(-1);
  items.forEach((item, row) => (rowOf[item] = row));
  const index = indexItemSets(evidence, sold.length);
  const matrix = countTogether(evidence, index, items, rowOf);
  const n = items.length;
  const { regularisation, dropoutRatio } = settings;
  const regularise = (counted: number) => counted / (1 - dropoutRatio) + regularisation;
  for (let row = 0; row < n; row++) matrix[row * n + row] = regularise(matrix[row * n + row]!);
  const regressions = regressTail({ evidence, index, regularise }, { rowOf, size: n, gram: matrix }, tail);
  await invertSpd(matrix, n, run);
  const diagonal = Float32Array.from({ length: n }, (_, row) => matrix[row * n + row]!);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) matrix[i * n + j] = i === j ? 0 : -matrix[i * n + j]! / diagonal[j]!;
  }
  return { items, rowOf, weights: matrix, tail: regressions.finish(diagonal) };
}

/** Items in enough baskets: the most sold ones that the inverse is made of, ascending, and the rest. */
function pickItems(counts: Uint32Array, { minBaskets, maxItems }: EaseSettings) {
  const sold = [...counts.keys()].filter((item) => counts[item]! >= minBaskets);
  if (sold.length > maxItems) sold.sort((a, b) => counts[b]! - counts[a]! || a - b);
  return { items: Int32Array.from(sold.slice(0, maxItems)).sort(), tail: sold.slice(maxItems) };
}

/** XᵀWX over the picked items, row by row, so that no pair of a set is held twice. */
function countTogether(
  { offsets, item: items, weight }: ItemSets,
  index: SetsOfItems,
  picked: Int32Array,
  rowOf: Int32Array,
): Float32Array {
  const n = picked.length;
  const matrix = new Float32Array(n * n);
  const sums = new Float64Array(n);
  picked.forEach((item, row) => {
    sums.fill(0);
    for (let at = index.offsets[item]!; at < index.offsets[item + 1]!; at++) {
      const set = index.set[at]!;
      const end = offsets[set + 1]!;
      for (let entry = offsets[set]!; entry < end; entry++) {
        const partner = rowOf[items[entry]!]!;
        if (partner >= 0) sums[partner]! += weight[set]!;
      }
    }
    matrix.set(sums, row * n);
  });
  return matrix;
}

/** λ, on the scale of the mean diagonal: how much of the products' text must agree before it counts. */
const RIDGE = 0.3;

/**
 * Learns which words of one product go with which words of another from what was bought together: the matrix M that
 * loses least in `Σ (c_ij − t_iᵀ M t_j)²` over all pairs with a ridge on each side, in closed form
 * `M = (G + λI)⁻¹ (Tᵀ C T) (G + λI)⁻¹`, `G = Tᵀ T`; T are the term vectors, C the co-purchases scaled by the root of
 * each basket's size, without the diagonal. It reaches products that nobody has bought yet.
 *
 * @param weights [baskets] by age
 * @throws DOMException AbortError when aborted
 * @see Gantner et al. 2010 (mapping attributes to the space of co-purchases)
 */
export async function fitTextBridge(
  baskets: Baskets,
  weights: Float32Array,
  run: { signal?: AbortSignal } = {},
): Promise<TextBridge> {
  const vectors = weighBridgeTerms(baskets.items);
  const d = vectors.terms;
  if (d === 0) return { vectors, wanted: new Float32Array(0) };
  const gram = new Float32Array(d * d);
  for (let item = 0; item < baskets.items.length; item++) addOuter(vectors, item, gram);
  let trace = 0;
  for (let at = 0; at < d; at++) trace += gram[at * d + at]!;
  for (let at = 0; at < d; at++) gram[at * d + at]! += (RIDGE * trace) / d + 1e-6;
  await invertSpd(gram, d, run);
  const seen = countTermPairs(baskets, weights, vectors);
  return { vectors, wanted: spread(vectors, await multiply(await multiply(gram, seen, d), gram, d)) };
}

/** Tᵀ C T, basket by basket: the outer product of the basket's sum with itself, less each product's with itself. */
function countTermPairs(baskets: Baskets, weights: Float32Array, vectors: TermVectors): Float32Array {
  const d = vectors.terms;
  const pairs = new Float32Array(d * d);
  const sum = new Float64Array(d);
  for (let basket = 0; basket < countBaskets(baskets); basket++) {
    const [from, end] = [baskets.offsets[basket]!, baskets.offsets[basket + 1]!];
    if (end - from < 2) continue;
    const scale = weights[basket]! / (end - from - 1);
    const touched: number[] = [];
    for (let line = from; line < end; line++) {
      const item = baskets.item[line]!;
      for (let at = vectors.offsets[item]!; at < vectors.offsets[item + 1]!; at++) {
        const term = vectors.term[at]!;
        if (sum[term] === 0) touched.push(term);
        sum[term]! += vectors.weight[at]!;
      }
      addOuter(vectors, item, pairs, -scale);
    }
    for (const a of touched) for (const b of touched) pairs[a * d + b]! += scale * sum[a]! * sum[b]!;
    for (const term of touched) sum[term] = 0;
  }
  return pairs;
}

function addOuter(
  { offsets, term, weight, terms }: TermVectors,
  item: number,
  into: Float32Array,
  scale = 1,
): void {
  for (let a = offsets[item]!; a < offsets[item + 1]!; a++) {
    for (let b = offsets[item]!; b < offsets[item + 1]!; b++) {
      into[term[a]! * terms + term[b]!]! += scale * weight[a]! * weight[b]!;
    }
  }
}

/** T M, row by row. */
function spread({ terms, offsets, term, weight }: TermVectors, bridge: Float32Array): Float32Array {
  const items = offsets.length - 1;
  const wanted = new Float32Array(items * terms);
  for (let item = 0; item < items; item++) {
    for (let at = offsets[item]!; at < offsets[item + 1]!; at++) {
      const [row, factor] = [term[at]! * terms, weight[at]!];
      for (let other = 0, to = item * terms; other < terms; other++, to++)
        wanted[to]! += factor * bridge[row + other]!;
    }
  }
  return wanted;
}

async function multiply(a: Float32Array, b: Float32Array, d: number): Promise<Float32Array> {
  const product = tidy(() => matMul(tensor2d(a, [d, d]), tensor2d(b, [d, d])));
  try {
    // A copy: some backends hand out their own memory.
    return Float32Array.from(await product.data());
  } finally {
    product.dispose();
  }
}
