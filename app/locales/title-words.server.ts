import de from "#app/locales/de/title.json" with { type: "json" };
import en from "#app/locales/en/title.json" with { type: "json" };
import es from "#app/locales/es/title.json" with { type: "json" };
import fr from "#app/locales/fr/title.json" with { type: "json" };
import ja from "#app/locales/ja/title.json" with { type: "json" };
import zhCN from "#app/locales/zh-CN/title.json" with { type: "json" };
import type { Locale } from "./locales.ts";
import { translateIn, type Texts, type Translate } from "./translate.ts";

const TEXTS: Readonly<Record<Locale, Texts>> = { de, en, es, fr, ja, "zh-CN": zhCN };

/** The texts of offers' titles in a language, for the workers too, which run without Vite. */
export function openTitleWords(locale: Locale): Translate {
  return translateIn({ locale, textsOf: () => TEXTS[locale], load: () => Promise.resolve() }, "title");
}
