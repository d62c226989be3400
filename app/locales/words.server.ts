import { type Locale, translateIn, type Translate } from "./translate.ts";
import { findTranslator } from "./translator.server.ts";

/** What a service needs to write for one reader: the texts by "namespace:key", and the language for numbers. */
export interface Words {
  readonly locale: Locale;
  readonly t: Translate;
}

/** The words of a language. */
export function openWords(locale: Locale): Words {
  return { locale, t: translateIn(findTranslator(locale), "common") };
}
