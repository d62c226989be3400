import { isProductWord, isStrongColour, toNameWords, toSingular } from "./title-words.ts";
import { lowerBound } from "#app/domain/numbers/statistics.ts";
import type { Item } from "#app/domain/prepare/baskets.ts";

/** From here on two titles share a name. */
export const NEAR_EQUAL = 0.5;

/**
 * Token Jaccard of two titles: words in both over words in either.
 *
 * @returns 0 to 1; 0 when either has no word
 */
export function titleSimilarity(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0;
  for (const word of a) if (b.has(word)) common++;
  const either = a.size + b.size - common;
  return either === 0 ? 0 : common / either;
}

/** What is compared to tell variants from different products. */
export interface ProductName {
  /** By `nameWordsOf`. */
  readonly words: ReadonlySet<string>;
  readonly priceMinor: number;
  /** From `findKindWords` of the whole catalogue; absent where only the titles compared are known. */
  readonly kindWords?: ReadonlySet<string>;
  /** From `findTypeWords` of the whole catalogue; as `kindWords`. */
  readonly types?: ReadonlySet<string>;
}

/** Share of the shorter title's words, and the gap in price, from which equal prices give a relation away. */
const RELATED_OVERLAP = 0.5;
const RELATED_PRICE_GAP = 0.03;
/** Gap in price, of the higher one, up to which products that are called by one noun are designs of it. */
const NOUN_PRICE_GAP = 0.3;

/**
 * - `different`: the titles share little.
 * - `related`: they share a name, and each has a word of its own that may say what it is ("lavender care shampoo",
 *   "lavender care conditioner", where nothing tells that this is a line; but also "lunch bag woodland", "lunch bag cars blue"), or one is called after the other
 *   ("camera", "camera bag").
 * - `variant`: they differ by number, size, amount, colour or material only.
 */
export type NameRelation = "different" | "related" | "variant";

/**
 * How two products' names stand to each other. They share a name from a token Jaccard of 0.5 on, or with two or more
 * words and half of the shorter title in common at practically one price; of two that are called differently, if it is so
 * without the words of their lines as well. They also share one where what one is called at its end is in the other, at
 * nearly one price ("grey heart hot water bottle", "hot water bottle tea and sympathy"), where nothing else says what they
 * are ("mug red", "mug blue"), as one kind of thing ("alarm clock", "wall clock") or as one range in colours that clash
 * ("Regency milk jug pink", "Regency sugar bowl green").
 *
 * Known weakness: words alone do not tell a range of different products from one product in different patterns; what
 * is `related` needs the shoppers' word as well.
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

/** Whether half of the words of either are in common, or two at least and half of the shorter title's at one price. */
function shareWords(a: ReadonlySet<string>, b: ReadonlySet<string>, atOnePrice: boolean): boolean {
  const similarity = titleSimilarity(a, b);
  const common = Math.round((similarity * (a.size + b.size)) / (1 + similarity));
  return (
    similarity >= NEAR_EQUAL ||
    (atOnePrice && common >= 2 && common / Math.min(a.size, b.size) >= RELATED_OVERLAP)
  );
}

/** Whether the last word of the one that may say what it is stands in the other, or it has none. */
function isCalledAs({ words }: ProductName, { words: others }: ProductName): boolean {
  const last = [...words].filter(isProductWord).at(-1);
  return last === undefined || [...others].some((word) => toSingular(word) === toSingular(last));
}

/**
 * Whether the one's name is that of the other and what it is for it at the end, where English and German have it:
 * "camera", "camera bag".
 */
function isFor(a: ProductName, b: ProductName): boolean {
  const last = [...a.words].at(-1);
  if (last === undefined || b.words.has(last) || !isProductWord(last)) return false;
  return b.words.size > 0 && [...b.words].every((word) => a.words.has(word));
}

/** Whether the last two words of the one, if both may say what it is, stand side by side in the other. */
function endsWithin(a: ProductName, b: ProductName): boolean {
  const [before, last] = [...a.words].slice(-2);
  if (last === undefined || !isProductWord(before!) || !isProductWord(last)) return false;
  const others = [...b.words];
  return others.some((word, place) => word === before && others[place + 1] === last);
}

