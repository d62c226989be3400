/** From here on two titles name one product in two variants, or a matching set. */
export const NEAR_EQUAL = 0.5;

/** Words of a title: lower case, letters and digits only, each once. */
export function wordsOf(title: string): Set<string> {
  return new Set(title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
}

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
  readonly words: ReadonlySet<string>;
  readonly priceMinor: number;
}

/** Share of the shorter title's words, and the gap in price, from which equal prices give a variant away. */
const VARIANT_OVERLAP = 0.5;
const VARIANT_PRICE_GAP = 0.03;

/**
 * Whether two products look like variants of one or parts of a matching set: titles at least half alike, or two or
 * more words and half of the shorter title in common at practically one price ("lunch bag woodland", "lunch bag cars
 * blue").
 *
 * Known weakness: a range whose products share a long name and a price ("lavender care shampoo", "lavender care
 * conditioner") is taken for variants too.
 */
export function isNearEqual(a: ProductName, b: ProductName): boolean {
  const likeness = titleLikeness(a.words, b.words);
  if (likeness >= NEAR_EQUAL) return true;
  const common = Math.round((likeness * (a.words.size + b.words.size)) / (1 + likeness));
  const isOnePrice =
    Math.abs(a.priceMinor - b.priceMinor) <= VARIANT_PRICE_GAP * Math.max(a.priceMinor, b.priceMinor);
  return isOnePrice && common >= 2 && common / Math.min(a.words.size, b.words.size) >= VARIANT_OVERLAP;
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
