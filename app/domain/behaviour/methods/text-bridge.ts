import { countBaskets, type Baskets, type Item } from "#app/domain/prepare/baskets.ts";
import { toWords } from "./text-similarity.ts";

/** Sparse term vectors of the items, each of length 1: item `i` holds the entries `offsets[i]` to `offsets[i + 1]`. */
export interface TermVectors {
  readonly terms: number;
  /** [items + 1] */
  readonly offsets: Uint32Array;
  /** [entries] */
  readonly term: Uint32Array;
  /** [entries] positive */
  readonly weight: Float32Array;
}

/** Links between the terms of two items; fitted in app/learning/ease/fit-ease.ts. */
export interface TextBridge {
  readonly vectors: TermVectors;
  /** [items × terms] weight of each term in a companion of the item, `t_iᵀ M`. */
  readonly wanted: Float32Array;
}

/** Scores every item 0. */
export const NO_TEXT_BRIDGE: TextBridge = {
  vectors: {
    terms: 0,
    offsets: new Uint32Array(1),
    term: new Uint32Array(0),
    weight: new Float32Array(0),
  },
  wanted: new Float32Array(0),
};

/** The most common terms of titles and category paths. Inverting their matrix costs the cube of their number. */
const MAX_TERMS = 500;
const MIN_ITEMS = 3;

/** Words of the title and levels of the category path. Weights are `√idf`, so that common categories still count. */
export function weighBridgeTerms(items: readonly Item[]): TermVectors {
  const documents = new Map<string, number>();
  const texts = items.map(({ title, category }) => {
    const levels = category.split(/[,>/|[\]]+/).map((level) => level.trim().toLowerCase());
    const own = new Set([
      ...toWords(title),
      ...levels.filter((level) => level !== "").map((level) => `category ${level}`),
    ]);
    for (const term of own) documents.set(term, (documents.get(term) ?? 0) + 1);
    return own;
  });
  const kept = [...documents]
    .filter(([, count]) => count >= MIN_ITEMS && count < items.length / 2)
    .sort(([a, one], [b, two]) => two - one || (a < b ? -1 : 1))
    .slice(0, MAX_TERMS);
  const indexOf = new Map(kept.map(([text], index) => [text, index]));
  const idf = kept.map(([, count]) => Math.sqrt(Math.log((items.length + 1) / count)));
  const offsets = new Uint32Array(items.length + 1);
  const term: number[] = [];
  const weight: number[] = [];
  texts.forEach((own, item) => {
    const terms = [...own].flatMap((text) => indexOf.get(text) ?? []);
    const length = Math.sqrt(terms.reduce((sum, at) => sum + idf[at]! ** 2, 0)) || 1;
    for (const at of terms) {
      term.push(at);
      weight.push(idf[at]! / length);
    }
    offsets[item + 1] = term.length;
  });
  return { terms: kept.length, offsets, term: Uint32Array.from(term), weight: Float32Array.from(weight) };
}

/** λ relative to the mean diagonal: higher needs more agreeing text before it counts. */
const RIDGE = 0.3;

/** Tᵀ T with the ridge on its diagonal, [terms × terms]. */
export function multiplyTerms(vectors: TermVectors): Float32Array {
  const d = vectors.terms;
  const gram = new Float32Array(d * d);
  for (let item = 0; item + 1 < vectors.offsets.length; item++) addOuter(vectors, item, gram);
  let trace = 0;
  for (let at = 0; at < d; at++) trace += gram[at * d + at]!;
  for (let at = 0; at < d; at++) gram[at * d + at]! += (RIDGE * trace) / d + 1e-6;
  return gram;
}

/**
 * Tᵀ C T, [terms × terms], basket by basket: the outer product of the basket's term sum, minus that of each product.
 *
 * @param weights [baskets] by age
 */
export function countTermPairs(baskets: Baskets, weights: Float32Array, vectors: TermVectors): Float32Array {
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

/** T M, [items × terms], row by row. @param bridge M */
export function spreadTerms(
  { terms, offsets, term, weight }: TermVectors,
  bridge: Float32Array,
): Float32Array {
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

/** Adds `(Σ_basket t_i)ᵀ M t_j` to `into` [items] for every item j. */
export function addTextBridge(
  { vectors, wanted }: TextBridge,
  basket: readonly number[],
  into: Float32Array,
): void {
  const { terms, offsets, term, weight } = vectors;
  if (terms === 0) return;
  const ofBasket = new Float32Array(terms);
  for (const item of basket) {
    for (let other = 0, at = item * terms; other < terms; other++, at++) ofBasket[other]! += wanted[at]!;
  }
  for (let item = 0; item < into.length; item++) {
    let sum = 0;
    for (let at = offsets[item]!; at < offsets[item + 1]!; at++) sum += ofBasket[term[at]!]! * weight[at]!;
    into[item]! += sum;
  }
}
