import { type Locale, translateIn, type Translate } from "./translate.ts";
import { findTranslator } from "./translator.server.ts";

/** The texts by "namespace:key" and the language for numbers, for one reader. */
export interface Words {
  readonly locale: Locale;
  readonly t: Translate;
}

/** The texts of a language. */
export function openWords(locale: Locale): Words {
  return { locale, t: translateIn(findTranslator(locale), "common") };
}