/**
 * Whether the two have a product word in common, and neither has another one. What bare numbers alone tell apart is
 * numbered, as articles of a catalogue are ("Product 17"), and no size: nothing is known of it.
 */
function areCalledAlike(a: ProductName, b: ProductName): boolean {
  if (hasOwnProductWord(a, b) || hasOwnProductWord(b, a)) return false;
  const own = [...a.words].filter((word) => !b.words.has(word));
  const others = [...b.words].filter((word) => !a.words.has(word));
  if ([...own, ...others].every((word) => /^\p{N}+$/u.test(word))) return false;
  return [...a.words].some((word) => b.words.has(word) && isProductWord(word));
}

/** Whether both name a strong colour, none of them the same, and share a word that may be their range's. */
function areInClash(a: ProductName, b: ProductName): boolean {
  const [own, others] = [[...a.words].filter(isStrongColour), [...b.words].filter(isStrongColour)];
  if (own.length === 0 || others.length === 0 || own.some((colour) => others.includes(colour))) return false;
  return [...a.words].some((word) => b.words.has(word) && isProductWord(word));
}

function hasOwnProductWord({ words }: ProductName, other: ProductName): boolean {
  return [...words].some((word) => !other.words.has(word) && isProductWord(word));
}

/** From so many products of one word at one price on they are designs of one thing. */
const LEAST_DESIGNS = 4;
/**
 * Gap up to which two designs cost the same, of the higher price: medians of what was paid differ by this
 * much where one list price is paid with different rebates for quantity.
 */
const DESIGN_PRICE_GAP = 0.1;

/** Key → the prices of the items that have it, ascending. @param keysOf [items] each once */
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

/** Whether the price is one of at least so many of these that are the same. @param prices ascending */
function isCrowded(prices: readonly number[], priceMinor: number): boolean {
  const least = priceMinor * (1 - DESIGN_PRICE_GAP);
  const low = lowerBound(prices.length, (at) => prices[at]! < least);
  const last = prices[low + LEAST_DESIGNS - 1];
  return last !== undefined && isOnePrice(last, priceMinor, DESIGN_PRICE_GAP);
}

/** @param gapRatio largest difference, of the higher price */
function isOnePrice(a: number, b: number, gapRatio: number): boolean {
  return Math.abs(a - b) <= gapRatio * Math.max(a, b);
}

/** What so many products are called by, where that is what most titles with the word say, is a kind of product. */
const LEAST_CALLED = 4;
const CALLED_SHARE = 0.54;

/** Words that shops use beside each other for one kind, by the one that stands for all. */
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
 * The noun that each product is called by, as its shop uses it. Several designs of one thing share the words for it and
 * their price ("lunch bag", "jumbo bag", "wall clock"), and their noun ends these words; a title that shares none is
 * called by the noun at its own end. Whether the noun is the last or the first of the words, as in English or in Spanish,
 * is read from which of them recurs more.
 *
 * @returns [items] in the singular; undefined of a title without a word
 * Known weakness: kinds of one noun ("card holder", "light holder") are one, and those with words for the same that are
 *   not listed here are two.
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
  const place = countFirst(pairs) < countLast(pairs) ? 0 : -1;
  return titles.map((words, item) => (calledBy[item]!.at(place) ?? words.at(place))?.split(" ").at(place));
}

/**
 * The words of each title that say what kind of thing it is: nouns that recur from one thing to the next ("bag") and are
 * what most titles with the word say. A theme's word ("regency", "retrospot") is in titles that are called by others.
 *
 * @param nouns from `findNouns`
 * @returns [items] words in the singular; none for most where a catalogue sells one of each
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

function countFirst(pairs: ReadonlySet<string>): number {
  return new Set([...pairs].map((pair) => pair.split(" ")[0])).size;
}

function countLast(pairs: ReadonlySet<string>): number {
  return new Set([...pairs].map((pair) => pair.split(" ")[1])).size;
}
