import type { Item } from "#app/domain/prepare/baskets.ts";
import { toWords } from "./text-similarity.ts";

/** Sparse term vectors of the items, each of length 1: item `i` holds the entries `offsets[i]` to `offsets[i + 1]`. */
export interface TermVectors {
  /** Number of terms. */
  readonly terms: number;
  /** [items + 1] */
  readonly offsets: Uint32Array;
  /** [entries] */
  readonly term: Uint32Array;
  /** [entries] positive */
  readonly weight: Float32Array;
}

/** Which terms of one item go with which of another; fitted in learning/ease/fit-ease.ts. */
export interface TextBridge {
  readonly vectors: TermVectors;
  /** [items × terms] the terms wanted beside each item, `t_iᵀ M`. */
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

/** The commonest terms, of titles and category paths together; the inverse that they need costs their cube. */
const MAX_TERMS = 500;
const MIN_ITEMS = 3;

/** Words of the title and levels of the category path, weighed by `√idf` so that kinds speak beside names. */
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

/** Adds `(Σ_basket t_i)ᵀ M t_j` of every item j to `into` [items]. */
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
