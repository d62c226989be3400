import { toNameWords, toSingular, isDescriptive, isProductWord, standsInFront } from "./title-words.ts";

export interface ThemedProduct {
  readonly title: string;
  /** Product type or category; empty when unknown. */
  readonly category: string;
}

/** A list has room for so many words of a theme. */
const MOST_WORDS = 4;

/**
 * What the products of a set have in common, as a name for it: the words that all their titles share ("Red retrospot"),
 * with the category that they share where these are a colour or a material alone ("Blue kitchen"), or that category.
 * Words stand as in the first title, a colour in front where its language has it there.
 *
 * @returns null where they share nothing that names it
 */
export function findTheme(products: readonly ThemedProduct[]): string | null {
  const names = products.map(({ title }) => toNameWords(title));
  const singulars = names.map((words) => new Set(words.map(toSingular)));
  const isShared = (word: string) => singulars.every((words) => words.has(toSingular(word)));
  const own = names.flat().filter((word) => !isShared(word));
  // What numbers alone tell apart is numbered, as articles of a catalogue are, and has no theme.
  if (names.length < 2 || (own.length > 0 && own.every((word) => /^\p{N}+$/u.test(word)))) return null;
  const says = (word: string) => isDescriptive(word) && !ANNOUNCING.test(word);
  const shared = [...new Set(names[0])].filter((word) => says(word) && isShared(word));
  const inOrder = [
    ...shared.filter(standsInFront),
    ...shared.filter((word) => !standsInFront(word)).slice(0, MOST_WORDS - 1),
  ];
  const isNamed = shared.some((word) => isProductWord(word) || PATTERNS.test(word));
  // "Cream enamel" is a name, "cream" and "enamel" by themselves are none.
  if (isNamed || (shared.length > 1 && shared.some(standsInFront))) return write(inOrder, products);
  const category = findSharedCategory(products);
  return category === null ? null : write([...inOrder, ...category.toLowerCase().split(" ")], products);
}

/** What announces a colour or a pattern and says nothing itself. */
const ANNOUNCING = /^(finish|style|pattern|patterns|colour|color)$/;
/** A pattern ("retrospot") names a set, as no colour and no material does. */
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

/** The words as the titles write them, beginning with a capital; one that only begins a title has none amid a name. */
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

/** Letters that a product takes of a sentence. */
const MOST_LETTERS = 36;

/**
 * What a sentence calls a product shortly: its title without the options of a variant and the size of a pack, cut where
 * a word ends.
 *
 * @param place a title in capitals becomes a sentence, and begins without one amid another
 */
export function shorten(title: string, place: "first" | "amid"): string {
  const isShouted = title === title.toUpperCase();
  const name = readable(title)
    .replace(/\s+[-–]\s+[^-–]*$/u, "")
    .replace(/^(set|pack|box)( of |\/)\d+ (?=\S)/i, "");
  const head = isShouted && place === "amid" ? name.charAt(0).toLowerCase() : name.charAt(0).toUpperCase();
  const text = isShouted ? head + name.slice(1) : name;
  if (text.length <= MOST_LETTERS) return text;
  const cut = text.slice(0, MOST_LETTERS - 1);
  const end = cut.lastIndexOf(" ");
  return `${end > MOST_LETTERS / 2 ? cut.slice(0, end) : cut.trimEnd()}…`;
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
