const MAX_TERM_LENGTH = 100;

/** An address, or what is left of one when the shopper put spaces around its sign. */
const EMAIL_LIKE = /\S*\s?@\s?\S*/g;
/** Digits with the signs that phone, card and order numbers are written with; six digits and more in all. */
const NUMBER_LIKE = /[+(#]*\d(?:[\s().\-/]*\d){5,}/g;

/**
 * A search term without what could name a person: e-mail addresses and long numbers are cut out, the rest is put
 * into small letters with single spaces.
 *
 * @returns at most 100 characters; null when nothing is left. "iphone 14 128gb" stays, "order 100 234 567" becomes
 *   "order". Known weakness: a name typed into the search box is not recognised
 */
export function cleanSearchTerm(term: string): string | null {
  const clean = term
    .normalize("NFKC")
    .replace(EMAIL_LIKE, " ")
    .replace(NUMBER_LIKE, " ")
    .toLowerCase()
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, MAX_TERM_LENGTH)
    .trim();
  return clean === "" ? null : clean;
}
