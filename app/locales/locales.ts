/** The languages of the merchant's pages, as Shopify's admin names them. */
export const LOCALES = ["en", "de", "fr", "es", "ja", "zh-CN"] as const;
export type Locale = (typeof LOCALES)[number];

const FALLBACK: Locale = "en";

/**
 * The language that fits best what was asked for: the same tag, else the same language ("de-AT" is read in German).
 * Traditional Chinese is another script than ours and is answered in English.
 *
 * @param asked a BCP 47 tag, or whatever stood in its place
 * @returns null when there is none of that language, so that the caller may ask elsewhere
 */
export function matchLocale(asked: string | null | undefined): Locale | null {
  if (!asked) return null;
  const tag = asked.toLowerCase().replaceAll("_", "-");
  const exact = LOCALES.find((locale) => locale.toLowerCase() === tag);
  if (exact) return exact;
  const [language, ...rest] = tag.split("-");
  if (language === "zh")
    return rest.some((part) => ["hant", "tw", "hk", "mo"].includes(part)) ? null : "zh-CN";
  return LOCALES.find((locale) => locale === language) ?? null;
}

/** The first of several wishes that there is a language for, else English. */
export function pickLocale(...asked: readonly (string | null | undefined)[]): Locale {
  for (const wish of asked) {
    const locale = matchLocale(wish);
    if (locale) return locale;
  }
  return FALLBACK;
}
