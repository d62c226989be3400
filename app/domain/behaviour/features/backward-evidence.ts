import type { EaseWeights } from "#app/domain/behaviour/methods/ease-weights.ts";
import { addLinkRow, addSumAndMax, type ItemLinks } from "#app/domain/behaviour/item-links.ts";
import type { PairScores } from "#app/domain/behaviour/methods/pair-scores.ts";

interface EaseFit {
  readonly ease: EaseWeights;
  readonly easeLinks: ItemLinks;
}

/** Scores of a basket's own items if the basket held only this item. */
export interface BackwardEvidence {
  /** Sum of the EASE weights from the item to the basket's items; of either sign. */
  readonly ease: number;
  /** The largest of these weights, at least 0. */
  readonly easeSingle: number;
  /** Sum over the basket's items of the share, 0 to 1, of the item's baskets that hold them. */
  readonly confidence: number;
  /** The largest of these shares. */
  readonly confidenceSingle: number;
  /** Sum over the basket's items of the cosine, 0 to 1, of their baskets and the item's: `n_ij / √(n_i n_j)`. */
  readonly cosine: number;
  /** Mean cosine, 0 to 1, of the item's EASE partners and those of each of the basket's items. */
  readonly company: number;
}

/** Pair links indexed by their target, shared by all models with the same sources. */
export interface BackwardLinks {
  /** Row j: the items i that link to it, with confidence `n_ij / n_i`. */
  readonly confidence: ItemLinks;
  /** The same with `n_ij / √(n_i n_j)`. */
  readonly cosine: ItemLinks;
  /** Row j: the items with an EASE tail weight towards it, with that weight. */
  readonly easeTail: ItemLinks;
  /** [items] Euclidean length of each row of the strongest EASE weights. */
  readonly easeLength: Float32Array;
}

/** Transposes the links of fitted sources. Runs once for all models, because a large catalogue has many links. */
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

type BasketReader = (item: number) => BackwardEvidence;

/**
 * Opens the pair evidence in the direction from item to basket. From basket to item, a best-seller follows from
 * everything; in this direction it hardly points to any basket, and an item with few partners points clearly to them.
 * Which direction predicts better differs between carts, so the network gets both.
 *
 * @returns a function from a basket to its reader. It reuses its memory: a reader is valid until the next basket
 * @see Tan, Kumar & Srivastava 2004 for the two directions of a rule. Known weakness: sees only the partners that
 *   `pairs` and `easeLinks` keep
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

/** The transposed links; rows are unordered. */
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

/** Converts confidence `n_ij / n_i` into `n_ij / √(n_i n_j)`. @param itemWeight [items] n */
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
