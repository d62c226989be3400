import { LOCALES, type Locale, type Texts, type Translator } from "./translate.ts";

/** `./de/home.json` → the German texts of the home page; all languages are in memory. */
const FILES = import.meta.glob<Texts>("./*/*.json", { eager: true, import: "default" });
/** Polaris' own texts ("Select all", "Next page") are a namespace like ours, but nested. */
const POLARIS = import.meta.glob<Texts>(
  "/node_modules/@shopify/polaris/locales/{en,de,fr,es,ja,zh-CN}.json",
  { eager: true, import: "default" },
);

/** One translator per language, immutable, so all requests share it. */
const TRANSLATORS = new Map(LOCALES.map((locale) => [locale, open(locale)]));

function open(locale: Locale): Translator {
  const texts = new Map([["polaris", POLARIS[`/node_modules/@shopify/polaris/locales/${locale}.json`]!]]);
  for (const [path, content] of Object.entries(FILES)) {
    const [, folder, file] = path.split("/");
    if (folder === locale) texts.set(file!.replace(/\.json$/, ""), content);
  }
  return { locale, textsOf: (namespace) => texts.get(namespace), load: () => Promise.resolve() };
}

/** The translator of a language, with all its texts. */
export function findTranslator(locale: Locale): Translator {
  return TRANSLATORS.get(locale)!;
}
