import type { Item } from "#app/domain/prepare/baskets.ts";
import { toNameWords, isProductWord } from "#app/domain/propose/titles/title-words.ts";

/** Products of one kind in several designs, at one price. */
export interface Pool {
  /** Words that every title begins or ends with, such as "lunch bag". */
  readonly words: string;
  /**
   * Rank, from 1, among the pools with these words, by the age of the oldest product with the words and about this
   * price, sold or not. It identifies the offer even when designs come, go or sell better.
   */
  readonly ordinal: number;
  /** Indices into `Baskets.items`, at least `LEAST_DESIGNS`. */
  readonly items: readonly number[];
}

/** With this many designs a shopper has a choice. */
export const LEAST_DESIGNS = 4;
/** No shopper looks through more. The designs with the most orders are kept. */
const MOST_DESIGNS = 40;
/** Largest price gap within a pool, as a share of the higher price. Quantity rebates spread one list price this far. */
const PRICE_GAP = 0.1;

type PricedItem = Pick<Item, "key" | "title" | "priceMinor" | "isActive">;

/**
 * Finds pools of designs: products at about one price whose titles begin or end with the same one or two words, the
 * last of which names a product. A product is in one pool: two words win over one, then more orders win.
 *
 * @param orders [items] orders that hold each
 * @returns the pool with the most orders first
 * Known weakness: four products of one theme or brand at one price count as designs of one product.
 */
export function findPools(items: readonly PricedItem[], orders: ArrayLike<number>): Pool[] {
  const byWords = new Map<string, number[]>();
  items.forEach(({ title, priceMinor }, item) => {
    if (priceMinor <= 0) return;
    for (const key of keysOf(title)) byWords.set(key, [...(byWords.get(key) ?? []), item]);
  });
  const isSold = (item: number) => items[item]!.isActive && orders[item] !== 0;
  const candidates = [...byWords]
    .flatMap(([key, named]) =>
      splitByPrice(named.filter(isSold), items).map((group) => ({
        words: key.slice(key.indexOf(":") + 1),
        oldest: [oldestAtPrice(group, named, items), key, sortable(items[group[0]!]!.priceMinor)].join(" "),
        items: group.sort((a, b) => orders[b]! - orders[a]! || a - b),
        total: group.reduce((sum, item) => sum + orders[item]!, 0),
      })),
    )
    .sort(
      (a, b) =>
        Number(b.words.includes(" ")) - Number(a.words.includes(" ")) ||
        b.total - a.total ||
        (a.words < b.words ? -1 : 1),
    );
  const taken = new Set<number>();
  const pools: (typeof candidates)[number][] = [];
  for (const candidate of candidates) {
    const free = candidate.items.filter((item) => !taken.has(item)).slice(0, MOST_DESIGNS);
    if (free.length < LEAST_DESIGNS) continue;
    for (const item of free) taken.add(item);
    pools.push({ ...candidate, items: free });
  }
  return pools
    .sort((x, y) => y.total - x.total)
    .map(({ words, oldest, items: designs }) => {
      const older = pools.filter((other) => other.words === words && other.oldest < oldest);
      return { words, ordinal: older.length + 1, items: designs };
    });
}

/** Sort key of the oldest product with these words at the group's price. Ids grow, so it sorts by age. */
function oldestAtPrice(
  group: readonly number[],
  named: readonly number[],
  items: readonly PricedItem[],
): string {
  const prices = group.map((item) => items[item]!.priceMinor);
  const [least, most] = [Math.max(...prices) * (1 - PRICE_GAP), Math.min(...prices) / (1 - PRICE_GAP)];
  const ages = named
    .map((item) => items[item]!)
    .filter(({ priceMinor }) => priceMinor >= least && priceMinor <= most)
    .map(({ key }) => `${sortable(key.length)} ${key}`);
  return ages.sort()[0]!;
}

function sortable(count: number): string {
  return String(count).padStart(12, "0");
}

const JOINING = /^(a|an|and|the|with|in|on|for|to|by|of|und|mit|für|von|y|con|de|para|et|avec|pour)$/;

/** "lunch bag red retrospot" begins with "lunch bag" and "lunch". A word that names no product is no key by itself. */
function keysOf(title: string): string[] {
  const words = toNameWords(title);
  const ends = [
    ["first", words.slice(0, 2)],
    ["first", words.slice(0, 1)],
    ["last", words.slice(-2)],
    ["last", words.slice(-1)],
  ] as const;
  return ends.flatMap(([place, key]) => {
    const isWhole = key.length === words.length;
    const isName = !JOINING.test(key[0] ?? "") && isProductWord(key.at(-1) ?? "");
    return !isWhole && isName ? [`${place}:${key.join(" ")}`] : [];
  });
}

/** Splits members into groups within `PRICE_GAP` of their highest price, the largest possible group first. */
function splitByPrice(members: readonly number[], items: readonly Pick<Item, "priceMinor">[]): number[][] {
  const priceOf = (item: number) => items[item]!.priceMinor;
  let rest = members.toSorted((a, b) => priceOf(a) - priceOf(b));
  const groups: number[][] = [];
  for (;;) {
    let [from, size] = [0, 0];
    for (let start = 0, end = 0; start < rest.length; start++) {
      while (end < rest.length && priceOf(rest[start]!) >= priceOf(rest[end]!) * (1 - PRICE_GAP)) end++;
      if (end - start > size) [from, size] = [start, end - start];
    }
    if (size < LEAST_DESIGNS) return groups;
    groups.push(rest.slice(from, from + size));
    rest = [...rest.slice(0, from), ...rest.slice(from + size)];
  }
}
