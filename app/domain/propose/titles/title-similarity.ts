import { isProductWord, isStrongColour, toNameWords, toSingular } from "./title-words.ts";
import { lowerBound } from "#app/domain/numbers/statistics.ts";
import type { Item } from "#app/domain/prepare/baskets.ts";

/** Two titles share a name from this similarity on. */
export const NEAR_EQUAL = 0.5;

/**
 * Token Jaccard of two titles: common words over all words.
 *
 * @returns 0 to 1; 0 if either has no word
 */
export function titleSimilarity(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0;
  for (const word of a) if (b.has(word)) common++;
  const either = a.size + b.size - common;
  return either === 0 ? 0 : common / either;
}

/** Product data used to tell variants from different products. */
export interface ProductName {
  /** From `nameWordsOf`. */
  readonly words: ReadonlySet<string>;
  readonly priceMinor: number;
  /** From `findKindWords` over the whole catalogue; absent if only the compared titles are known. */
  readonly kindWords?: ReadonlySet<string>;
  /** From `findTypeWords`, like `kindWords`. */
  readonly types?: ReadonlySet<string>;
}

/** Products at one price, within this gap, are related from this share of the shorter title's words on. */
const RELATED_OVERLAP = 0.5;
const RELATED_PRICE_GAP = 0.03;
/** Largest price gap, relative to the higher price, between designs of one noun. */
const NOUN_PRICE_GAP = 0.3;

/**
 * - `different`: the titles share little.
 * - `related`: they share a name, and each has its own word that can name a product ("lavender care shampoo", "lavender
 *   care conditioner", without evidence of a line; also "lunch bag woodland", "lunch bag cars blue"). Or one extends
 *   the other ("camera", "camera bag").
 * - `variant`: they differ only by number, size, amount, colour or material.
 */
export type NameRelation = "different" | "related" | "variant";

/**
 * Relation of two products' names. They share a name in any of these cases:
 *
 * - Their token Jaccard is at least 0.5; or, at nearly one price, they share two words and half of the shorter title.
 *   If their nouns differ, this must also hold without the words of their lines.
 * - The two words that end one are in the other, at a similar price ("grey hot water bottle", "hot water bottle tea").
 * - They share a product word, and neither has one of its own ("mug red", "mug blue").
 * - They are one kind of product ("alarm clock", "wall clock").
 * - They are one range in clashing colours ("Regency milk jug pink", "Regency sugar bowl green").
 *
 * Known weakness: words alone do not tell a range of different products from one product in different patterns.
 * `related` needs evidence from orders as well.
 */
export function relateNames(a: ProductName, b: ProductName): NameRelation {
  const atOnePrice = isOnePrice(a.priceMinor, b.priceMinor, RELATED_PRICE_GAP);
  const sharesName =
    (shareWords(a.words, b.words, atOnePrice) &&
      (isCalledAs(a, b) ||
        isCalledAs(b, a) ||
        shareWords(a.kindWords ?? a.words, b.kindWords ?? b.words, atOnePrice))) ||
    (isOnePrice(a.priceMinor, b.priceMinor, NOUN_PRICE_GAP) && (endsWithin(a, b) || endsWithin(b, a))) ||
    areCalledAlike(a, b) ||
    [...(a.types ?? [])].some((type) => b.types?.has(type)) ||
    areInClash(a, b);
  if (!sharesName) return "different";
  const mayDiffer = (hasOwnProductWord(a, b) && hasOwnProductWord(b, a)) || isFor(a, b) || isFor(b, a);
  return mayDiffer ? "related" : "variant";
}

/** Whether they share half of all words or, at one price, at least two words and half of the shorter title. */
function shareWords(a: ReadonlySet<string>, b: ReadonlySet<string>, atOnePrice: boolean): boolean {
  const similarity = titleSimilarity(a, b);
  const common = Math.round((similarity * (a.size + b.size)) / (1 + similarity));
  return (
    similarity >= NEAR_EQUAL ||
    (atOnePrice && common >= 2 && common / Math.min(a.size, b.size) >= RELATED_OVERLAP)
  );
}

