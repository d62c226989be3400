import type { Baskets, Item } from "#app/domain/prepare/baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { decayWeights } from "#app/domain/behaviour/item-baskets.ts";
import { toWords } from "./text-similarity.ts";

/** Weighted sets of items that belong together: set `s` is `offsets[s]` to `offsets[s + 1]`. */
export interface ItemSets {
  /** [sets + 1] */
  readonly offsets: Uint32Array;
  /** [entries] item indices, each once in a set */
  readonly item: Uint32Array;
  /** [sets] above 0; 1 for a basket placed today */
  readonly weight: Float32Array;
}

// Chosen on later orders of a two-year log of a gift shop and of smaller shops sampled from it;
// tests/bench/notes/ease-and-words.md lists what was tried.
/** Half-life of a basket and of a customer's purchases. */
const HALF_LIFE_DAYS = 180;
/** One customer's orders within this many days count as one need, spread over several baskets. */
const NEED_DAYS = 30;
/** Total weight of a word, divided among the items that have it. */
const WORD_WEIGHT = 15;
/** A word in more than this share of the items is ignored, unless at most `FEW_ITEMS` items have it. */
const MAX_WORD_RATIO = 0.1;
/** A word in more items is ignored, so that time and memory grow linearly with them. */
const MANY_ITEMS = 1_000;
const FEW_ITEMS = 20;

/**
 * Gathers all evidence that items belong together, as rows of one regression: baskets, each customer's purchases within
 * 30 days, and items that share a word of title or category. A word weighs `15 / items with it`, so each word has the
 * same total weight. Words matter for items with few orders; with many orders the baskets outweigh them.
 *
 * @param baskets only baskets before `cutoffMs`
 * @see Jeunen, Van Balen & Goethals 2020 (collective EASE) for side information as rows. Known weakness: words of a
 *   language with compounds share little
 */
export function gatherEvidence(baskets: Baskets, cutoffMs: number): ItemSets {
  const { offsets, item, items } = baskets;
  const weight = decayWeights(baskets, cutoffMs, HALF_LIFE_DAYS);
  return joinSets([{ offsets, item, weight }, gatherNeeds(baskets, weight, cutoffMs), gatherWords(items)]);
}

/** Each known customer's purchases per 30 days before the cutoff, with the weight of their latest order. */
function gatherNeeds(baskets: Baskets, weights: Float32Array, cutoffMs: number): ItemSets {
  const byCustomer = [...baskets.customer.keys()].filter((basket) => baskets.customer[basket]! >= 0);
  byCustomer.sort((a, b) => baskets.customer[a]! - baskets.customer[b]! || a - b);
  const lines = (basket: number) => baskets.offsets[basket + 1]! - baskets.offsets[basket]!;
  const item = new Uint32Array(byCustomer.reduce((sum, basket) => sum + lines(basket), 0));
  const ends: number[] = [];
  const weight: number[] = [];
  // The last set that holds the item, counted from 1.
  const heldBy = new Uint32Array(baskets.items.length);
  let entries = 0;
  let previous = "";
  for (const basket of byCustomer) {
    const stretch = Math.floor((cutoffMs - baskets.placedAtMs[basket]!) / (NEED_DAYS * DAY_MS));
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
    weight[set - 1] = weights[basket]!;
  }
  return {
    offsets: Uint32Array.from([0, ...ends]),
    item: item.slice(0, entries),
    weight: Float32Array.from(weight),
  };
}

function gatherWords(items: readonly Item[]): ItemSets {
  const itemsOf = new Map<string, Set<number>>();
  items.forEach(({ title, category }, item) => {
    for (const word of [...toWords(title), ...toWords(category).map((own) => `category ${own}`)]) {
      const having = itemsOf.get(word);
      if (having) having.add(item);
      else itemsOf.set(word, new Set([item]));
    }
  });
  const most = Math.max(FEW_ITEMS, Math.min(MANY_ITEMS, MAX_WORD_RATIO * items.length));
  const words = [...itemsOf.values()].filter(({ size }) => size > 1 && size <= most);
  const offsets = new Uint32Array(words.length + 1);
  words.forEach((having, at) => (offsets[at + 1] = offsets[at]! + having.size));
  return {
    offsets,
    item: Uint32Array.from(words.flatMap((having) => [...having])),
    weight: Float32Array.from(words, ({ size }) => WORD_WEIGHT / size),
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
