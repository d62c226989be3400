import { createInstance, type i18n } from "i18next";
import { LOCALES, type Locale } from "./locales.ts";
import { TRANSLATOR_OPTIONS } from "./translator-options.ts";

type Texts = Readonly<Record<string, string>>;

/** `./de/home.json` → the texts of the home page in German; all in memory, for every language. */
const FILES = import.meta.glob<Texts>("./*/*.json", { eager: true, import: "default" });
/** Polaris' own words ("Select all", "Next page") are a namespace like ours, but nested. */
const POLARIS = import.meta.glob<object>(
  "/node_modules/@shopify/polaris/locales/{en,de,fr,es,ja,zh-CN}.json",
  { eager: true, import: "default" },
);

/** One translator a language. Nothing changes it after this, so all requests may share it. */
const TRANSLATORS = new Map(LOCALES.map((locale) => [locale, open(locale)]));

function open(locale: Locale): i18n {
  const texts: Record<string, object> = {};
  for (const [path, content] of Object.entries(FILES)) {
    const [, folder, file] = path.split("/");
    if (folder === locale) texts[file!.replace(/\.json$/, "")] = content;
  }
  texts["polaris"] = POLARIS[`/node_modules/@shopify/polaris/locales/${locale}.json`]!;
  const translator = createInstance();
  void translator.init({
    ...TRANSLATOR_OPTIONS,
    lng: locale,
    ns: Object.keys(texts),
    resources: { [locale]: texts },
    initAsync: false,
  });
  return translator;
}

/** The translator of a language, with all its texts. */
export function findTranslator(locale: Locale): i18n {
  return TRANSLATORS.get(locale)!;
}
