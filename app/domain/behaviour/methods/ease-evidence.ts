import type { Baskets, Item } from "#app/domain/prepare/baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { decayWeights } from "#app/domain/behaviour/item-baskets.ts";
import { toWords } from "./text-similarity.ts";

/** Sets of items that are taken to belong together, each as far as its weight says: set `s` is `offsets[s]` to `offsets[s + 1]`. */
export interface ItemSets {
  /** [sets + 1] */
  readonly offsets: Uint32Array;
  /** [entries] item indices, each once in a set */
  readonly item: Uint32Array;
  /** [sets] above 0; a basket of today has 1 */
  readonly weight: Float32Array;
}

interface EvidenceSettings {
  /** A basket, and what a customer bought, weighs half after so many days; Infinity weighs all alike. */
  readonly halfLifeDays: number;
  /** One customer's orders within so many days are one need, spread over several baskets. */
  readonly needDays: number;
  /** Weight of a need against a basket of the same age; 0 leaves customers out. */
  readonly needWeight: number;
  /** Weight of a word, shared by the items that have it; 0 leaves words out. */
  readonly wordWeight: number;
  /** A word in more than this share of the items, 0 to 1, says nothing. */
  readonly maxWordRatio: number;
}

/**
 * Chosen on later orders of a two-year log of a gift shop and of smaller shops cut from it;
 * tests/bench/notes/ease-and-words.md has what was tried.
 */
export const EVIDENCE_DEFAULTS: EvidenceSettings = {
  halfLifeDays: 180,
  needDays: 30,
  needWeight: 1,
  wordWeight: 15,
  maxWordRatio: 0.1,
};

/** A word in so many items at most is never common. */
const FEW_ITEMS = 20;

/**
 * All that tells which items belong together, as rows of one regression: the baskets, what a customer bought within
 * `needDays` in one order or in several, and the items that share a word of their titles or categories. A word weighs
 * `wordWeight / items with it`, so that each says the same in all of an item's weight, and speaks where orders are
 * few: a basket that was bought counts by its weight, whatever the words.
 *
 * @param baskets only baskets before `cutoffMs`
 * @see Jeunen, Van Balen & Goethals 2020 (collective EASE) for side information as rows. Known weakness: words of one
 *   language with compounds share little
 */
export function gatherEvidence(
  baskets: Baskets,
  cutoffMs: number,
  settings: EvidenceSettings = EVIDENCE_DEFAULTS,
): ItemSets {
  const { offsets, item } = baskets;
  const weight = decayWeights(baskets, cutoffMs, settings.halfLifeDays);
  return joinSets([
    { offsets, item, weight },
    ...(settings.needWeight > 0 ? [gatherNeeds(baskets, weight, cutoffMs, settings)] : []),
    ...(settings.wordWeight > 0 ? [gatherWords(baskets.items, settings)] : []),
  ]);
}

/** What each known customer bought in each stretch of days before the cutoff, weighed as the latest of its orders. */
function gatherNeeds(
  baskets: Baskets,
  weights: Float32Array,
  cutoffMs: number,
  { needDays, needWeight }: EvidenceSettings,
): ItemSets {
  const byCustomer = [...baskets.customer.keys()].filter((basket) => baskets.customer[basket]! >= 0);
  byCustomer.sort((a, b) => baskets.customer[a]! - baskets.customer[b]! || a - b);
  const lines = (basket: number) => baskets.offsets[basket + 1]! - baskets.offsets[basket]!;
  const item = new Uint32Array(byCustomer.reduce((sum, basket) => sum + lines(basket), 0));
  const ends: number[] = [];
  const weight: number[] = [];
  // The set that holds the item already, counted from 1.
  const heldBy = new Uint32Array(baskets.items.length);
  let entries = 0;
  let previous = "";
  for (const basket of byCustomer) {
    const stretch = Math.floor((cutoffMs - baskets.placedAtMs[basket]!) / (needDays * DAY_MS));
    const need = `${baskets.customer[basket]!} ${stretch}`;
    if (need !== previous) {
      ends.push(entries);
      weight.push(0);
      previous = need;
    }
    const set = ends.length;
    for (let line = baskets.offsets[basket]!; line < baskets.offsets[basket + 1]!; line++) {
      const own = baskets.item[line]!;
      if (heldBy[own] === set) continue;
      heldBy[own] = set;
      item[entries++] = own;
    }
    ends[set - 1] = entries;
    weight[set - 1] = needWeight * weights[basket]!;
  }
  return {
    offsets: Uint32Array.from([0, ...ends]),
    item: item.slice(0, entries),
    weight: Float32Array.from(weight),
  };
}

function gatherWords(items: readonly Item[], { wordWeight, maxWordRatio }: EvidenceSettings): ItemSets {
  const itemsOf = new Map<string, Set<number>>();
  items.forEach(({ title, category }, item) => {
    for (const word of [...toWords(title), ...toWords(category).map((own) => `category ${own}`)]) {
      const having = itemsOf.get(word);
      if (having) having.add(item);
      else itemsOf.set(word, new Set([item]));
    }
  });
  const most = Math.max(FEW_ITEMS, maxWordRatio * items.length);
  const words = [...itemsOf.values()].filter(({ size }) => size > 1 && size <= most);
  const offsets = new Uint32Array(words.length + 1);
  words.forEach((having, at) => (offsets[at + 1] = offsets[at]! + having.size));
  return {
    offsets,
    item: Uint32Array.from(words.flatMap((having) => [...having])),
    weight: Float32Array.from(words, ({ size }) => wordWeight / size),
  };
}

function joinSets(parts: readonly ItemSets[]): ItemSets {
  const sets = parts.reduce((sum, { weight }) => sum + weight.length, 0);
  const offsets = new Uint32Array(sets + 1);
  const item = new Uint32Array(parts.reduce((sum, part) => sum + part.item.length, 0));
  const weight = new Float32Array(sets);
  let [set, entry] = [0, 0];
  for (const part of parts) {
    weight.set(part.weight, set);
    item.set(part.item, entry);
    part.weight.forEach((_, own) => (offsets[set + own + 1] = entry + part.offsets[own + 1]!));
    set += part.weight.length;
    entry += part.item.length;
  }
  return { offsets, item, weight };
}