/** Whether b contains the last product word of a, or a has none. */
function isCalledAs({ words }: ProductName, { words: others }: ProductName): boolean {
  const last = [...words].filter(isProductWord).at(-1);
  return last === undefined || [...others].some((word) => toSingular(word) === toSingular(last));
}

/** Whether a is b plus a noun at the end, as in English and German: "camera", "camera bag". */
function isFor(a: ProductName, b: ProductName): boolean {
  const last = [...a.words].at(-1);
  if (last === undefined || b.words.has(last) || !isProductWord(last)) return false;
  return b.words.size > 0 && [...b.words].every((word) => a.words.has(word));
}

/** Whether the last two words of a, if both can name a product, are adjacent in b. */
function endsWithin(a: ProductName, b: ProductName): boolean {
  const [before, last] = [...a.words].slice(-2);
  if (last === undefined || !isProductWord(before!) || !isProductWord(last)) return false;
  const others = [...b.words];
  return others.some((word, place) => word === before && others[place + 1] === last);
}

/**
 * Whether the two share a product word and neither has one of its own. Titles that differ only by bare numbers
 * ("Product 17") are numbered as in a catalogue: the number is no size, and nothing is known of the product.
 */
function areCalledAlike(a: ProductName, b: ProductName): boolean {
  if (hasOwnProductWord(a, b) || hasOwnProductWord(b, a)) return false;
  const own = [...a.words].filter((word) => !b.words.has(word));
  const others = [...b.words].filter((word) => !a.words.has(word));
  if ([...own, ...others].every((word) => /^\p{N}+$/u.test(word))) return false;
  return [...a.words].some((word) => b.words.has(word) && isProductWord(word));
}

/** Whether both name strong colours, none in common, and share a word that can be their range's. */
function areInClash(a: ProductName, b: ProductName): boolean {
  const [own, others] = [[...a.words].filter(isStrongColour), [...b.words].filter(isStrongColour)];
  if (own.length === 0 || others.length === 0 || own.some((colour) => others.includes(colour))) return false;
  return [...a.words].some((word) => b.words.has(word) && isProductWord(word));
}

function hasOwnProductWord({ words }: ProductName, other: ProductName): boolean {
  return [...words].some((word) => !other.words.has(word) && isProductWord(word));
}

/** With this many products of one word at one price, they are designs of one product. */
const LEAST_DESIGNS = 4;
/**
 * Largest price gap between designs at one price, relative to the higher price. Quantity rebates on one list price
 * spread the median price paid this far.
 */
const DESIGN_PRICE_GAP = 0.1;

/** Key → ascending prices of the items that have it. @param keysOf [items] each key once */
function listPrices(
  items: readonly Pick<Item, "priceMinor">[],
  keysOf: readonly (readonly string[])[],
): Map<string, number[]> {
  const pricesOf = new Map<string, number[]>();
  keysOf.forEach((keys, item) => {
    for (const key of keys) {
      const known = pricesOf.get(key);
      if (known) known.push(items[item]!.priceMinor);
      else pricesOf.set(key, [items[item]!.priceMinor]);
    }
  });
  for (const prices of pricesOf.values()) prices.sort((a, b) => a - b);
  return pricesOf;
}

/** Whether at least `LEAST_DESIGNS` of the prices are about this one. @param prices ascending */
function isCrowded(prices: readonly number[], priceMinor: number): boolean {
  const least = priceMinor * (1 - DESIGN_PRICE_GAP);
  const low = lowerBound(prices.length, (at) => prices[at]! < least);
  const last = prices[low + LEAST_DESIGNS - 1];
  return last !== undefined && isOnePrice(last, priceMinor, DESIGN_PRICE_GAP);
}

/** @param gapRatio largest difference, relative to the higher price */
function isOnePrice(a: number, b: number, gapRatio: number): boolean {
  return Math.abs(a - b) <= gapRatio * Math.max(a, b);
}

