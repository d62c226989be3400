import { createInstance } from "i18next";
import evidence from "#app/locales/en/evidence.json" with { type: "json" };
import messages from "#app/locales/en/messages.json" with { type: "json" };
import { TRANSLATOR_OPTIONS } from "./translator-options.ts";
import type { Words } from "./words.server.ts";

/** The English messages of the engine, for programs that run without Vite, which gathers the pages' texts. */
export function openEnglish(): Words {
  const translator = createInstance();
  void translator.init({
    ...TRANSLATOR_OPTIONS,
    lng: "en",
    resources: { en: { evidence, messages } },
    initAsync: false,
  });
  return { locale: "en", t: translator.t };
}
