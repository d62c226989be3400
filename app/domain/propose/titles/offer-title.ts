import { cutText } from "#app/domain/message.ts";
import { toNameWords, toSingular, isDescriptive, isProductWord, standsInFront } from "./title-words.ts";

export interface ThemedProduct {
  readonly title: string;
  /** Product type or category; empty if unknown. */
  readonly category: string;
}

/** Most words of a theme that fit in a list. */
const MOST_WORDS = 4;

/**
 * Name for what the products of a set have in common: the words that all their titles share ("Red retrospot"), plus the
 * shared category if these are only a colour or material ("Blue kitchen"), or that category alone. Words keep the order
 * of the first title; a colour comes first if its language puts it before the noun.
 *
 * @returns null if the products share nothing that names them
 */
export function findTheme(products: readonly ThemedProduct[]): string | null {
  const names = products.map(({ title }) => toNameWords(title));
  const singulars = names.map((words) => new Set(words.map(toSingular)));
  const isShared = (word: string) => singulars.every((words) => words.has(toSingular(word)));
  const own = names.flat().filter((word) => !isShared(word));
  // Products that differ only in numbers are numbered as in a catalogue and have no theme.
  if (names.length < 2 || (own.length > 0 && own.every((word) => /^\p{N}+$/u.test(word)))) return null;
  const says = (word: string) => isDescriptive(word) && !ANNOUNCING.test(word);
  const shared = [...new Set(names[0])].filter((word) => says(word) && isShared(word));
  const inOrder = [
    ...shared.filter(standsInFront),
    ...shared.filter((word) => !standsInFront(word)).slice(0, MOST_WORDS - 1),
  ];
  const isNamed = shared.some((word) => isProductWord(word) || PATTERNS.test(word));
  // "Cream enamel" is a name; "cream" or "enamel" alone is not.
  if (isNamed || (shared.length > 1 && shared.some(standsInFront))) return write(inOrder, products);
  const category = findSharedCategory(products);
  return category === null ? null : write([...inOrder, ...category.toLowerCase().split(" ")], products);
}

/** Words that introduce a colour or pattern and mean nothing alone. */
const ANNOUNCING = /^(finish|style|pattern|patterns|colour|color)$/;
/** A pattern ("retrospot") can name a set; a colour or material cannot. */
const PATTERNS = /^(retrospot|polkadot|spotty|striped|floral|tartan|paisley)$/;

function findSharedCategory(products: readonly ThemedProduct[]): string | null {
  const [category, ...others] = products.map((product) =>
    product.category
      .split(/\s*[>/]\s*/)
      .at(-1)!
      .trim(),
  );
  return category && others.every((other) => other === category) ? category : null;
}

/** Writes the words as the titles do, the first with a capital. Lowercases a word that only starts a title. */
function write(words: readonly string[], products: readonly ThemedProduct[]): string {
  const titles = products.map(({ title }) => readable(title));
  const written = new Map(
    titles.flatMap((title) =>
      [...title.matchAll(/[\p{L}\p{M}\p{N}]+/gu)].map(({ 0: own, index }) => {
        const isCapitalised = index === 0 && /^\p{Lu}\p{Ll}*$/u.test(own);
        return [own.toLowerCase(), isCapitalised ? own.toLowerCase() : own] as const;
      }),
    ),
  );
  const name = words.map((word) => written.get(word) ?? word).join(" ");
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Most characters of a product in a sentence. */
const MOST_LETTERS = 36;

/**
 * Short product name for a sentence: the title without variant options and pack size, cut at a word.
 *
 * @param place `amid`: a title in capitals starts in lower case
 */
export function shorten(title: string, place: "first" | "amid"): string {
  const isShouted = title === title.toUpperCase();
  const name = readable(title)
    .replace(/\s+[-–]\s+[^-–]*$/u, "")
    .replace(/^(set|pack|box)( of |\/)\d+ (?=\S)/i, "");
  const head = isShouted && place === "amid" ? name.charAt(0).toLowerCase() : name.charAt(0).toUpperCase();
  const text = isShouted ? head + name.slice(1) : name;
  if (text.length <= MOST_LETTERS) return text;
  const end = text.slice(0, MOST_LETTERS - 1).lastIndexOf(" ");
  return cut(text, end > MOST_LETTERS / 2 ? end + 1 : MOST_LETTERS);
}

/**
 * Title for shoppers: the components joined by a plus sign, titles in capitals in sentence case.
 *
 * @returns at most 120 characters, divided equally among the components
 */
export function titleBundle(titles: readonly string[]): string {
  const most = Math.floor((120 - 3 * (titles.length - 1)) / titles.length);
  return titles.map((title) => cut(readable(title), most)).join(" + ");
}

/** "PINK CHERRY LIGHTS" → "Pink cherry lights"; keeps a title with lower-case letters. */
export function readable(title: string): string {
  const trimmed = title.trim().replace(/\s+/g, " ");
  if (trimmed === "") return "Untitled product";
  if (trimmed !== trimmed.toUpperCase()) return trimmed;
  return trimmed.charAt(0) + trimmed.slice(1).toLowerCase();
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${cutText(text, most - 1).trimEnd()}…`;
}
