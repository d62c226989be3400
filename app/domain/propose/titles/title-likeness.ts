import { areOfOneRange, isOnePrice } from "./title-ranges.ts";
import { isProductWord, isStrongColour } from "./variant-words.ts";

/** From here on two titles share a name. */
export const NEAR_EQUAL = 0.5;

/**
 * Token Jaccard of two titles: words in both over words in either.
 *
 * @returns 0 to 1; 0 when either has no word
 */
export function titleLikeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
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
  /** From `findRanges` of the whole catalogue; absent where only the titles compared are known. */
  readonly ranges?: ReadonlySet<string>;
  /** From `findTypeWords` of the whole catalogue; as `ranges`. */
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
 *   "lavender care conditioner"; but also "lunch bag woodland", "lunch bag cars blue"), or one is called after the other
 *   ("camera", "camera bag").
 * - `variant`: they differ by number, size, amount, colour or material only.
 */
export type NameRelation = "different" | "related" | "variant";

/**
 * How two products' names stand to each other. They share a name from a token Jaccard of 0.5 on, or with two or more
 * words and half of the shorter title in common at practically one price, as products of one range at one price,
 * where what one is called at its end is in the other, at nearly one price ("grey heart hot water bottle", "hot water
 * bottle tea and sympathy"), where nothing else says what they are ("mug red", "mug blue"), as one kind of thing ("alarm
 * clock", "wall clock") or as one range in colours that clash ("Regency milk jug pink", "Regency sugar bowl green").
 *
 * Known weakness: words alone do not tell a range of different products from one product in different patterns; what
 * is `related` needs the shoppers' word as well.
 */
export function relateNames(a: ProductName, b: ProductName): NameRelation {
  const likeness = titleLikeness(a.words, b.words);
  const common = Math.round((likeness * (a.words.size + b.words.size)) / (1 + likeness));
  const sharesName =
    likeness >= NEAR_EQUAL ||
    (isOnePrice(a.priceMinor, b.priceMinor, RELATED_PRICE_GAP) &&
      common >= 2 &&
      common / Math.min(a.words.size, b.words.size) >= RELATED_OVERLAP) ||
    areOfOneRange(a, b) ||
    (isOnePrice(a.priceMinor, b.priceMinor, NOUN_PRICE_GAP) && (endsWithin(a, b) || endsWithin(b, a))) ||
    areCalledAlike(a, b) ||
    [...(a.types ?? [])].some((type) => b.types?.has(type)) ||
    areInClash(a, b);
  if (!sharesName) return "different";
  const mayDiffer = (hasOwnProductWord(a, b) && hasOwnProductWord(b, a)) || isFor(a, b) || isFor(b, a);
  return mayDiffer ? "related" : "variant";
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

/**
 * Title for shoppers: the components joined by a plus sign; titles in capitals become sentences.
 *
 * @returns at most 120 characters, each component cut alike when it does not fit
 */
export function titleBundle(titles: readonly string[]): string {
  const most = Math.floor((120 - 3 * (titles.length - 1)) / titles.length);
  return titles.map((title) => cut(readable(title), most)).join(" + ");
}

/** "PINK CHERRY LIGHTS" → "Pink cherry lights"; a title with small letters stays as it is. */
export function readable(title: string): string {
  const trimmed = title.trim().replace(/\s+/g, " ");
  if (trimmed === "") return "Untitled product";
  if (trimmed !== trimmed.toUpperCase()) return trimmed;
  return trimmed.charAt(0) + trimmed.slice(1).toLowerCase();
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;
}
