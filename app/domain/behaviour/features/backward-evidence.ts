import type { EaseWeights } from "#app/domain/behaviour/methods/ease-weights.ts";
import { addLinkRow, addSumAndMax, type ItemLinks } from "#app/domain/behaviour/item-links.ts";
import type { PairScores } from "#app/domain/behaviour/methods/pair-scores.ts";

/** What EASE fitted, and the strongest of it. */
interface EaseFit {
  readonly ease: EaseWeights;
  readonly easeLinks: ItemLinks;
}

/** What one item, were it in a basket, would say of the basket's own items. */
export interface BackwardEvidence {
  /** Sum of what EASE adds for the item to those of the basket; of either sign. */
  readonly ease: number;
  /** The most that it adds to one of them, at least 0. */
  readonly easeSingle: number;
  /** Sum of the shares, 0 to 1 each, of the item's baskets that hold each of the basket's items. */
  readonly confidence: number;
  /** The largest of them. */
  readonly confidenceSingle: number;
  /** Sum of the cosines, 0 to 1 each, of the item's baskets with those of each of the basket's items: `n_ij / √(n_i n_j)`. */
  readonly cosine: number;
  /** Mean similarity, 0 to 1, of the item's EASE partners to those of each of the basket's items: their cosine. */
  readonly company: number;
}

/** The links of pairs by the partner that they lead to, for all that read the same sources. */
export interface BackwardLinks {
  /** Row j: the items i that know it, with their confidence `n_ij / n_i`. */
  readonly confidence: ItemLinks;
  /** The same with `n_ij / √(n_i n_j)`. */
  readonly cosine: ItemLinks;
  /** Row j: the rare items that EASE regressed on it, or that were regressed on it, with their weights. */
  readonly easeTail: ItemLinks;
  /** [items] Euclidean length of each row of the strongest EASE weights. */
  readonly easeLength: Float32Array;
}

/** Turns the links of fitted sources around, once for every model that reads them: of many products they are large. */
export function turnLinks({
  pairs,
  ease,
  easeLinks,
}: EaseFit & { readonly pairs: PairScores }): BackwardLinks {
  const confidence = turnAround(pairs.confidence);
  return {
    confidence,
    cosine: toCosines(confidence, pairs.itemWeight),
    easeTail: turnAround(ease.tail),
    easeLength: measureRows(easeLinks),
  };
}

/** Reads item after item against one basket. */
type BasketReader = (item: number) => BackwardEvidence;

/**
 * Opens the evidence of pairs for being read from the item to the basket. Read from the basket, as it usually is, a
 * best-seller follows from everything; this way round it says little of any basket, and what goes with few products
 * says most of just those. Which way is right differs from cart to cart, so that a network is told both.
 *
 * @returns takes a basket and returns its reader. It reuses its memory: a reader is done with when the next basket is
 *   taken
 * @see Tan, Kumar & Srivastava 2004 for what the two directions of a rule tell. Known weakness: of an item's partners
 *   only those that `pairs` and `easeLinks` keep are seen
 */
export function openBackwardEvidence(
  sources: EaseFit & { readonly items: readonly unknown[]; readonly backward: BackwardLinks },
): (basket: readonly number[]) => BasketReader {
  const { ease, easeLinks, backward } = sources;
  const rows = ease.items.length;
  const items = sources.items.length;
  const lengths = backward.easeLength;
  const column = () => new Float32Array(items);
  const gathered = {
    ease: column(),
    easeSingle: column(),
    confidence: column(),
    confidenceSingle: column(),
    cosine: column(),
    company: column(),
  };
  return (basket) => {
    for (const values of Object.values(gathered)) values.fill(0);
    for (const own of basket) {
      addSumAndMax(backward.confidence, own, gathered.confidence, gathered.confidenceSingle);
      addSumAndMax(backward.easeTail, own, gathered.ease, gathered.easeSingle);
      addLinkRow(backward.cosine, own, 1, gathered.cosine);
      const factor = lengths[own]! > 0 ? 1 / (lengths[own]! * basket.length) : 0;
      addLinkRow(easeLinks, own, factor, gathered.company);
    }
    return (item) => {
      let sum = gathered.ease[item]!;
      let most = gathered.easeSingle[item]!;
      const row = ease.rowOf[item]!;
      for (const own of row < 0 ? [] : basket) {
        const at = ease.rowOf[own]!;
        if (at < 0) continue;
        const added = ease.weights[row * rows + at]!;
        sum += added;
        if (added > most) most = added;
      }
      return {
        ease: sum,
        easeSingle: most,
        confidence: gathered.confidence[item]!,
        confidenceSingle: gathered.confidenceSingle[item]!,
        cosine: gathered.cosine[item]!,
        company: lengths[item]! > 0 ? multiplyRow(easeLinks, item, gathered.company) / lengths[item]! : 0,
      };
    };
  };
}

/** The same links by the partner that they lead to; the entries of a row are in no order. */
function turnAround({ offsets, partner, weight }: ItemLinks): ItemLinks {
  const rows = offsets.length - 1;
  const back = { offsets: new Uint32Array(rows + 1), partner: partner.slice(), weight: weight.slice() };
  for (const item of partner) back.offsets[item + 1]!++;
  for (let item = 0; item < rows; item++) back.offsets[item + 1]! += back.offsets[item]!;
  const next = back.offsets.slice();
  for (let item = 0; item < rows; item++) {
    for (let at = offsets[item]!; at < offsets[item + 1]!; at++) {
      const into = next[partner[at]!]!++;
      back.partner[into] = item;
      back.weight[into] = weight[at]!;
    }
  }
  return back;
}

/** `n_ij / n_j` as `n_ij / √(n_i n_j)`. @param itemWeight [items] n */
function toCosines({ offsets, partner, weight }: ItemLinks, itemWeight: Float32Array): ItemLinks {
  const cosine = weight.slice();
  for (let item = 0; item + 1 < offsets.length; item++) {
    for (let at = offsets[item]!; at < offsets[item + 1]!; at++) {
      cosine[at]! *= Math.sqrt(itemWeight[partner[at]!]! / itemWeight[item]!);
    }
  }
  return { offsets, partner, weight: cosine };
}

/** [items] Euclidean length of each row. */
function measureRows({ offsets, weight }: ItemLinks): Float32Array {
  return Float32Array.from({ length: offsets.length - 1 }, (_, item) => {
    let squares = 0;
    for (let at = offsets[item]!; at < offsets[item + 1]!; at++) squares += weight[at]! ** 2;
    return Math.sqrt(squares);
  });
}

function multiplyRow({ offsets, partner, weight }: ItemLinks, item: number, by: Float32Array): number {
  let sum = 0;
  const end = offsets[item + 1]!;
  for (let at = offsets[item]!; at < end; at++) sum += weight[at]! * by[partner[at]!]!;
  return sum;
}
