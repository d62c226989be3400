import { isDescriptive, toNameWords, toSingular, WORD } from "./title-words.ts";
import { lowerBound } from "#app/domain/numbers/statistics.ts";
import type { Item } from "#app/domain/prepare/baskets.ts";

type PricedTitle = Pick<Item, "title" | "priceMinor">;

/** A word in fewer titles is not a brand or a line. */
const LEAST_TITLES = 3;
/** A word in this share of all titles does not distinguish products. */
const BRAND_SHARE = 0.5;
/** A line's titles have at least this many different nouns, as a share of the titles. */
const LINE_NOUNS_SHARE = 1 / 3;
/** A word that is the noun of more than this share of its titles is itself a kind of product. */
const MOST_CALLED_SHARE = 0.1;
/** Titles of which more than this share cost the same, within a gap of the higher price, are designs of one product. */
const ONE_THING_SHARE = 0.5;
const ONE_THING_PRICE_GAP = 0.1;

/**
 * Removes brand words, those in at least half of the titles ("Glow Recipe serum", "Glow Recipe toner"). Keeps a word if
 * most of its titles cost the same: the shop sells that ("rose candle"). Keeps a title without other words.
 */
export function withoutBrand<T extends PricedTitle>(items: readonly T[]): T[] {
  const brand = new Set<string>();
  for (const [word, titled] of titledBy(items))
    if (titled.length >= LEAST_TITLES && titled.length >= BRAND_SHARE * items.length && !areOneThing(titled))
      brand.add(word);
  if (brand.size === 0) return [...items];
  return items.map((item) => {
    const title = item.title.replace(WORD, (word) => (brand.has(toSingular(word.toLowerCase())) ? "" : word));
    return toNameWords(title).length > 0 ? { ...item, title } : item;
  });
}

/**
 * The words of each title without those of its line or theme. A line's word goes with many nouns at many prices
 * ("Lavender Care shampoo", "Lavender Care conditioner"), or at prices farther apart than those of each noun.
 *
 * @param nouns [items] from `findNouns`
 * @returns [items] all words of a title that would have none left
 * Known weakness: where nouns come first ("shampoing lavande bio"), a line's last word counts as a noun and stays.
 */
export function findKindWords(
  items: readonly PricedTitle[],
  nouns: readonly (string | undefined)[],
): readonly ReadonlySet<string>[] {
  const nounOf = new Map(items.map((item, at) => [item, nouns[at]]));
  const spreads = new Map<string | undefined, number>();
  for (const [noun, called] of groupBy(items, (item) => [nounOf.get(item)]))
    if (called.length > 1) spreads.set(noun, priceSpread(called));
  /** Whether products with the same noun, in any line, have closer prices than the products with the word. */
  const areKindsCloser = (titled: readonly PricedTitle[], kinds: readonly (string | undefined)[]) => {
    const known = kinds.flatMap((noun) => spreads.get(noun) ?? []);
    return (
      known.length > 0 && known.reduce((sum, spread) => sum + spread, 0) / known.length < priceSpread(titled)
    );
  };
  const lines = new Set<string>();
  for (const [word, titled] of titledBy(items)) {
    const others = titled.map((item) => nounOf.get(item)).filter((noun) => noun !== word);
    const areKinds = new Set(others).size >= Math.max(LEAST_TITLES, LINE_NOUNS_SHARE * titled.length);
    const isKind = titled.length - others.length > MOST_CALLED_SHARE * titled.length;
    if (areKinds && !isKind && (!areOneThing(titled) || areKindsCloser(titled, others))) lines.add(word);
  }
  return items.map(({ title }) => {
    const words = toNameWords(title);
    const own = words.filter((word) => !lines.has(toSingular(word)));
    return new Set(own.length > 0 ? own : words);
  });
}

/** Word that can describe a product, singular → items with it in their title. */
function titledBy<T extends PricedTitle>(items: readonly T[]): Map<string, T[]> {
  return groupBy(items, ({ title }) => new Set(toNameWords(title).filter(isDescriptive).map(toSingular)));
}

function groupBy<T, K>(items: readonly T[], keysOf: (item: T) => Iterable<K>): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items)
    for (const key of keysOf(item)) {
      const known = groups.get(key);
      if (known) known.push(item);
      else groups.set(key, [item]);
    }
  return groups;
}

/** Mean distance of log prices from their median. */
function priceSpread(titled: readonly PricedTitle[]): number {
  const logs = titled.map(({ priceMinor }) => Math.log(Math.max(1, priceMinor))).sort((a, b) => a - b);
  const median = logs[logs.length >> 1]!;
  return logs.reduce((sum, log) => sum + Math.abs(log - median), 0) / logs.length;
}

function areOneThing(titled: readonly PricedTitle[]): boolean {
  const prices = titled.map(({ priceMinor }) => priceMinor).sort((a, b) => a - b);
  const alike = prices.map((price, from) => {
    const most = price / (1 - ONE_THING_PRICE_GAP);
    return lowerBound(prices.length, (at) => prices[at]! <= most) - from;
  });
  return Math.max(...alike) > ONE_THING_SHARE * prices.length;
}
