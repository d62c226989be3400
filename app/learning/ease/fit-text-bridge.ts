import { matMul, tensor2d, tidy } from "@tensorflow/tfjs-core";
import { countBaskets, type Baskets } from "#app/domain/prepare/baskets.ts";
import {
  weighBridgeTerms,
  type TermVectors,
  type TextBridge,
} from "#app/domain/behaviour/methods/text-bridge.ts";
import { invertSpd } from "./invert-spd.ts";

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
