/** Of one namespace: a text by its key; of Polaris' own they are nested. */
export type Texts = Readonly<Record<string, unknown>>;

interface TextValues {
  /** Chooses the plural form and is one of the values, written as the language groups digits. */
  readonly count?: number;
  /** Stands where there is no such text. */
  readonly defaultValue?: string;
  /** Leaves the places as they are. */
  readonly skipInterpolation?: boolean;
  readonly [name: string]: unknown;
}

/**
 * The text of a key, "key" of the page's namespace or "namespace:key"; of several keys the first that there is. A key that
 * there is no text of comes back itself, which a test finds.
 */
export type Translate = (key: string | readonly string[], values?: TextValues) => string;

/** Where texts are found. */
export interface Translator {
  readonly locale: Locale;
  /** Undefined until they are loaded. */
  readonly textsOf: (namespace: string) => Texts | undefined;
  /** Resolves once all of these are there; on a server they always are. */
  readonly load: (namespaces: readonly string[]) => Promise<void>;
}

/**
 * How texts of a namespace, and by prefix of any other, are put into words.
 *
 * @see app/decisions/ui/080-a-page-has-little-script-in-the-merchants-language.md
 */
export function translateIn({ locale, textsOf }: Translator, ownNamespace: string): Translate {
  const plurals = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  const find = (name: string, count: number | undefined): string | undefined => {
    const [before, after] = name.split(":", 2) as [string, string | undefined];
    const texts = textsOf(after === undefined ? ownNamespace : before);
    const key = after ?? before;
    const text =
      (count === undefined ? undefined : texts?.[`${key}_${plurals.select(count)}`]) ?? texts?.[key];
    return typeof text === "string" ? text : undefined;
  };
  return (key, values = {}) => {
    const keys = typeof key === "string" ? [key] : key;
    const text = keys.map((one) => find(one, values.count)).find((found) => found !== undefined);
    if (text === undefined) return values.defaultValue ?? keys.at(-1)!;
    if (values.skipInterpolation) return text;
    // In one pass: what a value holds is no place for another.
    const written: Readonly<Record<string, unknown>> =
      values.count === undefined ? values : { ...values, count: numbers.format(values.count) };
    return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(written[name] ?? ""));
  };
}

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
