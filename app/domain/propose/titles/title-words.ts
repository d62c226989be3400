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
  return title.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

/** Near enough to tell that "heart" and "hearts" are one word. */
export function toSingular(word: string): string {
  return word.length > 3 && /[^s]s$/.test(word) ? word.slice(0, -1) : word;
}
