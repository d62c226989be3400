/** Texts of one namespace by key; Polaris' own are nested. */
export type Texts = Readonly<Record<string, unknown>>;

interface TextValues {
  /** Selects the plural form, and is also a value, formatted for the language. */
  readonly count?: number;
  /** Returned if there is no such text. */
  readonly defaultValue?: string;
  /** Keeps the placeholders. */
  readonly skipInterpolation?: boolean;
  readonly [name: string]: unknown;
}

/**
 * The text of a key: "key" in the page's namespace, or "namespace:key". With several keys, the first that has a text.
 * Returns a key without a text as it is; a test finds those.
 */
export type Translate = (key: string | readonly string[], values?: TextValues) => string;

/** The source of the texts. */
export interface Translator {
  readonly locale: Locale;
  /** Undefined until they are loaded. */
  readonly textsOf: (namespace: string) => Texts | undefined;
  /** Resolves once all of these are loaded; on a server they always are. */
  readonly load: (namespaces: readonly string[]) => Promise<void>;
}

/**
 * Translates keys of a namespace, and with a prefix those of any other.
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
    // One pass: a value that contains a placeholder is not replaced again.
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
 * The best match for a requested language: the same tag, else the same language ("de-AT" gets German). Traditional
 * Chinese gets English, because its script differs from our Chinese.
 *
 * @param asked a BCP 47 tag, or any other text
 * @returns null without a match, so that the caller can try another source
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

/** The first of several requested languages that we have, else English. */
export function pickLocale(...asked: readonly (string | null | undefined)[]): Locale {
  for (const wish of asked) {
    const locale = matchLocale(wish);
    if (locale) return locale;
  }
  return FALLBACK;
}
