import { isProductWord } from "./variant-words.ts";

/** Words of a title: lower case, letters with their marks and digits only, each once. */
export function wordsOf(title: string): Set<string> {
  return new Set(toWords(title));
}

/**
 * The words of what a product is called, without the options of its variant that stand behind a hyphen: two garments
 * are not alike because both are "Navy / M". Options are several with a slash between, or variant words alone; else
 * what is behind the hyphen belongs to the name ("Toast its - best mum").
 */
export function nameWordsOf(title: string): Set<string> {
  return new Set(toNameWords(title));
}

/** A hyphen or a dash with a space on either side, before all that is behind the last one. */
const OPTIONS = /^(.*\S)\s+[-–]\s+(.*)$/u;

/** `nameWordsOf` in their order, repeated as often as they stand there. */
export function toNameWords(title: string): string[] {
  const [, name = "", options = ""] = OPTIONS.exec(title) ?? [];
  const named = toWords(name);
  const isVariant = options.includes(" / ") || !toWords(options).some(isProductWord);
  return named.length > 0 && isVariant ? named : toWords(title);
}

function toWords(title: string): string[] {
  return title.toLowerCase().match(WORD) ?? [];
}

/**
 * The same with one spelling in the titles of what some write as one word and some as two: where the catalogue has a
 * "door mat", a "doormat" is one, and a mat.
 */
export function splitCompounds<T extends { readonly title: string }>(items: readonly T[]): T[] {
  const parts = new Map<string, string>();
  for (const { title } of items)
    for (const [, first, second] of title.toLowerCase().matchAll(TWO_WORDS))
      if (first!.length >= LEAST_LETTERS && second!.length >= LEAST_LETTERS)
        parts.set(toSingular(`${first}${second}`), `${first} ${second}`);
  return items.map((item) => ({
    ...item,
    title: item.title.replace(WORD, (word) => parts.get(toSingular(word.toLowerCase())) ?? word),
  }));
}

/** Shorter words stand beside each other by accident: "in" and "to" make no "into". */
const LEAST_LETTERS = 3;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const TWO_WORDS = /(?<![\p{L}\p{M}\p{N}])([\p{L}\p{M}]+)[ -](?=([\p{L}\p{M}]+))/gu;

/** Near enough to tell that "heart" and "hearts" are one word. */
export function toSingular(word: string): string {
  return word.length > 3 && /[^s]s$/.test(word) ? word.slice(0, -1) : word;
}