/** A noun of this many products is a kind of product if this share of the titles with the word have it as noun. */
const LEAST_CALLED = 4;
const CALLED_SHARE = 0.54;

/** Synonyms that shops use for one kind of product → the word that replaces them. */
const SAME_KIND: Readonly<Record<string, string>> = {
  parasol: "umbrella",
  shopper: "bag",
  tote: "bag",
  handbag: "bag",
  cupboard: "cabinet",
  tee: "shirt",
  sonnenschirm: "regenschirm",
  beutel: "tasche",
  sombrilla: "paraguas",
  bolsa: "bolso",
  ombrelle: "parapluie",
  cabas: "sac",
};

/**
 * The noun of each product, as its shop uses it. Designs of one product share words and price ("lunch bag", "jumbo
 * bag", "wall clock"). The noun is the last of these words, as in English, or the first, as in Spanish: the position
 * with fewer different words. A title without shared words uses that position of its own words.
 *
 * @returns [items] in the singular; undefined for a title without a word
 * Known weakness: kinds with one noun ("card holder", "light holder") count as one; synonyms not listed here as two.
 */
export function findNouns(
  items: readonly Pick<Item, "title" | "priceMinor">[],
): readonly (string | undefined)[] {
  const titles = items.map(toKindWords);
  const pricesOf = listPrices(
    items,
    titles.map((words) => [...new Set([...words, ...pairsOf(words)])]),
  );
  const calledBy = titles.map((words, item) => {
    const { priceMinor } = items[item]!;
    const isShared = (key: string) => priceMinor > 0 && isCrowded(pricesOf.get(key)!, priceMinor);
    const pairs = pairsOf(words).filter(isShared);
    return pairs.length > 0 ? [mostOf(pairs, pricesOf)] : words.filter(isShared);
  });
  const pairs = new Set(calledBy.flatMap((keys) => keys.filter((key) => key.includes(" "))));
  const place = countWords(pairs, 0) < countWords(pairs, 1) ? 0 : -1;
  return titles.map((words, item) => (calledBy[item]!.at(place) ?? words.at(place))?.split(" ").at(place));
}

/**
 * The words of each title that name a kind of product: recurring nouns ("bag") that are the noun of most titles with
 * the word. A theme's word ("regency", "retrospot") is in titles with other nouns.
 *
 * @param nouns from `findNouns`
 * @returns [items] words in the singular; mostly empty if a catalogue sells one of each
 */
export function findTypeWords(
  items: readonly Pick<Item, "title" | "priceMinor">[],
  nouns = findNouns(items),
): readonly ReadonlySet<string>[] {
  const titles = items.map(toKindWords);
  const called = new Map<string, number>();
  const held = new Map<string, number>();
  titles.forEach((words, item) => {
    const noun = nouns[item];
    if (noun === undefined) return;
    called.set(noun, (called.get(noun) ?? 0) + 1);
    for (const word of new Set(words)) held.set(word, (held.get(word) ?? 0) + 1);
  });
  const isType = (word: string) => {
    const products = called.get(word) ?? 0;
    return products >= LEAST_CALLED && products >= CALLED_SHARE * held.get(word)!;
  };
  return titles.map((words) => new Set(words.filter(isType)));
}

function toKindWords({ title }: Pick<Item, "title">): string[] {
  const words = toNameWords(title).filter(isProductWord).map(toSingular);
  return words.map((word) => SAME_KIND[word] ?? word);
}

function pairsOf(words: readonly string[]): string[] {
  return words.slice(1).map((word, at) => `${words[at]!} ${word}`);
}

function mostOf(keys: readonly string[], pricesOf: ReadonlyMap<string, readonly number[]>): string {
  return keys.reduce((best, key) => (pricesOf.get(key)!.length > pricesOf.get(best)!.length ? key : best));
}

function countWords(pairs: ReadonlySet<string>, place: 0 | 1): number {
  return new Set([...pairs].map((pair) => pair.split(" ")[place])).size;
}
