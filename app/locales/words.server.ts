import type { TFunction } from "i18next";
import type { Locale } from "./locales.ts";
import { findTranslator } from "./translator.server.ts";

/** What a service needs to write for one reader: the texts by "namespace:key", and the language for numbers. */
export interface Words {
  readonly locale: Locale;
  readonly t: TFunction;
}

/** The words of a language. */
export function openWords(locale: Locale): Words {
  return { locale, t: findTranslator(locale).t };
}
